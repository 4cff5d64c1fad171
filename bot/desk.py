"""What the buttons under answers do: tell details, count verdicts, delete.

The buttons themselves, in `components`, only find their way here.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import discord

from bot.errors import outline
from bot.hearing import Hearing
from bot.languages import Language, language_for, translatable
from bot.manner import Manner
from bot.queueing import Asker
from bot.recent import RecentReplies
from bot.replies import Answer, Reply, details_of
from bot.requests import Requests
from bot.voters import Voters
from ser_core.emotions import NOT_SURE

log = logging.getLogger(__name__)

HearAgain = Callable[[discord.Message, Manner, Asker], Awaitable[Sequence[Answer]]]
RecordVerdict = Callable[[int, str, str], Awaitable[None]]

GONE = translatable("I cannot find that voice note any more, so I can tell no more about it.")
NOT_YOURS = translatable(
    "Only the person whose voice note it is, and those who may manage messages here, can delete "
    "this."
)
ONLY_IN_SERVERS = translatable("I only count this in servers.")
THANKED_BEFORE = translatable("You have told me already: thank you!")
THANKS = translatable("Thank you! I count how often I am right here, and nothing about you.")


async def plain_manner(interaction: discord.Interaction) -> Manner:
    """Choose how to tell details where nobody wishes otherwise: in the language of who asks."""
    return Manner(language=language_of(interaction))


@dataclass(kw_only=True)
class Desk:
    """What the buttons do, and what they need for it.

    Parameters
    ----------
    hear_again
        Hears the voice notes of a message once more, with pictures, for an answer in a manner, and
        for somebody.
    record_verdict
        Counts for a server (by id) that an emotion, or `NOT_SURE`, was heard, and what somebody
        said it was.
    recent
        What was answered lately.
    voters
        Who has said already whether an answer was right.
    manner_for
        Chooses how details are told to whoever asks; a server may wish a confidence of its own. It
        must be quick: Discord waits three seconds.
    requests
        Where it is noted what is under way.
    """

    hear_again: HearAgain
    record_verdict: RecordVerdict
    recent: RecentReplies = field(default_factory=RecentReplies)
    voters: Voters = field(default_factory=Voters)
    manner_for: Callable[[discord.Interaction], Awaitable[Manner]] = plain_manner
    requests: Requests = field(default_factory=Requests)

    async def tell_details(self, interaction: discord.Interaction) -> None:
        """Show the person who asks, and nobody else, all that was heard."""
        message = _message_of(interaction)
        manner = await self.manner_for(interaction)
        known = self.recent.get(message.id)
        if known is None:
            await interaction.response.defer(ephemeral=True, thinking=True)
            reply = await self._heard_again(interaction, manner)
            await _change(interaction, reply or Reply(content=manner.language.text(GONE)))
            return
        reply = details_of(known.answers, manner=manner)
        await interaction.response.send_message(
            reply.content, embeds=list(reply.embeds), files=reply.files(), ephemeral=True
        )
        if any(_lacks_picture(answer) for answer in known.answers):
            drawn = await self._heard_again(interaction, manner)
            if drawn is not None and drawn.pictures:
                await _change(interaction, drawn)

    async def delete(self, interaction: discord.Interaction) -> None:
        """Delete an answer, for the person whose voice note it is and for moderators."""
        await interaction.response.defer()  # to find out whose it is may take a while
        is_moderator = interaction.permissions.manage_messages
        if not is_moderator and interaction.user.id not in await self._owners(interaction):
            await say(interaction, language_of(interaction).text(NOT_YOURS))
            return
        await interaction.delete_original_response()
        self.recent.forget(_message_of(interaction).id)

    async def count_verdict(
        self, interaction: discord.Interaction, *, answer_id: int, heard: str, said: str
    ) -> None:
        """Count what somebody says of an answer, once, and thank them."""
        language = language_of(interaction)
        person_id = interaction.user.id
        if interaction.guild_id is None:
            words = ONLY_IN_SERVERS
        elif not self.voters.add(person_id, answer_id):
            words = THANKED_BEFORE
        else:
            try:
                await self.record_verdict(interaction.guild_id, heard, said)
            except BaseException:
                self.voters.remove(person_id, answer_id)
                raise
            words = THANKS
        await interaction.response.edit_message(content=language.text(words), view=None)

    async def _heard_again(self, interaction: discord.Interaction, manner: Manner) -> Reply | None:
        """Hear the voice notes once more; None where they are gone."""
        note = await _note_of(interaction)
        asker = Asker(interaction.user.id, interaction.guild_id)
        answers = [] if note is None else await self.hear_again(note, manner, asker)
        if note is None or not answers:
            return None
        message = _message_of(interaction)
        self.recent.keep(message.id, answers, asker_id=_asker_id(message) or note.author.id)
        return details_of(answers, manner=manner)

    async def _owners(self, interaction: discord.Interaction) -> set[int]:
        """Find out whose voice note it is, and who asked for the answer."""
        message = _message_of(interaction)
        known = self.recent.get(message.id)
        owners = {_asker_id(message), None if known is None else known.asker_id}
        if interaction.user.id not in owners:
            note = await _note_of(interaction)
            owners.add(None if note is None else note.author.id)
        return {owner for owner in owners if owner is not None}


def language_of(interaction: discord.Interaction) -> Language:
    """Choose the language of whoever pressed a button."""
    return language_for(interaction.locale)


async def say(interaction: discord.Interaction, words: str) -> None:
    """Say a sentence to the person who asked, and to nobody else, whatever was said before."""
    if interaction.response.is_done():
        await interaction.followup.send(words, ephemeral=True)
    else:
        await interaction.response.send_message(words, ephemeral=True)


def heard_in(answers: Sequence[Answer]) -> Hearing | None:
    """Give what was heard, where it was heard in one voice note alone and is about an emotion."""
    if len(answers) == 1 and isinstance(answers[0].outcome, Hearing) and answers[0].outcome.ranked:
        return answers[0].outcome
    return None


def label_of(hearing: Hearing, manner: Manner) -> str:
    """Give what an answer said was heard: an emotion, or `NOT_SURE`."""
    return hearing.ranked[0][0] if manner.is_sure(hearing) else NOT_SURE


def _message_of(interaction: discord.Interaction) -> discord.Message:
    if interaction.message is None:
        raise TypeError("only components, which have a message, come here")
    return interaction.message


def _lacks_picture(answer: Answer) -> bool:
    outcome = answer.outcome
    return isinstance(outcome, Hearing) and bool(outcome.ranked) and outcome.picture is None


def _asker_id(message: discord.Message) -> int | None:
    """Give the id of whoever asked by a command or menu for an answer; None if nobody did."""
    asked = message.interaction_metadata
    return None if asked is None else asked.user.id


async def _note_of(interaction: discord.Interaction) -> discord.Message | None:
    """Fetch the message with the voice notes that an answer is about; None where that is gone."""
    message = _message_of(interaction)
    asked, reference = message.interaction_metadata, message.reference
    note_id = asked.target_message_id if asked is not None else None
    if reference is not None:
        note_id = reference.message_id
    if note_id is None:
        return None
    try:
        return await message.channel.fetch_message(note_id)
    except discord.HTTPException as error:
        log.info("A voice note cannot be fetched again: %s", outline(error).splitlines()[0])
        return None


async def _change(interaction: discord.Interaction, reply: Reply) -> None:
    """Put a reply in the place of what was said first."""
    await interaction.edit_original_response(
        content=reply.content, embeds=list(reply.embeds), attachments=reply.files()
    )
