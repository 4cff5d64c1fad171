"""What the bot listens to: the voice notes of a message, from finding them to answering."""

import asyncio
import contextlib
import functools
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.analyser import Analyser
from bot.claims import Claims, RecentClaims
from bot.components import buttons_for
from bot.downloads import Downloads, too_large
from bot.errors import BotError, TooOftenError, VoiceNoteError, outline
from bot.hearing import Drawing, Hearing, Wishes
from bot.hearings import Hearings
from bot.house_rules import HouseRules, manner_in
from bot.languages import Seconds, translatable
from bot.manner import Manner
from bot.notices import Notice
from bot.queueing import NOBODY, Asker, OnPlace
from bot.recent import RecentReplies
from bot.recordings import find_recordings, recordings_in
from bot.replies import Answer, Reply, progress_on, reply_to
from bot.sending import send, typing_in
from bot.troubles import trouble_of
from ser_core.errors import UndertoneError

log = logging.getLogger(__name__)

PROGRESS_SECONDS = 60.0  # of a recording, by its own account, from which on a message says: wait
HINT = translatable(
    "Send me a voice message or an audio file, and I tell you what I hear in its tone of voice."
)
HINT_SECONDS = 60.0  # from one hint in a channel to the next
FAREWELL_SECONDS = 1.5  # for saying that a voice note could not be finished
FAREWELLS = 2  # in a channel at most; more are put into one, for Discord takes five in a while
FAREWELL = translatable(
    "I am being switched off and could not finish this one: please send it again later."
)
FAREWELL_TO_MANY = translatable(
    "I am being switched off and could not finish {count} voice notes here: please send again "
    "later what I have not answered."
)


@dataclass(eq=False)
class _Request:
    """A message that is being answered."""

    message: discord.Message
    attachments: list[discord.Attachment]
    manner: Manner
    addressed: bool
    begun: bool = False  # and not only being looked up
    progress: discord.Message | None = None  # what the answer takes the place of

    @property
    def asker(self) -> Asker:
        guild = self.message.guild
        return Asker(self.message.author.id, guild.id if guild else None)


