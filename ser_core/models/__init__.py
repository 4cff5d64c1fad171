"""From features to probabilities: the classifier, its calibration, and the model file."""
