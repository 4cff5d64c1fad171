"""The emotion model: a fitted pipeline with its facts and its calibration, and its file.

A model file holds everything that is needed to use the model and to judge it.
"""

import hashlib
import io
import os
import platform
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.exceptions import InconsistentVersionWarning

from ser_core.audio import SAMPLE_RATE
from ser_core.emotions import EMOTION_NAMES, NEUTRAL
from ser_core.errors import BaselineError, ModelError, TrainingError, UndertoneError, WeightsError
from ser_core.features import feature_names
from ser_core.features.whisper import load_weights
from ser_core.models import mlp
from ser_core.models.baseline import Baseline
from ser_core.models.calibration import UNCALIBRATED, Calibration
from ser_core.models.mlp import Ensemble, TrainingOptions
from ser_core.models.prediction import Prediction
from ser_core.models.speakers import voice_names

Array = NDArray[np.float32]

FORMAT = 2  # raised when a model file of before can no longer be used
SHIPPED = Path(__file__).parent
"""The folder of the models that come with Undertone, and of their digests, `DIGESTS_NAME`."""
DIGESTS_NAME = "SHA256SUMS"
ENCODER, SMALL = "encoder", "small"
"""Names of the shipped models: of what an encoder hears, and of features that need no weights."""
PROBE_TOLERANCE = 1e-3
"""How far the probabilities of a model's probe may be from those written into its file."""


