"""What each stage of the analysis makes of one clip, and how far that may be from `stages.npz`.

The tolerances are ten times or more what was seen between OpenBLAS's kernels for Haswell,
Sandybridge, Nehalem and Prescott, numpy without AVX, and librosa 0.11 and 1.0. A constant of a
stage that is changed by 1 % changes its numbers by far more, unless it only decides between cases.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ser_core.audio import decode, to_waveform
from ser_core.features import DEFAULT_FAMILIES, Sound, extract_features, feature_names
from ser_core.inference import analyse
from ser_core.models import EmotionModel, load_shipped_model
from ser_core.voice import levels, prepare

FOLDER = Path(__file__).parent
CLIP = FOLDER / "clip.ogg"
"""Two voices made by `tests.voices`, each with a gliding pitch, in faint noise; a pause between.

Ogg/Opus of 48 kHz, as Discord's voice messages are. The pause is so long that the clip is analysed
in windows. `clip` in `make.py` made it.
"""

NUMBERS = FOLDER / "stages.npz"

CONSTANT_FEATURE = "prosody.loudness.mean"
"""A feature that is 1 but for rounding, as loudness is relative to its own mean.

The small model was trained with it, and its scaler makes one unit in the last place 1.7 standard
deviations, which moves a probability by up to 0.01.
"""

COUNTED_ON_A_LINE = tuple(
    f"prosody.pitch_semitones.delta.{name}"
    for name in ("rise_rate", "fall_rate", "rise_share", "peak_rate")
)
"""Features that count rises, on straight lines too, where rounding decides what rises."""


def _of_features(family):
    """Return the relative tolerance of each feature of a family."""
    return np.where(np.isin(feature_names((family,)), COUNTED_ON_A_LINE), 0.05, 1e-3)


@dataclass(frozen=True)
class Tolerance:
    """A value may differ by `absolute` plus `relative` times the one kept, as in `np.isclose`."""

    absolute: float = 0.0
    relative: float | np.ndarray = 0.0


EXACT = Tolerance()
TOLERANCES = {
    "waveform.n_samples": EXACT,
    "waveform.samples": Tolerance(1e-5),
    "speech.levels": Tolerance(1e-3),  # dB
    "speech.active": EXACT,
    "speech.samples": Tolerance(1e-5),
    "spectrum.power": Tolerance(1e-4, 1e-4),
    "spectrum.log_mel": Tolerance(1e-3),  # dB
    "spectrum.chroma": Tolerance(1e-5),
    "pitch.frequency": Tolerance(relative=1e-5),
    "pitch.periodicity": Tolerance(1e-5),
    "pitch.harmonics": Tolerance(1e-3),  # dB
    "contours.pitch": Tolerance(1e-4),  # semitones
    "contours.loudness": Tolerance(1e-4),
    "contours.voice_quality": Tolerance(1e-3),
    "contours.shape": Tolerance(2e-4),
    "contours.mfcc": Tolerance(5e-4),
    "contours.rasta": Tolerance(1e-4),
    "features.names": EXACT,
    **{f"features.{family}": Tolerance(1e-4, _of_features(family)) for family in DEFAULT_FAMILIES},
    "probabilities.of_emotions": Tolerance(1e-5),
    "timeline.borders": Tolerance(1e-6),  # s
    "timeline.segments": Tolerance(1e-4),
    "timeline.windows": Tolerance(1e-4),
}
"""By stage and array."""


class SmallModel(EmotionModel):
    """The small model, untouched by the rounding of `CONSTANT_FEATURE`."""

    def predict_proba(self, features):
        steady = np.array(features)
        steady[..., feature_names(self.families).index(CONSTANT_FEATURE)] = 1.0
        return super().predict_proba(steady)


@cache
def small_model():
    return SmallModel(**vars(load_shipped_model("small")))


@cache
def waveform_of_clip():
    return to_waveform(decode(CLIP))


@cache
def speech_of_clip():
    return prepare(waveform_of_clip())


@cache
def sound_of_clip():
    return Sound(speech_of_clip().waveform)


def waveform():
    """Return every 20th sample, decoded and resampled to 16 kHz."""
    return {"n_samples": np.array(waveform_of_clip().size), "samples": waveform_of_clip()[::20]}


def speech():
    """Return where there is a voice, and every 20th sample of what is kept of it."""
    return {
        "levels": levels(waveform_of_clip()),
        "active": speech_of_clip().active,
        "samples": speech_of_clip().waveform[::20],
    }


def spectrum():
    """Return some bins and bands of every fourth frame."""
    found = sound_of_clip().spectrum
    return {
        "power": found.power[::8, ::4],
        "log_mel": found.log_mel[::4, ::4],
        "chroma": found.chroma[:, ::4],
    }


def pitch():
    """Return the pitch track."""
    found = sound_of_clip().track
    return {
        "frequency": found.frequency,
        "periodicity": found.periodicity,
        "harmonics": found.harmonics,
    }


def contours():
    """Return the contours of all families, or some of their rows, in every fourth frame."""
    sound = sound_of_clip()
    return {
        "pitch": sound.pitch[:, ::4],
        "loudness": sound.loudness[:, ::4],
        "voice_quality": sound.voice_quality[:, ::4],
        "shape": sound.shape[:, ::4],
        "mfcc": sound.mfcc[::4, ::4],
        "rasta": sound.rasta[::4, ::4],
    }


def features():
    """Return the features of each family, and the names of them all, one a line."""
    values = dict(zip(feature_names(), extract_features(speech_of_clip().waveform), strict=True))
    return {"names": np.array("\n".join(values).encode())} | {
        family: np.array([values[name] for name in feature_names((family,))])
        for family in DEFAULT_FAMILIES
    }


def probabilities(kept):
    """Return the default model's probabilities for the features that are kept, (8,)."""
    model = small_model()
    families = [family for family in DEFAULT_FAMILIES if family in model.families]
    row = np.concatenate([kept[f"features.{family}"] for family in families])
    return {"of_emotions": _of_emotions(model.predict(row))}