class VoiceNotes:
    """Answers the voice notes of messages.

    Parameters
    ----------
    analyser
        What hears the emotion in a recording; its limits hold here too.
    downloads
        What fetches attachments.
    rules
        What servers and people want; None where nothing is known of that.
    claims
        Which messages are answered already; None to know of those since the start.
    hearings
        What was heard lately; None to remember it for as long as is usual.
    """

    def __init__(
        self,
        analyser: Analyser,
        downloads: Downloads,
        *,
        rules: HouseRules | None = None,
        claims: Claims | None = None,
        hearings: Hearings[Hearing] | None = None,
    ) -> None:
        self._analyser = analyser
        self._downloads = downloads
        self._rules = rules if rules is not None else HouseRules()
        self._claims = claims if claims is not None else RecentClaims()
        self._hearings = hearings if hearings is not None else Hearings(analyser.analyse)
        self.recent = RecentReplies()
        """What was answered lately, for the buttons under the answers."""
        self._in_flight: dict[asyncio.Task[None], _Request] = {}
        self._closing = False
        self._hinted: dict[int, float] = {}  # when, by channel; only of the last few seconds

    def _may_hint(self, channel_id: int) -> bool:
        """Tell whether a channel has not been told lately how the bot is used."""
        now = time.monotonic()
        self._hinted = {
            channel: when for channel, when in self._hinted.items() if now - when < HINT_SECONDS
        }
        return self._hinted.setdefault(channel_id, now) == now

    async def hear(self, message: discord.Message, *, addressed: bool) -> None:
        """Answer a message if it has voice notes; otherwise stay quiet, or say how it is done.

        Parameters
        ----------
        message
            A message that a person wrote.
        addressed
            Whether it is for the bot: a direct message, or one that mentions it. Other messages
            are answered only where the server wants that.
        """
        if self._closing:
            return
        attachments = find_recordings(message, addressed=addressed)
        if not attachments and not addressed:
            return
        preferences = await self._rules.preferences(message)
        manner = manner_in(message, preferences)
        if not addressed:
            files = preferences.audio_files
            attachments = find_recordings(message, addressed=False, audio_files=files)
            if not attachments or not preferences.automatic:
                return
        if not attachments:
            if self._may_hint(message.channel.id):
                await send(message, Reply(content=manner.language.text(HINT)))
            return
        if self._closing:  # since the settings were asked for
            return
        request = _Request(message, attachments, manner, addressed)
        task = asyncio.create_task(self._answer_once(request))
        self._in_flight[task] = request
        task.add_done_callback(self._in_flight.pop)
        await asyncio.wait({task})

    async def finish(self, seconds: float) -> None:
        """Take no more voice notes, and return when those in flight are answered.

        Parameters
        ----------
        seconds
            After how long the rest is given up, with a word to those who wait.
        """
        self._closing = True
        if not self._in_flight:
            return
        count = len(self._in_flight)
        log.info("Finishing %d voice note%s.", count, "s" * (count != 1))
        _, late = await asyncio.wait(self._in_flight, timeout=seconds)
        unanswered = [self._in_flight[task] for task in late if self._in_flight[task].begun]
        for task in late:
            task.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                await _say_farewell(unanswered)
        if late:
            await asyncio.wait(late, timeout=FAREWELL_SECONDS)

    async def hear_again(
        self, message: discord.Message, manner: Manner, asker: Asker
    ) -> Sequence[Answer]:
        """Hear a message's voice notes once more, with a picture of each; nothing is sent.

        Parameters
        ----------
        message
            The one with the voice notes, as it is now.
        manner
            How they will be told of.
        asker
            Who wants it.

        Returns
        -------
        sequence of Answer
            Empty where it has no voice notes, or the bot may not see them.

        Raises
        ------
        VoiceNoteError
            Whose they are does not want that, or it cannot be known.
        """
        attachments = recordings_in(message)
        if attachments:
            await self._check_consent(message)
        wishes = manner.wishes_for(Drawing.ALWAYS)
        return await asyncio.gather(*(self._hear_one(one, wishes, asker) for one in attachments))

    async def hear_files(
        self,
        attachments: Sequence[discord.Attachment],
        *,
        manner: Manner,
        asker: Asker = NOBODY,
    ) -> Sequence[Answer]:
        """Hear files that somebody points at; nothing is sent. One answer each, in their order."""
        return await asyncio.gather(
            *(self._hear_one(one, manner.wishes, asker) for one in attachments)
        )

    async def _check_consent(self, message: discord.Message) -> None:
        refusal = await self._rules.refusal(message.author.id)
        if refusal is not None:
            raise refusal

    async def _answer_once(self, request: _Request) -> None:
        """Answer a message, unless that has been done already, or its author wants none."""
        try:
            refusal = await self._rules.refusal(request.message.author.id)
            if refusal is not None and not request.addressed:
                return
            if not await self._claims.claim(request.message.id):
                log.info("A message that came again is not answered again.")
            elif refusal is not None:
                said = trouble_of(refusal).said(request.manner.language)
                await send(request.message, Reply(content=said))
            else:
                request.begun = True
                await self._answer(request)
        except Exception as error:
            log.error("A voice note could not be answered:\n%s", outline(error))

    async def _answer(self, request: _Request) -> None:
        """Hear all of a message's voice notes, and answer in one reply."""
        message, manner = request.message, request.manner
        notice = Notice(message, manner.language)
        seconds = max(attachment.duration or 0.0 for attachment in request.attachments)
        if PROGRESS_SECONDS <= seconds <= self._analyser.options.max_seconds:
            request.progress = await send(message, progress_on(seconds, manner=manner))
        async with typing_in(message.channel):
            answers = await asyncio.gather(
                *(
                    self._hear_one(
                        one, manner.wishes, request.asker, functools.partial(notice.tell, number)
                    )
                    for number, one in enumerate(request.attachments)
                )
            )
        await notice.close()
        reply = reply_to(answers, manner=manner, named=len(message.attachments) > 1)
        view = buttons_for(answers, manner=manner, in_server=message.guild is not None)
        sent = await send(message, reply, over=request.progress, view=view)
        if sent is not None and view is not None:
            self.recent.keep(sent.id, answers, asker_id=message.author.id)

    async def _hear_one(
        self,
        attachment: discord.Attachment,
        wishes: Wishes,
        asker: Asker,
        on_place: OnPlace | None = None,
    ) -> Answer:
        """Fetch and analyse one voice note, and put whatever goes wrong into a sentence."""
        try:
            self._check_claims(attachment)
            async with self._analyser.turn(asker, on_place=on_place):
                recording = await self._downloads.fetch(attachment.url)
                hearing = await self._hearings.hear(recording, wishes=wishes)
                return Answer(attachment.filename, hearing)
        except (UndertoneError, BotError) as error:
            log.info("A voice note was not analysed: %s", type(error).__name__)
            if not isinstance(error, VoiceNoteError | TooOftenError | UndertoneError):
                log.debug("%s", outline(error))
            return Answer(attachment.filename, trouble_of(error))
        except Exception as error:
            log.error("A voice note met an error that nobody foresaw:\n%s", outline(error))
            return Answer(attachment.filename, trouble_of(error))

    def _check_claims(self, attachment: discord.Attachment) -> None:
        """Refuse what is too large or too long by its own account, before any of it is fetched."""
        limits = self._analyser.options
        if attachment.size > limits.max_bytes:
            raise too_large(limits.max_bytes)
        if attachment.duration is not None and attachment.duration > limits.max_seconds:
            raise VoiceNoteError(
                "That recording is longer than {length}, which is the most I listen to: please "
                "send a shorter one.",
                length=Seconds(limits.max_seconds),
            )


async def _say_farewell(requests: list[_Request]) -> None:
    """Tell those whose voice notes could not be finished, where there are many in one word.

    What was said to wait for is said to be over in any case, in its place.
    """
    by_channel: dict[int, list[_Request]] = {}
    farewells = []
    for request in requests:
        if request.progress is None:
            by_channel.setdefault(request.message.channel.id, []).append(request)
        else:
            farewells.append(_farewell(request, FAREWELL))
    for unanswered in by_channel.values():
        if len(unanswered) > FAREWELLS:
            farewells.append(_farewell(unanswered[-1], FAREWELL_TO_MANY, count=len(unanswered)))
        else:
            farewells += [_farewell(request, FAREWELL) for request in unanswered]
    await asyncio.gather(*farewells)


async def _farewell(request: _Request, words: str, **values: object) -> None:
    farewell = Reply(content=request.manner.language.text(words, **values))
    await send(request.message, farewell, over=request.progress)
