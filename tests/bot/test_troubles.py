"""What went wrong, as a sentence in every language."""

import ast
import pickle
import re
from pathlib import Path

import pytest

import ser_core
from bot.errors import (
    AnalyserError,
    SettingsError,
    StorageError,
    TooOftenError,
    VoiceNoteError,
    WorkerFaultError,
)
from bot.languages import CODES, ENGLISH, Seconds, language_for
from bot.troubles import CORE_SENTENCES, CORE_WORDS, UNFORESEEN, UNUSABLE, trouble_of
from ser_core.audio import AudioLimits, decode
from ser_core.containers import kinds, recognition
from ser_core.containers.outline import cut_off, damaged
from ser_core.errors import (
    AudioError,
    AudioTooLargeError,
    DamagedAudioError,
    FeatureError,
    ModelError,
    UnsupportedAudioError,
)
from ser_core.libsndfile import too_long

CORE = Path(ser_core.__file__).parent
DECODING = [
    CORE / "audio.py",
    CORE / "libsndfile.py",
    CORE / "converter.py",
    CORE / "segments.py",
    *sorted((CORE / "containers").glob("*.py")),
]
FOR_THE_OWNER = ("AudioUnreadableError", "ffmpeg")
"""Nobody on Discord names files, or can install ffmpeg: they are told a sentence for the kind."""


def sentences_of(module: Path) -> list[str]:
    """Give the sentences of errors about audio in a module, with something for each value."""
    found = []
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if not re.fullmatch(r"(Audio|\w+Audio|NoAudio)\w*Error", node.func.id) or not node.args:
            continue
        parts = node.args[0].values if isinstance(node.args[0], ast.JoinedStr) else node.args[:1]
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)
        text = text.replace("is 7:", "is 7 long:")  # the one value that is not said as it stands
        if not any(word in f"{node.func.id} {text}" for word in FOR_THE_OWNER):
            found.append(text)
    return found


ALL_SENTENCES = sorted({text for module in DECODING for text in sentences_of(module)})


def test_the_cores_source_has_been_searched():
    assert len(ALL_SENTENCES) >= len(CORE_SENTENCES) - 2


@pytest.mark.parametrize("text", ALL_SENTENCES)
def test_every_sentence_of_the_core_about_audio_is_recognised(text: str):
    trouble = trouble_of(AudioError(text))
    assert trouble.message in CORE_SENTENCES
    assert trouble.said(language_for("de")) != trouble.said(ENGLISH)


def test_all_that_the_core_calls_files_by_is_recognised():
    named = {name for *_, name in recognition._STRANGERS}
    assert named | {kinds.ACCEPTED} <= CORE_WORDS
    assert {kind.value for kind in kinds.Container if " " in kind.value} <= CORE_WORDS


ERRORS = [
    cut_off(kinds.Container.OGG),
    damaged(kinds.Container.MP4),
    too_long(600.0, 720.0),
    too_long(600.0),
    too_long(20.0, 30.0),
]


@pytest.mark.parametrize("error", ERRORS, ids=str)
def test_in_english_the_cores_sentences_stay_as_they_are(error: AudioError):
    assert trouble_of(error).said(ENGLISH) == str(error)


def test_real_files_that_are_no_recordings_are_told_in_every_language():
    with pytest.raises(UnsupportedAudioError) as picture:
        decode(b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert trouble_of(picture.value).said(ENGLISH) == str(picture.value)
    said = trouble_of(picture.value).said(language_for("de"))
    assert said.startswith("Das ist ein Bild: nimm stattdessen eine Aufnahme")
    assert "(Opus oder Vorbis)" in said
    with pytest.raises(AudioTooLargeError) as large:
        decode(bytes(2**20), limits=AudioLimits(max_bytes=2**19))
    assert "MB." in trouble_of(large.value).said(language_for("es"))


def test_lengths_in_the_cores_sentences_are_said_in_the_language():
    said = trouble_of(too_long(600.0, 720.0)).said(language_for("pl"))
    assert said == "Długość tego nagrania to 12 minut: wyślij krótsze (limit: 10 minut)."


@pytest.mark.parametrize("code", CODES)
def test_the_bots_own_errors_are_said_in_the_language(code: str):
    language = language_for(code)
    error = VoiceNoteError(
        "That recording is longer than {length}, which is the most I listen to: please send a "
        "shorter one.",
        length=Seconds(600),
    )
    assert language.length(600) in trouble_of(error).said(language)
    assert str(error).startswith("That recording is longer than 10 minutes, which")


@pytest.mark.parametrize("who", ["person", "server"])
def test_who_comes_too_often_is_told_in_their_language(who: str):
    error = TooOftenError(who, 30)
    assert str(error).endswith("please send it again in 30 seconds.")
    assert trouble_of(error).said(language_for("de")).endswith("in 30 Sekunden noch einmal.")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (again.seconds, str(again)) == (30, str(error))


def test_what_is_in_a_database_errors_text_is_told_to_nobody():
    assert trouble_of(StorageError("db.example.org is down.")).message == UNFORESEEN


def test_what_is_not_listed_is_told_by_its_kind():
    assert trouble_of(DamagedAudioError("Something new.")).message == UNUSABLE
    assert trouble_of(FeatureError("Something new.")).message == UNFORESEEN
    assert trouble_of(ModelError("/home/me/model is gone.")).message == UNFORESEEN
    assert trouble_of(SettingsError("TOKEN must be ...")).message == UNFORESEEN
    assert trouble_of(ValueError("a secret")).message == UNFORESEEN


def test_errors_keep_their_values_on_their_way_from_a_worker():
    error = pickle.loads(pickle.dumps(AnalyserError("It took {time}.", time=Seconds(20))))  # noqa: S301
    assert str(error) == "It took 20 seconds."
    fault = pickle.loads(pickle.dumps(WorkerFaultError("ValueError")))  # noqa: S301
    assert fault.trace == "ValueError"
    assert "something went wrong while I listened" in str(fault)
