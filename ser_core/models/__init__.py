"""From features to probabilities: the classifier, its calibration, and the model file."""

from ser_core.models.calibration import UNCALIBRATED, Calibration, fit_calibration
from ser_core.models.emotion_model import EmotionModel, ModelFacts, load_default_model, load_model
from ser_core.models.mlp import TrainingOptions
from ser_core.models.prediction import Prediction

__all__ = [
    "UNCALIBRATED",
    "Calibration",
    "EmotionModel",
    "ModelFacts",
    "Prediction",
    "TrainingOptions",
    "fit_calibration",
    "load_default_model",
    "load_model",
]