@dataclass(frozen=True)
class ModelFacts:
    """Facts about a model that its file holds.

    Parameters
    ----------
    families
        The feature families that the model was trained on.
    sample_rate
        Sample rate of the waveforms that it was trained on, in Hz.
    emotions
        The emotions that it tells apart.
    corpora
        Number of training clips by corpus.
    options
        The fields of the `TrainingOptions` that it was trained with.
    figures
        Accuracy, UAR and F1 by way of evaluation, measured when it was trained.
    versions
        Versions of Python and of the libraries, by name.
    """

    families: tuple[str, ...]
    sample_rate: int
    emotions: tuple[str, ...]
    corpora: Mapping[str, int]
    options: Mapping[str, Any]
    figures: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class EmotionModel:
    """A trained classifier, with its facts.

    Parameters
    ----------
    classifier
        A fitted classifier from feature vectors to probabilities.
    facts
        The facts that its file holds.
    neutral_mean
        (n_features,) float32: the mean over training speakers of their neutral clips; None if
        nobody had any.
    calibration
        The calibration of the classifier's probabilities.
    name
        `ENCODER`, `SMALL`, or the name of the file that it was read from; empty if from none.
    baseline
        The ordinary voice of who is speaking; None if it is not known.
    """

    classifier: Ensemble
    facts: ModelFacts
    neutral_mean: Array | None = None
    calibration: Calibration = UNCALIBRATED
    name: str = ""
    baseline: Baseline | None = None

    @property
    def emotions(self) -> tuple[str, ...]:
        """The emotions that the model tells apart."""
        return self.facts.emotions

    @property
    def families(self) -> tuple[str, ...]:
        """The feature families that the model takes."""
        return self.facts.families

    @property
    def options(self) -> TrainingOptions:
        """The options that the model was trained with.

        Raises
        ------
        ModelError
            If there are options that this version does not know.
        """
        try:
            return TrainingOptions(**self.facts.options)
        except TypeError as cause:
            raise ModelError(
                "The model was trained in a way that this version does not know; train it again."
            ) from cause

    @classmethod
    def fit(
        cls,
        *,
        features: Array,
        emotions: NDArray[np.str_],
        speakers: NDArray[np.str_],
        corpora: NDArray[np.str_],
        families: tuple[str, ...],
        altered: Array | None = None,
        labels: NDArray[np.float64] | None = None,
        options: TrainingOptions | None = None,
    ) -> "EmotionModel":
        """Fit a model, which is not calibrated yet.

        Parameters
        ----------
        features
            (n_clips, n_features) float32.
        emotions, speakers, corpora
            (n_clips,) of str: the emotion, the speaker and the corpus of each clip.
        families
            The feature families that the features are of.
        altered
            (n_clips, n_copies, n_features) float32: features of altered copies of each clip.
        labels
            (n_clips, len(EMOTION_NAMES)) float64: the share of each emotion in the label of each
            clip, of `Dataset.labels`; None for the emotions alone.
        options
            The training options; their defaults if None.

        Raises
        ------
        TrainingError
            If there are fewer than two emotions, an unknown one, or the shapes do not agree.
        """
        unknown = sorted(set(emotions.tolist()) - set(EMOTION_NAMES))
        if unknown:
            raise TrainingError(f"Unknown emotions: {', '.join(unknown)}.")
        options = options or TrainingOptions()
        classifier = mlp.fit(
            features=features,
            emotions=emotions,
            speakers=speakers,
            corpora=corpora,
            families=families,
            altered=altered,
            labels=labels,
            options=options,
        )
        facts = ModelFacts(
            families=families,
            sample_rate=SAMPLE_RATE,
            emotions=tuple(name for name in EMOTION_NAMES if name in classifier.classes_),
            corpora=dict(sorted(Counter(corpora.tolist()).items())),
            options=asdict(options),
            versions=_versions(),
        )
        voices = voice_names(corpora, speakers)
        return cls(classifier, facts, _neutral_mean(features, emotions, voices))

    def with_baseline(self, baseline: Baseline) -> "EmotionModel":
        """Return the model for a person whose ordinary voice is known.

        Raises
        ------
        BaselineError
            If the baseline is of other features, or the model learned from no neutral clips.
        """
        if self.neutral_mean is None:
            raise BaselineError("This model learned from no neutral clips: it takes no baseline.")
        if baseline.families != self.families:
            raise BaselineError(
                "The baseline was recorded for another model; record it again for this one."
            )
        return replace(self, baseline=baseline)

    def predict_proba(self, features: Array) -> NDArray[np.float64]:
        """Return probabilities for many vectors at once.

        Parameters
        ----------
        features
            (n, n_features) float32.

        Returns
        -------
        ndarray
            (n, len(emotions)) float64, calibrated, in the order of `emotions`; rows sum to 1.
        """
        if self.baseline is not None and self.neutral_mean is not None:
            features = features - self.baseline.shift(self.neutral_mean)
        found = class_probabilities(self.classifier, features, self.emotions)
        return self.calibration.apply(found)

    def predict(self, features: Array) -> Prediction:
        """Predict from one vector, or from several of one recording by their mean.

        Parameters
        ----------
        features
            (n_features,) or (n, n_features) float32.
        """
        mean = self.predict_proba(np.atleast_2d(features)).mean(axis=0)
        return Prediction(
            dict(zip(self.emotions, (mean / mean.sum()).tolist(), strict=True)),
            threshold=self.calibration.threshold,
        )

    def probe_probabilities(self) -> NDArray[np.float64]:
        """Return the probabilities of a vector of zeros, (1, len(emotions))."""
        zeros = np.zeros((1, len(feature_names(self.families))), dtype=np.float32)
        return self.predict_proba(zeros)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to a file.

        Raises
        ------
        ModelError
            If the file cannot be written.
        """
        contents = {
            "format": FORMAT,
            "facts": asdict(self.facts),
            "calibration": asdict(self.calibration),
            "feature_names": feature_names(self.families),
            "pipeline": self.classifier,
            "neutral_mean": self.neutral_mean,
            "probe": self.probe_probabilities(),
        }
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            joblib.dump(contents, path, compress=3)
        except OSError as cause:
            raise ModelError(f"The model cannot be written to {path}: {cause.strerror}.") from cause


def _neutral_mean(
    features: Array, emotions: NDArray[np.str_], voices: NDArray[np.str_]
) -> Array | None:
    """Return the mean over speakers, of several emotions, of their neutral clips, if there are."""
    neutral = emotions == NEUTRAL
    acting = np.unique(voices[~neutral])
    means = [
        features[neutral & (voices == voice)].mean(axis=0, dtype=np.float64)
        for voice in np.intersect1d(acting, voices[neutral])
    ]
    return np.mean(means, axis=0).astype(np.float32) if means else None


def class_probabilities(
    classifier: Ensemble, features: Array, emotions: Sequence[str]
) -> NDArray[np.float64]:
    """Return the probabilities of a fitted classifier, not calibrated.

    Parameters
    ----------
    classifier
        With `classes_` and `predict_proba`.
    features
        (n, n_features) float32.
    emotions
        The emotions of the columns; each is one of the classifier's classes.

    Returns
    -------
    ndarray
        (n, len(emotions)) float64.
    """
    order = [list(classifier.classes_).index(emotion) for emotion in emotions]
    probabilities = classifier.predict_proba(features.astype(np.float32, copy=False))
    return np.asarray(probabilities[:, order], dtype=np.float64)


def load_model(path: str | os.PathLike[str] | None = None) -> EmotionModel:
    """Read the default model, or one from a file that you trust.

    A model file is a pickle: whoever wrote it can run code here. The shipped ones are checked
    against their digests first (`load_shipped_model`); load others only if they are your own.

    Raises
    ------
    ModelError
        If the file is missing, is no model, or does not fit this version; the text says why.

    Examples
    --------
    >>> import ser_core
    >>> model = ser_core.load_model()
    >>> model.emotions
    ('neutral', 'calm', 'happy', 'sad', 'angry', 'fearful', 'disgust', 'surprised')
    >>> model.name in ("encoder", "small")
    True
    """
    if path is None:
        return load_default_model()
    return _load(_read(Path(path)), Path(path), name=Path(path).name)


def load_default_model() -> EmotionModel:
    """Read the encoder's model where it can be used, and else the small one.

    Raises
    ------
    ModelError
        As `load_shipped_model`.
    """
    return load_shipped_model(ENCODER if encoder_problem() is None else SMALL)


@cache
def encoder_problem() -> UndertoneError | None:
    """Return why the encoder's model cannot be used on this machine; None where it can.

    It is looked up, and the encoder loaded, once in a process.
    """
    if not _shipped_path(ENCODER).exists():
        return ModelError("This installation has no model for the encoder.")
    try:
        load_weights()
    except WeightsError as error:
        return error
    return None


@cache
def load_shipped_model(name: str) -> EmotionModel:
    """Read a model that comes with Undertone, once in a process.

    Parameters
    ----------
    name
        `ENCODER` or `SMALL`.

    Raises
    ------
    ModelError
        As `load_model`, and if its bytes are not those that were shipped.
    """
    path = _shipped_path(name)
    data = _read(path)
    expected = f"{hashlib.sha256(data).hexdigest()}  {path.name}"
    if expected not in _read(SHIPPED / DIGESTS_NAME).decode().splitlines():
        raise ModelError(
            f"{path} is not the model that was shipped (its digest differs); "
            "install Undertone again."
        )
    return _load(data, path, name=name)


def _shipped_path(name: str) -> Path:
    return SHIPPED / f"{name}.joblib"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as cause:
        raise ModelError(f"The model file {path} cannot be read: {cause.strerror}.") from cause


def _load(data: bytes, path: Path, *, name: str) -> EmotionModel:
    try:
        with warnings.catch_warnings():
            # Another version of scikit-learn is judged by the probe below, not by its number.
            warnings.simplefilter("ignore", InconsistentVersionWarning)
            contents = joblib.load(io.BytesIO(data))
    except ModuleNotFoundError as cause:  # the module of a class, when the model was saved
        raise ModelError(
            f"{path} was trained by another version of Undertone; train it again."
        ) from cause
    except Exception as cause:  # unpickling foreign bytes can raise anything
        raise ModelError(f"{path} is not a model file, or is damaged.") from cause
    if not isinstance(contents, dict) or "format" not in contents or "pipeline" not in contents:
        raise ModelError(f"{path} is a joblib file, but holds no Undertone model.")
    if contents["format"] != FORMAT:
        raise ModelError(
            f"{path} is of model format {contents['format']}, and this version reads {FORMAT}; "
            "train it again."
        )
    try:
        facts = ModelFacts(**contents["facts"])
        calibration = Calibration(**contents["calibration"])
    except (KeyError, TypeError) as cause:
        raise ModelError(
            f"{path} is damaged: it does not say what it was trained on, or how sure it may be."
        ) from cause
    if facts.sample_rate != SAMPLE_RATE:
        raise ModelError(
            f"{path} was trained at {facts.sample_rate} Hz, and features are taken at "
            f"{SAMPLE_RATE} Hz; train it again."
        )
    try:
        same_features = contents["feature_names"] == feature_names(facts.families)
    except WeightsError as cause:
        raise ModelError(f"{path} cannot be used here. {cause}") from cause
    except Exception:
        same_features = False
    if not same_features:
        raise ModelError(
            f"{path} was trained on other features than this version has; train it again."
        )
    model = EmotionModel(
        contents["pipeline"], facts, contents.get("neutral_mean"), calibration, name
    )
    _check_probe(model, contents["probe"], path)
    return model


def _check_probe(model: EmotionModel, expected: NDArray[np.float64], path: Path) -> None:
    """Refuse a model whose predictions have changed since it was saved, with other libraries."""
    try:
        agrees = np.allclose(model.probe_probabilities(), expected, atol=PROBE_TOLERANCE)
        cause = None
    except Exception as error:
        agrees, cause = False, error
    if not agrees:
        trained = model.facts.versions.get("scikit-learn", "an unknown version")
        raise ModelError(
            f"{path} was trained under scikit-learn {trained} and does not work the same under "
            f"{sklearn.__version__}; install that version or train it again."
        ) from cause


def _versions() -> dict[str, str]:
    libraries = {name: version(name) for name in ("numpy", "scikit-learn", "joblib")}
    return {"python": platform.python_version(), **libraries}
