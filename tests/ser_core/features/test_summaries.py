"""Summaries of known contours."""

import numpy as np
import pytest

from ser_core.features import summaries
from ser_core.features.sound import Sound
from tests.voices import noise, silence, voice

KINDS = [value for value in vars(summaries).values() if isinstance(value, summaries.Summary)]


@pytest.fixture(scope="module")
def two_runs():
    """Return a voice, a pause of half a second and a voice, and where each begins."""
    return Sound(np.concatenate([voice(1.0), silence(0.5), voice(1.0)]))


def measure(summary, rows, sound):
    said = [one.say(one.view.take(rows, sound), sound) for one in summary.statements]
    return np.concatenate(said, axis=1)


def said(summary, contour, sound):
    values = measure(summary, np.asarray(contour, dtype=np.float32)[None], sound)
    return dict(zip(summary.names, values[0].tolist(), strict=True))


@pytest.mark.parametrize("summary", KINDS, ids=lambda kind: kind.names[0])
@pytest.mark.parametrize("waveform", [voice(), noise(0.3), voice(0.06)])
def test_every_kind_says_as_much_as_it_has_names_for(summary, waveform):
    sound = Sound(waveform)
    values = measure(summary, sound.shape, sound)
    assert values.shape == (sound.shape.shape[0], len(summary.names))
    assert np.isfinite(values).all()


def test_with_and_without_voice_are_told_apart(two_runs):
    contour = np.where(two_runs.track.voiced, 5.0, 1.0)
    light = said(summaries.LIGHT, contour, two_runs)
    assert light["light.voiced_mean"] == pytest.approx(5.0)
    assert light["light.voiced_minus_unvoiced"] == pytest.approx(4.0)
    assert light["light.voiced_sd"] == pytest.approx(0.0, abs=1e-5)


def test_the_loudest_third_is_compared_with_the_rest(two_runs):
    loud = two_runs.loudness[0]
    contour = np.where(loud >= np.quantile(loud, 2 / 3), 3.0, 1.0)
    assert said(summaries.LOUDEST_THIRD, contour, two_runs)["loudest_third"] == pytest.approx(2.0)


def test_a_contour_that_climbs_from_run_to_run_is_seen_to(two_runs):
    frames = two_runs.spectrum.n_frames
    steps = said(summaries.RUNS, np.arange(frames) > frames / 2, two_runs)
    assert steps["runs.last_minus_first"] == pytest.approx(1.0, abs=0.1)
    assert steps["runs.mean_rise"] == pytest.approx(0.0, abs=0.1), "within a run nothing changes"
    ramp = said(summaries.RUNS, np.linspace(0, 1, frames), two_runs)
    assert ramp["runs.mean_rise"] > 0.05


def test_syllables_are_looked_at_where_they_are_loudest(two_runs):
    loud = said(summaries.SYLLABLES, two_runs.loudness[0], two_runs)
    assert loud["syllables.mean"] > two_runs.loudness[0].mean()
    level = said(summaries.SYLLABLES, np.full(two_runs.spectrum.n_frames, 2.0), two_runs)
    assert level["syllables.mean"] == pytest.approx(2.0)
    assert level["syllables.step_sd"] == 0.0
