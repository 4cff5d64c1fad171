"""Errors as sentences in every language."""

import pickle

import pytest

from bot import errors
from bot.i18n.languages import CODES, ENGLISH, Seconds, language_for
from bot.i18n.update_catalogues import CORE, sentences
from bot.views.trouble import UNFORESEEN, UNUSABLE, trouble_of
from ser_core import errors as core_errors
from ser_core.audio import AudioLimits, decode
from ser_core.audio.limits import too_long_error
from ser_core.audio.signatures import cut_off_error, damaged_error

TEN_MINUTES = AudioLimits(max_seconds=600.0)


def test_every_sentence_of_the_core_about_recordings_is_found_and_translated():
    found = [str(message.id) for message in sentences(CORE)]
    assert len(found) >= 30
    german = language_for("de")._catalogue
    assert [text for text in found if german.gettext(text) == text] == []


@pytest.mark.parametrize(
    "error",
    [
        cut_off_error("Ogg"),
        damaged_error("MP4"),
        too_long_error(TEN_MINUTES, 720.0),
        too_long_error(TEN_MINUTES),
        too_long_error(AudioLimits(max_seconds=20.0), 31.5),
    ],
    ids=str,
)
def test_in_english_the_cores_sentences_stay_as_they_are(error: core_errors.AudioError):
    assert trouble_of(error).text(ENGLISH) == str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301


def test_real_files_that_are_no_recordings_are_refused_in_every_language():
    with pytest.raises(core_errors.UnsupportedAudioError) as picture:
        decode(b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert trouble_of(picture.value).text(ENGLISH) == str(picture.value)
    said = trouble_of(picture.value).text(language_for("de"))
    assert said.startswith("Das ist ein Bild: nimm stattdessen eine Aufnahme")
    with pytest.raises(core_errors.AudioTooLargeError) as large:
        decode(bytes(2**20), limits=AudioLimits(max_bytes=2**19))
    assert "MB." in trouble_of(large.value).text(language_for("es"))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            core_errors.AudioUnreadableError("{path} does not exist.", path="/home/x.wav"),
            UNUSABLE,
        ),
        (core_errors.FeatureError("Something new."), UNFORESEEN),
        (core_errors.ModelError("/home/me/model is gone."), UNFORESEEN),
        (errors.SettingsError("TOKEN must be ..."), UNFORESEEN),
        (errors.StorageError("db.example.org is down."), UNFORESEEN),
        (ValueError("a secret"), UNFORESEEN),
    ],
)
def test_errors_that_are_not_for_people_on_discord_have_a_general_sentence(
    error: Exception, said: str
):
    assert trouble_of(error).message == said


def test_lengths_in_the_cores_sentences_are_translated():
    said = trouble_of(too_long_error(TEN_MINUTES, 720.0)).text(language_for("pl"))
    assert said == "Długość tego nagrania to 12 minut: wyślij krótsze (limit: 10 minut)."


@pytest.mark.parametrize("code", CODES)
def test_the_bots_own_errors_are_translated(code: str):
    language = language_for(code)
    error = errors.VoiceNoteError(
        "That recording is longer than {length}, which is the most I listen to: please send a "
        "shorter one.",
        length=Seconds(600),
    )
    assert language.length(600) in trouble_of(error).text(language)
    assert str(error).startswith("That recording is longer than 10 minutes, which")


@pytest.mark.parametrize("who", ["person", "server"])
def test_rate_limits_are_translated(who: str):
    error = errors.RateLimitedError(who, 30)
    assert str(error).endswith("please send it again in 30 seconds.")
    assert trouble_of(error).text(language_for("de")).endswith("in 30 Sekunden noch einmal.")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (again.seconds, str(again)) == (30, str(error))


def test_errors_keep_their_values_on_their_way_from_a_worker():
    error = pickle.loads(pickle.dumps(errors.AnalyserError("It took {time}.", time=Seconds(20))))  # noqa: S301
    assert str(error) == "It took 20 seconds."
    fault = pickle.loads(pickle.dumps(errors.WorkerFaultError("ValueError")))  # noqa: S301
    assert fault.trace == "ValueError"
    assert "something went wrong while I listened" in str(fault)
