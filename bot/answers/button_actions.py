"""The actions of the buttons under answers: details, verdicts, deletion."""

import logging
from typing import Any

import discord

from bot.analysis import AnalysisResult, Requester
from bot.answers.interactions import language_of, respond, respond_with_error
from bot.answers.sending import send
from bot.answers.service import AnswerService
from bot.answers.voters import Voters
from bot.errors import redacted_traceback
from bot.i18n import translatable
from bot.policy import LOOKUP_SECONDS
from bot.views import Action, CustomId, Reply, ReplyStyle, build_details, verdict_question

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
    """Runs the action of a button that is pressed, or of a menu."""

    def __init__(self, service: AnswerService) -> None:
        self._service = service
        self._voters = Voters()

    async def run(self, interaction: discord.Interaction[Any]) -> None:
        """Run the action of the component that was used; an error becomes a sentence."""
        message = interaction.message
        if message is None or not await self._service.in_flight.begin(interaction):
            return
        data: dict[str, Any] = dict(interaction.data or {})
        try:
            match CustomId.parse(data["custom_id"]):
                case CustomId(Action.DETAILS):
                    await self._show_details(interaction, message)
                case CustomId(Action.DELETE):
                    await self._delete(interaction, message)
                case CustomId(Action.ASK, label=str(heard)):
                    await self._ask(interaction, message, heard)
                case CustomId(Action.YES, int(answer_id), str(heard)):
                    await self._count(interaction, answer_id, heard, heard)
                case CustomId(Action.SAID, int(answer_id), str(heard)):
                    await self._count(interaction, answer_id, heard, data["values"][0])
        except Exception as error:
            await respond_with_error(interaction, error)

    async def _show_details(
        self, interaction: discord.Interaction[Any], message: discord.Message
    ) -> None:
        """Send all numbers, and the image, to the person who pressed the button."""
        preferences = await self._service.policy.preferences(
            interaction.guild_id, interaction.channel, seconds=LOOKUP_SECONDS
        )
        style = ReplyStyle(
            language=language_of(interaction), min_confidence=preferences.min_confidence
        )
        known = self._service.recent.get(message.id)
        if known is None:
            await interaction.response.defer(ephemeral=True, thinking=True)
            reply = await self._analyse_again(interaction, message, style)
            await send(interaction, reply or Reply(content=style.language.text(GONE)))
            return
        reply = build_details(known.results, style=style)
        await interaction.response.send_message(
            reply.content, embeds=list(reply.embeds), files=reply.files(), ephemeral=True
        )
        analysed = [one.outcome for one in known.results if isinstance(one.outcome, AnalysisResult)]
        if any(result.ranked and result.timeline_image is None for result in analysed):
            with_images = await self._analyse_again(interaction, message, style)
            if with_images is not None and with_images.images:
                await send(interaction, with_images)

    async def _analyse_again(
        self, interaction: discord.Interaction[Any], message: discord.Message, style: ReplyStyle
    ) -> Reply | None:
        """Return the details of a new analysis with images; None if the voice notes are gone.

        Raises
        ------
        VoiceNoteError
            Somebody opted out, or it cannot be known whether they did.
        """
        note_message = await _fetch_note_message(message)
        if note_message is None:
            return None
        results = await self._service.analyse_again(
            note_message,
            reply_id=message.id,
            owner_id=_requester_id(message) or note_message.author.id,
            requester=Requester(interaction.user.id, interaction.guild_id),
            style=style,
        )
        return build_details(results, style=style) if results else None

    async def _delete(
        self, interaction: discord.Interaction[Any], message: discord.Message
    ) -> None:
        """Delete an answer, for the person whose voice note it is and for moderators."""
        await interaction.response.defer()  # the owner may have to be fetched
        is_moderator = interaction.permissions.manage_messages
        if not is_moderator and interaction.user.id not in await self._owners(interaction, message):
            await respond(interaction, language_of(interaction).text(NOT_YOURS))
            return
        await interaction.delete_original_response()
        self._service.recent.forget(message.id)

    async def _owners(
        self, interaction: discord.Interaction[Any], message: discord.Message
    ) -> set[int | None]:
        """Return the ids of the voice note's author and of the person who asked for the answer."""
        known = self._service.recent.get(message.id)
        owners = {_requester_id(message), None if known is None else known.owner_id}
        if interaction.user.id not in owners:
            note_message = await _fetch_note_message(message)
            owners.add(None if note_message is None else note_message.author.id)
        return owners

    async def _ask(
        self, interaction: discord.Interaction[Any], message: discord.Message, heard: str
    ) -> None:
        """Ask the person who pressed whether the answer is right."""
        language = language_of(interaction)
        if self._voters.has(interaction.user.id, message.id):
            await respond(interaction, language.text(THANKED_BEFORE))
            return
        question, view = verdict_question(message.id, heard, language)
        await interaction.response.send_message(question, view=view, ephemeral=True)

    async def _count(
        self, interaction: discord.Interaction[Any], answer_id: int, heard: str, said: str
    ) -> None:
        """Count a person's verdict on an answer, once, and thank them."""
        user_id = interaction.user.id
        if interaction.guild_id is None:
            message = ONLY_IN_SERVERS
        elif not self._voters.add(user_id, answer_id):
            message = THANKED_BEFORE
        else:
            try:
                await self._service.policy.record_verdict(interaction.guild_id, heard, said)
            except BaseException:
                self._voters.remove(user_id, answer_id)
                raise
            message = THANKS
        text = language_of(interaction).text(message)
        await interaction.response.edit_message(content=text, view=None)


def _requester_id(message: discord.Message) -> int | None:
    """Return the id of the user of the command or menu that was answered; None for a reply."""
    metadata = message.interaction_metadata
    return None if metadata is None else metadata.user.id


async def _fetch_note_message(message: discord.Message) -> discord.Message | None:
    """Fetch the message with the voice notes that an answer is about; None where it is gone."""
    metadata, reference = message.interaction_metadata, message.reference
    note_id = metadata.target_message_id if metadata is not None else None
    if reference is not None:
        note_id = reference.message_id
    if note_id is None:
        return None
    try:
        return await message.channel.fetch_message(note_id)
    except discord.HTTPException as error:
        log.info(
            "A voice note cannot be fetched again: %s", redacted_traceback(error).splitlines()[0]
        )
        return None
