"""The classifier from features to probabilities of emotions, its calibration, and model files.

It is fitted on arrays, which `dataset` makes of clips. A second classifier would be a module beside
`mlp` with a `fit` that takes the same arrays and returns a scikit-learn pipeline with `classes_`
and `predict_proba`, for `EmotionModel.fit` and `evaluation.cross_validation` to choose from.
"""

from ser_core.models import mlp
from ser_core.models.baseline import Baseline, load_baseline
from ser_core.models.calibration import (
    REFUSED_SHARE,
    REFUSED_SHARE_OF_STRANGERS,
    UNCALIBRATED,
    Calibration,
    fit_calibration,
)
from ser_core.models.emotion_model import (
    EmotionModel,
    ModelFacts,
    class_probabilities,
    encoder_problem,
    load_default_model,
    load_model,
    load_shipped_model,
)
from ser_core.models.mlp import Ensemble, TrainingOptions, default_options
from ser_core.models.prediction import Prediction

__all__ = [
    "REFUSED_SHARE",
    "REFUSED_SHARE_OF_STRANGERS",
    "UNCALIBRATED",
    "Baseline",
    "Calibration",
    "EmotionModel",
    "Ensemble",
    "ModelFacts",
    "Prediction",
    "TrainingOptions",
    "class_probabilities",
    "default_options",
    "encoder_problem",
    "fit_calibration",
    "load_baseline",
    "load_default_model",
    "load_model",
    "load_shipped_model",
    "mlp",
]
