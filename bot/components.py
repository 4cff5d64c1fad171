"""The buttons and the menu under answers. They go on working after a restart.

All that a button knows is in its ``custom_id``: what the answer says, which everybody reads above
it, and nothing of who said or asked what. discord.py makes it anew from there when it is pressed.
These ids are part of messages that stay for years: what they mean must not change.
"""

import logging
import re
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol, Self, TypeVar, cast

import discord
from discord.ui import Button, DynamicItem, Item, Select, View

from bot.desk import THANKED_BEFORE, Desk, heard_in, label_of, language_of, say
from bot.errors import VoiceNoteError, outline
from bot.hearing import Hearing
from bot.languages import Language
from bot.manner import Manner, emoji
from bot.replies import Answer
from bot.troubles import trouble_of
from ser_core.emotions import EMOTION_NAMES, NOT_SURE

log = logging.getLogger(__name__)

HEARD = "|".join((*EMOTION_NAMES, NOT_SURE))
ABOUT = rf"(?P<answer>\d{{1,20}}):(?P<heard>{HEARD})"  # which answer, and what it says
DETAILS_ID = "undertone:details"
DELETE_ID = "undertone:delete"
ASK_ID = "undertone:right:{heard}"
YES_ID = "undertone:yes:{answer}:{heard}"
SAID_ID = "undertone:said:{answer}:{heard}"

EXPECTED_CODES = frozenset({10008, 10062, 40060})
"""Discord's, for a message that is gone, and for what is answered too late, or twice."""


class AtDesk(Protocol):
    """A client with somebody behind its buttons."""

    desk: Desk


Component = TypeVar("Component", bound="DynamicItem[Any]")
Callback = Callable[[Component, discord.Interaction], Coroutine[Any, Any, None]]


def guarded(callback: Callback[Component]) -> Callback[Component]:
    """Answer whatever goes wrong with one sentence, which only the person who pressed sees."""

    async def guard(self: Component, interaction: discord.Interaction, /) -> None:
        if not await desk_of(interaction).requests.begin_interaction(interaction):
            return
        try:
            await callback(self, interaction)
        except Exception as error:
            if isinstance(error, discord.HTTPException) and error.code in EXPECTED_CODES:
                log.info("A button was answered too late.")
                return
            if isinstance(error, VoiceNoteError):
                log.info("A button's voice note was not analysed.")
            else:
                log.error("A button met an error:\n%s", outline(error))
            try:
                await say(interaction, trouble_of(error).said(language_of(interaction)))
            except (discord.DiscordException, OSError) as refusal:
                log.warning("Nor could that be said: %s.", type(refusal).__name__)

    return guard


class DetailsButton(DynamicItem[Button[Any]], template=re.escape(DETAILS_ID)):
    """Tells all that was heard, to the person who presses it."""

    @classmethod
    def under(cls, language: Language) -> Self:
        """Make it for an answer in a language."""
        return cls(Button(label=language.text("Details"), emoji="🔎", custom_id=DETAILS_ID))

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(cast(Button[Any], item))

    @guarded
    async def callback(self, interaction: discord.Interaction) -> None:  # noqa: D102
        await desk_of(interaction).tell_details(interaction)


class DeleteButton(DynamicItem[Button[Any]], template=re.escape(DELETE_ID)):
    """Deletes the answer, for the person whose voice note it is and for moderators."""

    @classmethod
    def under(cls, language: Language) -> Self:
        """Make it for an answer in a language."""
        return cls(Button(label=language.text("Delete"), emoji="🗑️", custom_id=DELETE_ID))

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(cast(Button[Any], item))

    @guarded
    async def callback(self, interaction: discord.Interaction) -> None:  # noqa: D102
        await desk_of(interaction).delete(interaction)


