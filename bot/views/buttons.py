"""How the buttons and the menu under answers look; `button_actions` is what they do.

All that a button knows is in its ``custom_id``: what the answer says, which everybody reads above
it, and nothing of who said or asked what. So buttons go on working after a restart. These ids are
part of messages that stay for years: what they mean must not change.
"""

import enum
from collections.abc import Sequence
from typing import Any

import discord
from discord.ui import Button, Select, View

from bot.analysis import Hearing
from bot.i18n import Language
from bot.views.reply import Answer
from bot.views.style import Manner, emoji
from ser_core.emotions import EMOTION_NAMES, NOT_SURE


class Action(enum.StrEnum):
    """What a button, or a menu, is for."""

    DETAILS = "details"
    DELETE = "delete"
    ASK = "right"
    YES = "yes"
    SAID = "said"


def custom_id(action: Action, *values: object) -> str:
    """Return the id of a button for an action, such as ``undertone:yes:123:happy``."""
    return ":".join(("undertone", action, *map(str, values)))


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
        details = language.text("Details")
        buttons.append(Button[Any](label=details, emoji="🔎", custom_id=custom_id(Action.DETAILS)))
    if len(answers) == 1 and hearings[0].ranked and in_server:
        heard = label_of(hearings[0], manner)
        if heard in (*EMOTION_NAMES, NOT_SURE):  # a model of one's own may know others
            ask = language.text("Was I right?")
            buttons.append(
                Button[Any](label=ask, emoji="🎯", custom_id=custom_id(Action.ASK, heard))
            )
    delete = language.text("Delete")
    buttons.append(Button[Any](label=delete, emoji="🗑️", custom_id=custom_id(Action.DELETE)))
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
        custom_id=custom_id(Action.SAID, answer_id, heard),
    )
    if heard == NOT_SURE:
        return language.text("I was not sure. What would you say it was?"), _view([menu])
    yes = Button[Any](
        label=language.text("Yes"),
        emoji="👍",
        style=discord.ButtonStyle.success,
        custom_id=custom_id(Action.YES, answer_id, heard),
    )
    emotion = language.text(heard)
    return language.text("I heard: {emotion}. Was I right?", emotion=emotion), _view([yes, menu])


def label_of(hearing: Hearing, manner: Manner) -> str:
    """Return what an answer said was heard: an emotion, or `NOT_SURE`."""
    return hearing.ranked[0][0] if manner.is_sure(hearing) else NOT_SURE


def _view(items: Sequence[Button[Any] | Select[Any]]) -> View:
    view = View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()  # its buttons are found by their ids: discord.py need not keep it
    return view


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
