"""From a recording to its answer, as a whole and over time."""
