"""Classifiers from features to probabilities of emotions, their calibration, and model files.

They are fitted on arrays, which `dataset` makes of clips.
"""

from ser_core.models import mlp
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
    "mlp",
]
