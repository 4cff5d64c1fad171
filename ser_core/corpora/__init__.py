"""From the file names of a corpus to labelled clips."""
