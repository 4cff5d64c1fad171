"""The buttons and the menu under answers; `bot.answers` has what they do."""

from collections.abc import Sequence
from typing import Any

import discord
from discord.ui import Button, Select, View

from bot.analysis import AnalysisResult
from bot.i18n import Language
from bot.views.custom_ids import Action, CustomId
from bot.views.reply import AttachmentResult
from bot.views.style import ReplyStyle, emoji
from ser_core.emotions import EMOTION_NAMES, NOT_SURE


def answer_buttons(
    results: Sequence[AttachmentResult], *, style: ReplyStyle, in_server: bool = True
) -> View | None:
    """Return the buttons under a reply.

    Parameters
    ----------
    results
        The results that the reply shows.
    style
        The style of the reply.
    in_server
        Whether verdicts can be counted: they are counted by server.

    Returns
    -------
    discord.ui.View or None
        None where nothing was analysed, so that there is nothing to show or to delete. "Was I
        right?" is there where the reply is about one voice note alone.
    """
    analysed = [one.outcome for one in results if isinstance(one.outcome, AnalysisResult)]
    if not analysed:
        return None
    language, buttons = style.language, []
    if any(result.ranked for result in analysed):
        buttons.append(_button(language.text("Details"), "🔎", CustomId(Action.DETAILS)))
    if len(results) == 1 and analysed[0].ranked and in_server:
        label = label_of(analysed[0], style)
        if label in (*EMOTION_NAMES, NOT_SURE):  # a model of one's own may know others
            ask = CustomId(Action.ASK, label=label)
            buttons.append(_button(language.text("Was I right?"), "🎯", ask))
    buttons.append(_button(language.text("Delete"), "🗑️", CustomId(Action.DELETE)))
    return _view(buttons)


def verdict_question(answer_id: int, heard: str, language: Language) -> tuple[str, View]:
    """Return the question whether an answer is right, with the button and the menu to reply.

    Parameters
    ----------
    answer_id
        Id of the answer's message.
    heard
        The label that the bot answered: an emotion, or `NOT_SURE`.
    language
        The language of the person who is asked.
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


def label_of(result: AnalysisResult, style: ReplyStyle) -> str:
    """Return the label that is answered: an emotion, or `NOT_SURE`."""
    return result.ranked[0][0] if style.is_sure(result) else NOT_SURE


def _button(label: str, symbol: str, custom_id: CustomId) -> Button[Any]:
    return Button(label=label, emoji=symbol, custom_id=str(custom_id))


def _view(items: Sequence[Button[Any] | Select[Any]]) -> View:
    view = View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()  # discord.py need not keep it: `ButtonActions` finds the action by the id
    return view


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
