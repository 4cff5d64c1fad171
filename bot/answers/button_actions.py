"""What the buttons under answers do: tell details, count verdicts, delete the answer."""

import logging
from typing import Any

import discord

from bot.analysis import Asker, Hearing
from bot.answers.interactions import language_of, tell, tell_error
from bot.answers.sending import send
from bot.answers.service import AnswerService
from bot.answers.verdicts import Voters
from bot.errors import outline
from bot.i18n import translatable
from bot.policy import QUICK_SECONDS
from bot.views import Action, CustomId, Manner, Reply, details_of, verdict_question

log = logging.getLogger(__name__)

GONE = translatable("I cannot find that voice note any more, so I can tell no more about it.")
NOT_YOURS = translatable(
    "Only the person whose voice note it is, and those who may manage messages here, can delete "
    "this."
)
ONLY_IN_SERVERS = translatable("I only count this in servers.")
THANKED_BEFORE = translatable("You have told me already: thank you!")
THANKS = translatable("Thank you! I count how often I am right here, and nothing about you.")


class ButtonActions:
    """What the buttons do.

    Parameters
    ----------
    answers
        What hears voice notes again, and knows what was answered lately.
    """

    def __init__(self, answers: AnswerService) -> None:
        self._answers = answers
        self._voters = Voters()

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button that was pressed is for; whatever goes wrong becomes a sentence."""
        message = interaction.message
        if message is None or not await self._answers.in_flight.begin(interaction):
            return
        data: dict[str, Any] = dict(interaction.data or {})
        try:
            match CustomId.parse(data["custom_id"]):
                case CustomId(Action.DETAILS):
                    await self._tell_details(interaction, message)
                case CustomId(Action.DELETE):
                    await self._delete(interaction, message)
                case CustomId(Action.ASK, label=str(heard)):
                    await self._ask(interaction, message, heard)
                case CustomId(Action.YES, int(answer_id), str(heard)):
                    await self._count(interaction, answer_id, heard, heard)
                case CustomId(Action.SAID, int(answer_id), str(heard)):
                    await self._count(interaction, answer_id, heard, data["values"][0])
        except Exception as error:
            await tell_error(interaction, error)

    async def _tell_details(
        self, interaction: discord.Interaction[Any], message: discord.Message
    ) -> None:
        """Show the person who asks, and nobody else, all that was heard."""
        preferences = await self._answers.policy.preferences(
            interaction.guild_id, interaction.channel, seconds=QUICK_SECONDS
        )
        manner = Manner(
            language=language_of(interaction), min_confidence=preferences.min_confidence
        )
        known = self._answers.recent.get(message.id)
        if known is None:
            await interaction.response.defer(ephemeral=True, thinking=True)
            reply = await self._heard_again(interaction, message, manner)
            await send(interaction, reply or Reply(content=manner.language.text(GONE)))
            return
        reply = details_of(known.answers, manner=manner)
        await interaction.response.send_message(
            reply.content, embeds=list(reply.embeds), files=reply.files(), ephemeral=True
        )
        hearings = [one.outcome for one in known.answers if isinstance(one.outcome, Hearing)]
        if any(hearing.ranked and hearing.picture is None for hearing in hearings):
            drawn = await self._heard_again(interaction, message, manner)
            if drawn is not None and drawn.pictures:
                await send(interaction, drawn)

    async def _heard_again(
        self, interaction: discord.Interaction[Any], message: discord.Message, manner: Manner
    ) -> Reply | None:
        """Return what is heard in the voice notes once more, with pictures; None if they are gone.

        Raises
        ------
        VoiceNoteError
            Somebody does not want to be heard, or it cannot be known.
        """
        note = await _note_of(message)
        if note is None:
            return None
        answers = await self._answers.answer_again(
            note,
            reply_id=message.id,
            owner_id=_asker_id(message) or note.author.id,
            asker=Asker(interaction.user.id, interaction.guild_id),
            manner=manner,
        )
        return details_of(answers, manner=manner) if answers else None

    async def _delete(
        self, interaction: discord.Interaction[Any], message: discord.Message
    ) -> None:
        """Delete an answer, for the person whose voice note it is and for moderators."""
        await interaction.response.defer()  # to find out whose it is may take a while
        is_moderator = interaction.permissions.manage_messages
        if not is_moderator and interaction.user.id not in await self._owners(interaction, message):
            await tell(interaction, language_of(interaction).text(NOT_YOURS))
            return
        await interaction.delete_original_response()
        self._answers.recent.forget(message.id)

    async def _owners(
        self, interaction: discord.Interaction[Any], message: discord.Message
    ) -> set[int | None]:
        """Return whose voice note it is, and who asked for the answer."""
        known = self._answers.recent.get(message.id)
        owners = {_asker_id(message), None if known is None else known.asker_id}
        if interaction.user.id not in owners:
            note = await _note_of(message)
            owners.add(None if note is None else note.author.id)
        return owners

    async def _ask(
        self, interaction: discord.Interaction[Any], message: discord.Message, heard: str
    ) -> None:
        """Ask the person who pressed whether the answer is right."""
        language = language_of(interaction)
        if self._voters.has(interaction.user.id, message.id):
            await tell(interaction, language.text(THANKED_BEFORE))
            return
        asked, view = verdict_question(message.id, heard, language)
        await interaction.response.send_message(asked, view=view, ephemeral=True)

    async def _count(
        self, interaction: discord.Interaction[Any], answer_id: int, heard: str, said: str
    ) -> None:
        """Count what somebody says of an answer, once, and thank them."""
        person_id = interaction.user.id
        if interaction.guild_id is None:
            words = ONLY_IN_SERVERS
        elif not self._voters.add(person_id, answer_id):
            words = THANKED_BEFORE
        else:
            try:
                await self._answers.policy.record_verdict(interaction.guild_id, heard, said)
            except BaseException:
                self._voters.remove(person_id, answer_id)
                raise
            words = THANKS
        said_back = language_of(interaction).text(words)
        await interaction.response.edit_message(content=said_back, view=None)


def _asker_id(message: discord.Message) -> int | None:
    """Return the id of whoever asked by a command or menu for an answer; None if nobody did."""
    asked = message.interaction_metadata
    return None if asked is None else asked.user.id


async def _note_of(message: discord.Message) -> discord.Message | None:
    """Fetch the message with the voice notes that an answer is about; None where that is gone."""
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
