"""No catalogue lacks a sentence, and none says something else than the English one."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from bot import catalogues
from bot.catalogues import KEYWORDS, read, sentences
from bot.languages import CODES, SOURCE_CODE
from bot.manner import EMOTION_WORDS
from ser_core.emotions import EMOTION_NAMES, MIXED, NO_SPEECH, NOT_SURE

OTHERS = [code for code in CODES if code != SOURCE_CODE]
BOT = Path(catalogues.__file__).parent
MODULES = sorted(
    path for folder in ("", "answers", "commands") for path in (BOT / folder).glob("*.py")
)

SAME_IN = {"de": {"Details", "neutral"}, "es": {"neutral", "no"}, "pl": set()}
"""Words that happen to be the same as in English."""


def wanted() -> dict[object, Message]:
    return {message.id: message for message in sentences() if message.id}


def forms(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def places(text: str) -> set[str]:
    """Give the names of the values in a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("code", OTHERS)
def test_no_catalogue_lacks_a_sentence_or_has_one_that_nobody_says(code: str):
    catalogue = {message.id: message for message in read(code) if message.id}
    assert set(catalogue) == set(wanted()), "run 'make translations', and translate what is new"
    assert [message.id for message in catalogue.values() if not all(forms(message))] == []


@pytest.mark.parametrize("code", OTHERS)
def test_no_translation_is_only_a_guess(code: str):
    assert [message.id for message in read(code) if message.fuzzy] == []
    assert not read(code).obsolete


@pytest.mark.parametrize("code", OTHERS)
def test_translations_have_the_same_values(code: str):
    for message in read(code):
        if message.id:
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            expected = set().union(*(places(text) for text in ids))
            for form in forms(message):
                assert places(form) == expected, message.id


@pytest.mark.parametrize("code", OTHERS)
def test_plurals_have_all_forms_of_the_language(code: str):
    catalogue = read(code)
    plural = [message for message in catalogue if isinstance(message.id, tuple)]
    assert plural
    assert {len(message.string) for message in plural} == {catalogue.num_plurals}
    assert catalogue.num_plurals == (3 if code == "pl" else 2)


@pytest.mark.parametrize("code", OTHERS)
def test_sentences_end_as_the_english_ones_do(code: str):
    for message in read(code):
        if isinstance(message.id, str) and message.id:
            assert (message.id[-1] in ".?!…:") == (message.string[-1] in ".?!…:"), message.id
            assert message.string == message.string.strip()


@pytest.mark.parametrize("code", OTHERS)
def test_what_is_words_is_translated(code: str):
    same = {message.id for message in read(code) if message.id and message.string == message.id}
    assert same == SAME_IN[code]


def test_all_labels_of_the_core_can_be_translated():
    assert set(EMOTION_WORDS) == {*EMOTION_NAMES, NOT_SURE, NO_SPEECH, MIXED}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Give the calls in a module by the name of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            yield name, node


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_whatever_is_said_is_found_by_the_extraction(module: Path):
    """Also within f-strings, which Babel does not look into on every Python."""
    known = set(wanted())
    for name, call in calls(ast.parse(module.read_text(encoding="utf-8"))):
        if name in KEYWORDS and call.args and isinstance(call.args[0], ast.Constant):
            texts = [one.value for one in call.args[:2] if isinstance(one, ast.Constant)]
            assert (texts[0] if name != "plural" else tuple(texts)) in known, module.name


SAYING = {"add_field", "Button", "Embed", "Reply", "SelectOption", "Select", "set_footer", "tell"}
SPOKEN = {"content", "description", "label", "name", "placeholder", "text", "title", "value"}
SPEAKERS = [
    *("cards", "policy", "queueing", "replies", "turns"),
    *(f"answers/{name}" for name in ("button_actions", "buttons", "in_flight", "interactions")),
    *(f"answers/{name}" for name in ("pipeline", "progress", "service")),
    *(f"commands/{name}" for name in ("accuracy", "consent", "guide", "hear", "preferences")),
]


@pytest.mark.parametrize("name", SPEAKERS)
def test_nothing_is_said_in_english_alone(name: str):
    """What goes into cards, buttons and messages is no literal with letters in it."""
    tree = ast.parse((BOT / f"{name}.py").read_text(encoding="utf-8"))
    for called, call in calls(tree):
        if called not in SAYING:
            continue
        given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in SPOKEN)]
        for value in given:
            parts = value.values if isinstance(value, ast.JoinedStr) else [value]
            for part in parts:
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    assert not any(letter.isalpha() for letter in part.value), part.value


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_errors_that_people_can_meet_are_written_with_values_beside_them(module: Path):
    """An f-string would be another sentence each time, of which there is no translation."""
    for name, call in calls(ast.parse(module.read_text(encoding="utf-8"))):
        if name in KEYWORDS:
            assert not isinstance(call.args[0], ast.JoinedStr), f"{module.name}: {name}"
