"""May this be heard, for whom, and how often."""
