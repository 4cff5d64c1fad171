"""The requests that are being answered, and what happens to them at shutdown."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.analysis import Requester
from bot.answers.progress import PositionReplies, delete_quietly
from bot.answers.sending import send
from bot.i18n import language_for, translatable
from bot.views import DEFAULT_STYLE, Reply, ReplyStyle

log = logging.getLogger(__name__)

MAX_NOTICES = 2  # in a channel; more become one, since Discord limits messages in a channel
UNFINISHED = translatable(
    "I am being switched off and could not finish this one: please send it again later."
)
UNFINISHED_MANY = translatable(
    "I am being switched off and could not finish {count} voice notes here: please send again "
    "later what I have not answered."
)
SWITCHED_OFF = translatable("I am being switched off: please try again in a minute.")


@dataclass(eq=False)
class Request:
    """A request for an analysis.

    Parameters
    ----------
    to
        The message, or the interaction, that is answered.
    note_message
        The message with the recordings; None where they were uploaded with a command.
    attachments
        The recordings to analyse.
    style
        The style of the answer, once the preferences are known.
    is_waiting
        Whether the person waits for an answer that has not been sent.
    notice
        The reply that says that a long recording takes a moment; the answer replaces it.
    """

    to: discord.Message | discord.Interaction[Any]
    note_message: discord.Message | None = None
    attachments: Sequence[discord.Attachment] = ()
    style: ReplyStyle = DEFAULT_STYLE
    is_waiting: bool = False
    notice: discord.Message | None = None

    @property
    def requester(self) -> Requester:
        """The person who asks, and the server."""
        if isinstance(self.to, discord.Interaction):
            return Requester(self.to.user.id, self.to.guild_id)
        return Requester(self.to.author.id, self.to.guild.id if self.to.guild else None)


class InFlight:
    """The requests that are being answered, each in a task of its own.

    Attributes
    ----------
    is_closing
        Whether new requests are rejected.
    position_replies
        The replies that show positions in the queue.
    """

    def __init__(self) -> None:
        self.is_closing = False
        self.position_replies = PositionReplies()
        self._requests: dict[asyncio.Task[object], Request] = {}
        self._rejected: list[Request] = []

    def __len__(self) -> int:
        return len(self._requests)

    def add(self, request: Request) -> None:
        """Add a request that the current task answers; it is removed when the task is done."""
        task = asyncio.current_task()
        if task is not None:
            self._requests[task] = request
            task.add_done_callback(self._requests.pop)

    def accept(self, request: Request) -> bool:
        """Return whether to answer a message; one that is rejected is notified with the others."""
        if self.is_closing:
            self._rejected.append(request)
        request.is_waiting = not self.is_closing
        return request.is_waiting

    async def begin(self, interaction: discord.Interaction[Any]) -> bool:
        """Add an interaction that the current task answers, and return whether it may.

        At shutdown the interaction is answered here with a sentence that says so.
        """
        if self.is_closing:
            await _notify_interaction(interaction)
            return False
        self.add(Request(interaction, is_waiting=True))
        return True

    async def finish(self, seconds: float) -> None:
        """Accept no more requests; return when all are answered, or after some seconds."""
        self.is_closing = True
        if self._requests:
            log.info("Finishing %d request%s.", len(self), "s" * (len(self) != 1))
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        while self._requests and clock() < end:  # one may have begun another meanwhile
            await asyncio.wait(self._requests, timeout=end - clock())

    async def notify_unfinished(self, seconds: float) -> None:
        """Notify those who wait that no answer comes, within some seconds."""
        late = [request for request in self._requests.values() if request.is_waiting]
        messages, notices = {}, []
        for request in (*late, *self._rejected):
            if isinstance(request.to, discord.Message):
                messages[request.to] = request
            else:
                notices.append(_notify_interaction(request.to))
        notices.append(self._notify_messages(messages))
        await asyncio.wait({*self._requests, *map(asyncio.create_task, notices)}, timeout=seconds)

    async def _notify_messages(self, requests: Mapping[discord.Message, Request]) -> None:
        """Reply to messages that were not answered; in a channel that has many, with one reply.

        Replies with a position or a notice are edited into that, or deleted. Discord still accepts
        edits where its rate limit allows no more messages.
        """
        notices: list[Coroutine[Any, Any, object]] = []
        by_channel: dict[int, list[tuple[Request, discord.Message | None]]] = {}
        for message, request in requests.items():
            reply = self.position_replies.release(message)
            if request.notice is None:
                by_channel.setdefault(message.channel.id, []).append((request, reply))
            else:
                notices += [_notify(request, UNFINISHED, request.notice), delete_quietly(reply)]
        for many in by_channel.values():
            if len(many) <= MAX_NOTICES:
                notices += [_notify(request, UNFINISHED, reply) for request, reply in many]
                continue
            chosen, edited = next((one for one in many if one[1] is not None), many[-1])
            notices.append(_notify(chosen, UNFINISHED_MANY, edited, count=len(many)))
            notices += [delete_quietly(reply) for _, reply in many if reply is not edited]
        await asyncio.gather(*notices)


async def _notify(
    request: Request, message: str, edit: discord.Message | None, **values: object
) -> None:
    reply = Reply(content=request.style.language.text(message, **values))
    await send(request.to, reply, edit=edit)


async def _notify_interaction(interaction: discord.Interaction) -> None:
    """Answer an interaction with the sentence that the bot is being switched off."""
    text = language_for(interaction.locale).text(SWITCHED_OFF)
    kind = interaction.response.type
    try:
        if kind is None:
            await interaction.response.send_message(text, ephemeral=True)
        elif kind is discord.InteractionResponseType.deferred_channel_message:
            await interaction.edit_original_response(content=text)
        elif kind is discord.InteractionResponseType.deferred_message_update:
            await interaction.followup.send(text, ephemeral=True)
    except (discord.DiscordException, OSError) as error:
        log.warning("A request could not be handed back: %s.", type(error).__name__)
