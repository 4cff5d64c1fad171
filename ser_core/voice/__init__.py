"""Voice activity: whether there is a voice, where, and what of a recording is measured."""
