"""The way from a request to its answer, and what the buttons under an answer do."""