class AskButton(DynamicItem[Button[Any]], template=rf"undertone:right:(?P<heard>{HEARD})"):
    """Asks the person who presses it whether the answer is right."""

    def __init__(self, button: Button[Any], heard: str) -> None:
        super().__init__(button)
        self.heard = heard

    @classmethod
    def under(cls, heard: str, language: Language) -> Self:
        """Make it for an answer in a language that says that an emotion was heard."""
        label, custom_id = language.text("Was I right?"), ASK_ID.format(heard=heard)
        return cls(Button(label=label, emoji="🎯", custom_id=custom_id), heard)

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(cast(Button[Any], item), match["heard"])

    @guarded
    async def callback(self, interaction: discord.Interaction) -> None:  # noqa: D102
        language, message = language_of(interaction), interaction.message
        if message is None:
            return
        if desk_of(interaction).voters.has(interaction.user.id, message.id):
            await say(interaction, language.text(THANKED_BEFORE))
            return
        view = View(timeout=None)
        if self.heard == NOT_SURE:
            asked = language.text("I was not sure. What would you say it was?")
        else:
            emotion = language.text(self.heard)
            asked = language.text("I heard: {emotion}. Was I right?", emotion=emotion)
            view.add_item(YesButton.about(message.id, self.heard, language))
        view.add_item(SaidMenu.about(message.id, self.heard, language))
        await interaction.response.send_message(asked, view=view, ephemeral=True)


class YesButton(DynamicItem[Button[Any]], template=rf"undertone:yes:{ABOUT}"):
    """Says that an answer was right."""

    def __init__(self, button: Button[Any], answer_id: int, heard: str) -> None:
        super().__init__(button)
        self.answer_id, self.heard = answer_id, heard

    @classmethod
    def about(cls, answer_id: int, heard: str, language: Language) -> Self:
        """Make it for an answer that says that an emotion was heard."""
        button: Button[Any] = Button(
            label=language.text("Yes"),
            emoji="👍",
            style=discord.ButtonStyle.success,
            custom_id=YES_ID.format(answer=answer_id, heard=heard),
        )
        return cls(button, answer_id, heard)

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(cast(Button[Any], item), int(match["answer"]), match["heard"])

    @guarded
    async def callback(self, interaction: discord.Interaction) -> None:  # noqa: D102
        await desk_of(interaction).count_verdict(
            interaction, answer_id=self.answer_id, heard=self.heard, said=self.heard
        )


class SaidMenu(DynamicItem[Select[Any]], template=rf"undertone:said:{ABOUT}"):
    """Says what an answer should have said."""

    def __init__(self, menu: Select[Any], answer_id: int, heard: str) -> None:
        super().__init__(menu)
        self.answer_id, self.heard = answer_id, heard

    @classmethod
    def about(cls, answer_id: int, heard: str, language: Language) -> Self:
        """Make it for an answer that says that an emotion was heard."""
        options = [
            discord.SelectOption(
                label=_capitalised(language.text(name)), value=name, emoji=emoji(name)
            )
            for name in EMOTION_NAMES
            if name != heard
        ]
        menu: Select[Any] = Select(
            placeholder=language.text("It was something else…"),
            options=options,
            custom_id=SAID_ID.format(answer=answer_id, heard=heard),
        )
        return cls(menu, answer_id, heard)

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(cast(Select[Any], item), int(match["answer"]), match["heard"])

    @guarded
    async def callback(self, interaction: discord.Interaction) -> None:  # noqa: D102
        (said,) = self.item.values
        await desk_of(interaction).count_verdict(
            interaction, answer_id=self.answer_id, heard=self.heard, said=said
        )


DYNAMIC_ITEMS = (DetailsButton, DeleteButton, AskButton, YesButton, SaidMenu)
"""What a client adds with `discord.Client.add_dynamic_items`; it has a `Desk` as `desk`."""


def buttons_for(
    answers: Sequence[Answer], *, manner: Manner, in_server: bool = True
) -> View | None:
    """Make the buttons under a reply.

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
    outcomes = [answer.outcome for answer in answers]
    hearings = [outcome for outcome in outcomes if isinstance(outcome, Hearing)]
    if not hearings:
        return None
    view = View(timeout=None)
    if any(hearing.ranked for hearing in hearings):
        view.add_item(DetailsButton.under(manner.language))
    only = heard_in(answers)
    if only is not None and in_server:
        heard = label_of(only, manner)
        if heard in (*EMOTION_NAMES, NOT_SURE):  # a model of one's own may know others
            view.add_item(AskButton.under(heard, manner.language))
    return view.add_item(DeleteButton.under(manner.language))


def desk_of(interaction: discord.Interaction) -> Desk:
    """Give the desk behind the buttons of a client."""
    return cast(AtDesk, interaction.client).desk


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
