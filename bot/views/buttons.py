"""The buttons and the menu under answers; `bot.answers` has what they do."""

from collections.abc import Sequence
from typing import Any

import discord
from discord.ui import Button, Select, View

from bot.analysis import Hearing
from bot.i18n import Language
from bot.views.custom_ids import Action, CustomId
from bot.views.reply import Answer
from bot.views.style import Manner, emoji
from ser_core.emotions import EMOTION_NAMES, NOT_SURE


def answer_buttons(
    answers: Sequence[Answer], *, manner: Manner, in_server: bool = True
) -> View | None:
    """Return the buttons under a reply.

    Parameters
    ----------
    answers
        What it says.
    manner
        How it says that.
    in_server
        Whether verdicts can be counted: they are counted by server.

    Returns
    -------
    discord.ui.View or None
        None where nothing was listened to, so that there is nothing to tell or to delete. "Was I
        right?" is there where the reply is about one voice note alone.
    """
    hearings = [one.outcome for one in answers if isinstance(one.outcome, Hearing)]
    if not hearings:
        return None
    language, buttons = manner.language, []
    if any(hearing.ranked for hearing in hearings):
        buttons.append(_button(language.text("Details"), "🔎", CustomId(Action.DETAILS)))
    if len(answers) == 1 and hearings[0].ranked and in_server:
        heard = label_of(hearings[0], manner)
        if heard in (*EMOTION_NAMES, NOT_SURE):  # a model of one's own may know others
            ask = CustomId(Action.ASK, label=heard)
            buttons.append(_button(language.text("Was I right?"), "🎯", ask))
    buttons.append(_button(language.text("Delete"), "🗑️", CustomId(Action.DELETE)))
    return _view(buttons)


def verdict_question(answer_id: int, heard: str, language: Language) -> tuple[str, View]:
    """Return what asks whether an answer is right, and the button and the menu to answer with.

    Parameters
    ----------
    answer_id
        Id of the answer's message.
    heard
        What it says: an emotion, or `NOT_SURE`.
    language
        Of whoever is asked.
    """
    options = [
        discord.SelectOption(label=_capitalised(language.text(name)), value=name, emoji=emoji(name))
        for name in EMOTION_NAMES
        if name != heard
    ]
    menu = Select[Any](
        placeholder=language.text("It was something else…"),
        options=options,
        custom_id=str(CustomId(Action.SAID, answer_id, heard)),
    )
    if heard == NOT_SURE:
        return language.text("I was not sure. What would you say it was?"), _view([menu])
    yes = _button(language.text("Yes"), "👍", CustomId(Action.YES, answer_id, heard))
    yes.style = discord.ButtonStyle.success
    emotion = language.text(heard)
    return language.text("I heard: {emotion}. Was I right?", emotion=emotion), _view([yes, menu])


def label_of(hearing: Hearing, manner: Manner) -> str:
    """Return what an answer said was heard: an emotion, or `NOT_SURE`."""
    return hearing.ranked[0][0] if manner.is_sure(hearing) else NOT_SURE


def _button(label: str, symbol: str, custom_id: CustomId) -> Button[Any]:
    return Button(label=label, emoji=symbol, custom_id=str(custom_id))


def _view(items: Sequence[Button[Any] | Select[Any]]) -> View:
    view = View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()  # its buttons are found by their ids: discord.py need not keep it
    return view


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
