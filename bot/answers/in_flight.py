"""What is being answered: waited for when the bot is told to stop, and then handed back."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.analysis import Asker
from bot.answers.progress import PlaceReplies, delete_quietly
from bot.answers.sending import send
from bot.i18n import language_for, translatable
from bot.views import DEFAULT_MANNER, Manner, Reply

log = logging.getLogger(__name__)

MAX_FAREWELLS = 2  # in a channel; more are put into one, for Discord takes five in a while
FAREWELL = translatable(
    "I am being switched off and could not finish this one: please send it again later."
)
FAREWELL_TO_MANY = translatable(
    "I am being switched off and could not finish {count} voice notes here: please send again "
    "later what I have not answered."
)
SWITCHED_OFF = translatable("I am being switched off: please try again in a minute.")


@dataclass(eq=False)
class Request:
    """What somebody asks to have heard.

    Parameters
    ----------
    to
        The message, or the interaction, that the answer goes to.
    note
        The message with the recordings; None where they are given to a command.
    attachments
        The recordings.
    manner
        How it is answered, once that is known.
    is_waiting
        Whether an answer is to come: it is no longer only looked up, and not yet sent.
    progress
        What was said because the recording is long: the answer takes its place.
    """

    to: discord.Message | discord.Interaction[Any]
    note: discord.Message | None = None
    attachments: Sequence[discord.Attachment] = ()
    manner: Manner = DEFAULT_MANNER
    is_waiting: bool = False
    progress: discord.Message | None = None

    @property
    def asker(self) -> Asker:
        """Whose turn it takes."""
        if isinstance(self.to, discord.Interaction):
            return Asker(self.to.user.id, self.to.guild_id)
        return Asker(self.to.author.id, self.to.guild.id if self.to.guild else None)


class InFlight:
    """Messages and interactions that are being answered, each in a task of its own.

    Attributes
    ----------
    is_closing
        Whether no more are begun.
    places
        Where those who wait for a reply are told their place.
    """

    def __init__(self) -> None:
        self.is_closing = False
        self.places = PlaceReplies()
        self._requests: dict[asyncio.Task[object], Request] = {}
        self._turned_away: list[Request] = []

    def __len__(self) -> int:
        return len(self._requests)

    def add(self, request: Request) -> None:
        """Note that the current task answers a request, until the task is done."""
        task = asyncio.current_task()
        if task is not None:
            self._requests[task] = request
            task.add_done_callback(self._requests.pop)

    def accept(self, request: Request) -> bool:
        """Return whether to answer a message; near the end, it is handed back with the others."""
        if self.is_closing:
            self._turned_away.append(request)
        request.is_waiting = not self.is_closing
        return request.is_waiting

    async def begin(self, interaction: discord.Interaction[Any]) -> bool:
        """Note that the current task answers an interaction; near the end, hand it back at once.

        Returns
        -------
        bool
            Whether to go on.
        """
        if self.is_closing:
            await _hand_back(interaction)
            return False
        self.add(Request(interaction, is_waiting=True))
        return True

    async def finish(self, seconds: float) -> None:
        """Accept no more, and return when all are answered, or after some seconds."""
        self.is_closing = True
        if self._requests:
            log.info("Finishing %d request%s.", len(self), "s" * (len(self) != 1))
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        while self._requests and clock() < end:  # one may begin another meanwhile
            await asyncio.wait(self._requests, timeout=end - clock())

    async def hand_back(self, seconds: float) -> None:
        """Reply to those who wait that no answer comes; takes so many seconds."""
        late = [request for request in self._requests.values() if request.is_waiting]
        messages, words = {}, []
        for request in (*late, *self._turned_away):
            if isinstance(request.to, discord.Message):
                messages[request.to] = request
            else:
                words.append(_hand_back(request.to))
        words.append(self._say_farewell(messages))
        await asyncio.wait({*self._requests, *map(asyncio.create_task, words)}, timeout=seconds)

    async def _say_farewell(self, requests: Mapping[discord.Message, Request]) -> None:
        """Reply to messages that could not be finished; where a channel has many, with one reply.

        What was said to those who wait is changed into that, or deleted: nobody is left waiting by
        it, and Discord takes changes where it would take no more messages for a while.
        """
        said: list[Coroutine[Any, Any, object]] = []
        by_channel: dict[int, list[tuple[Request, discord.Message | None]]] = {}
        for message, request in requests.items():
            place = self.places.release(message)
            if request.progress is None:
                by_channel.setdefault(message.channel.id, []).append((request, place))
            else:
                said += [_farewell(request, FAREWELL, request.progress), delete_quietly(place)]
        for many in by_channel.values():
            if len(many) <= MAX_FAREWELLS:
                said += [_farewell(request, FAREWELL, place) for request, place in many]
                continue
            speaker, shown = next((one for one in many if one[1] is not None), many[-1])
            said.append(_farewell(speaker, FAREWELL_TO_MANY, shown, count=len(many)))
            said += [delete_quietly(place) for _, place in many if place is not shown]
        await asyncio.gather(*said)


async def _farewell(
    request: Request, words: str, over: discord.Message | None, **values: object
) -> None:
    reply = Reply(content=request.manner.language.text(words, **values))
    await send(request.to, reply, over=over)


async def _hand_back(interaction: discord.Interaction) -> None:
    """Answer an interaction with the bot's end, in the place of what was to come."""
    words = language_for(interaction.locale).text(SWITCHED_OFF)
    kind = interaction.response.type
    try:
        if kind is None:
            await interaction.response.send_message(words, ephemeral=True)
        elif kind is discord.InteractionResponseType.deferred_channel_message:
            await interaction.edit_original_response(content=words)
        elif kind is discord.InteractionResponseType.deferred_message_update:
            await interaction.followup.send(words, ephemeral=True)
    except (discord.DiscordException, OSError) as error:
        log.warning("A request could not be handed back: %s.", type(error).__name__)
