"""From corpora to a model file and its report."""
