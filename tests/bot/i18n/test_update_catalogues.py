"""The catalogues are complete, and their translations have the same values."""

import ast
import functools
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from bot.i18n.languages import CODES, SOURCE_CODE
from bot.i18n.update_catalogues import CODE, KEYWORDS, read, sentences
from bot.views.style import EMOTION_WORDS
from ser_core.emotions import EMOTION_NAMES, MIXED, NO_SPEECH, NOT_SURE

OTHERS = [code for code in CODES if code != SOURCE_CODE]
BOT = CODE
TRANSLATED_PACKAGES = ("analysis", "answers", "cogs", "policy", "views")
TRANSLATED_MODULES = sorted(
    path for name in TRANSLATED_PACKAGES for path in (BOT / name).glob("*.py")
)
MODULES = [*sorted(BOT.glob("*.py")), *TRANSLATED_MODULES]

SAME_IN = {"de": {"Details", "neutral"}, "es": {"neutral", "no"}, "pl": {"Model"}}
"""Words that are the same as in English."""


@functools.cache
def wanted() -> set[object]:
    """Return all sentences in the code; of those with a plural, both forms."""
    return {message.id for message in sentences() if message.id}


def translated(code: str) -> list[Message]:
    return [message for message in read(code) if message.id]


def ids(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (message.id,)


def forms(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def places(text: str) -> set[str]:
    """Return the names of the values in a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_has_each_sentence_and_no_other_and_no_guess(code: str):
    messages = translated(code)
    known = {message.id for message in messages}
    assert known == wanted(), "run 'make translations', and translate what is new"
    assert [each.id for each in messages if each.fuzzy or not all(forms(each))] == []
    assert not read(code).obsolete


@pytest.mark.parametrize("code", OTHERS)
def test_translations_have_the_same_values_and_end_as_the_english_ones_do(code: str):
    for message in translated(code):
        expected = set().union(*map(places, ids(message)))
        for form in forms(message):
            assert places(form) == expected, message.id
            assert form == form.strip()
            assert (form[-1] in ".?!…:") == (ids(message)[-1][-1] in ".?!…:"), message.id


@pytest.mark.parametrize("code", OTHERS)
def test_plurals_have_all_forms_of_the_language(code: str):
    n_forms = {len(forms(message)) for message in translated(code) if len(ids(message)) > 1}
    assert n_forms == {read(code).num_plurals} == {3 if code == "pl" else 2}


@pytest.mark.parametrize("code", OTHERS)
def test_words_are_translated(code: str):
    assert {each.id for each in translated(code) if each.string == each.id} == SAME_IN[code]


def test_all_labels_of_the_core_can_be_translated():
    assert set(EMOTION_WORDS) == {*EMOTION_NAMES, NOT_SURE, NO_SPEECH, MIXED}


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Return the calls in a module by the name of what is called."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            yield name, node


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_every_sentence_is_extracted(module: Path):
    """Also within f-strings, which Babel does not look into on every Python.

    An f-string itself would be another sentence each time, of which there is no translation.
    """
    for name, call in calls(module):
        if name not in KEYWORDS or not call.args:
            continue
        assert not isinstance(call.args[0], ast.JoinedStr), f"{module.name}: {name}"
        if isinstance(call.args[0], ast.Constant):
            texts = [one.value for one in call.args[:2] if isinstance(one, ast.Constant)]
            assert (texts[0] if name != "plural" else tuple(texts)) in wanted(), module.name


SHOWING_CALLS = {
    "add_field",
    "Button",
    "Embed",
    "Reply",
    "SelectOption",
    "Select",
    "set_footer",
    "respond",
}
SHOWN_ARGUMENTS = {
    "content",
    "description",
    "label",
    "name",
    "placeholder",
    "text",
    "title",
    "value",
}


@pytest.mark.parametrize(
    "module", TRANSLATED_MODULES, ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_no_text_is_in_english_alone(module: Path):
    """What goes into embeds, buttons and messages is no literal with letters in it."""
    for called, call in calls(module):
        if called not in SHOWING_CALLS:
            continue
        given = [
            *call.args,
            *(keyword.value for keyword in call.keywords if keyword.arg in SHOWN_ARGUMENTS),
        ]
        for value in given:
            parts = value.values if isinstance(value, ast.JoinedStr) else [value]
            for part in parts:
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    assert not any(letter.isalpha() for letter in part.value), part.value