def timeline():
    """Return where segments begin and the last one ends, and probabilities, 0 without speech."""
    found = analyse(CLIP, model=small_model())
    segments = found.timeline.segments
    return {
        "borders": np.array([0.0, *(one.end for one in segments)]),
        "segments": np.array([_of_emotions(one.prediction) for one in segments]),
        "windows": np.array([_of_emotions(one.prediction) for one in found.windows]),
    }


STAGES = (waveform, speech, spectrum, pitch, contours, features, probabilities, timeline)


def kept():
    """Return the arrays that are kept, by stage and name."""
    with np.load(NUMBERS) as numbers:
        return dict(numbers)


def run(stage, kept):
    """Return a stage's arrays, by stage and name."""
    found = stage(kept) if stage is probabilities else stage()
    return {f"{stage.__name__}.{name}": value for name, value in found.items()}


def difference(name, found, kept):
    """Return in words how an array differs by more than its tolerance; "" where it does not."""
    if found.shape != kept.shape or found.dtype.kind != kept.dtype.kind:
        return f"{name} is {found.dtype} of shape {found.shape}, not {kept.dtype} of {kept.shape}"
    if found.dtype.kind == "S":
        gone_or_new = set(found.item().split()) ^ set(kept.item().split())
        return "" if found == kept else f"{name}: other ones, or in another order: {gone_or_new}"
    found, kept = found.astype(np.float64), kept.astype(np.float64)
    allowed = TOLERANCES[name].absolute + TOLERANCES[name].relative * np.abs(kept)
    beyond = np.abs(found - kept) - allowed
    if beyond.max() <= 0:  # a NaN is no less
        return ""
    where = np.unravel_index(beyond.argmax(), beyond.shape)
    stage, _, family = name.partition(".")
    place = feature_names((family,))[where[0]] if stage == "features" else tuple(map(int, where))
    return (
        f"{name}: {np.mean(~(beyond <= 0)):.1%} of the values differ; the most, at {place}, "
        f"is {found[where]:.8g} and not {kept[where]:.8g}"
    )


def _of_emotions(prediction):
    if prediction is None:
        return np.zeros(len(small_model().emotions))
    return np.array(list(prediction.probabilities.values()))
