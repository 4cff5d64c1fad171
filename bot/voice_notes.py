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
from bot.farewells import Unanswered, say_farewell
from bot.hearing import Drawing, Hearing, Wishes
from bot.hearings import Hearings
from bot.house_rules import HouseRules, manner_of
from bot.in_flight import InFlight
from bot.languages import Seconds, translatable
from bot.manner import Manner
from bot.notices import Notice, Replies, ReplyBoard, Tell
from bot.queueing import NOBODY, Asker, OnPlace
from bot.recent import RecentReplies
from bot.recordings import find_recordings
from bot.replies import DEFAULT_MANNER, Answer, Reply, progress_on, reply_to
from bot.sending import send, typing_in
from bot.troubles import trouble_of
from ser_core.errors import UndertoneError

log = logging.getLogger(__name__)

PROGRESS_SECONDS = 60.0  # of a recording, by its own account, from which on a message says: wait
HINT = translatable(
    "Send me a voice message or an audio file, and I tell you what I hear in its tone of voice."
)
HINT_SECONDS = 60.0  # from one hint in a channel to the next


@dataclass(eq=False)
class _Request:
    """A message that is being answered."""

    message: discord.Message
    attachments: list[discord.Attachment]
    addressed: bool
    manner: Manner = DEFAULT_MANNER  # until the place's own is known
    begun: bool = False  # and not only being looked up
    progress: discord.Message | None = None  # what the answer takes the place of
    place: ReplyBoard | None = None  # where they are told their place in the line

    @property
    def asker(self) -> Asker:
        guild = self.message.guild
        return Asker(self.message.author.id, guild.id if guild else None)

    def give_up(self) -> Unanswered:
        """Give what is left to be told of it."""
        place = None if self.place is None else self.place.release()
        return Unanswered(self.message, self.manner.language, progress=self.progress, place=place)


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
        self._in_flight: InFlight[_Request] = InFlight()
        self.notices = Replies()
        """What tells those who wait their place."""
        self._turned_away: list[_Request] = []  # that came after the end had begun
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
        attachments = find_recordings(message, addressed=addressed)
        if not attachments and not addressed:
            return
        request = _Request(message, attachments, addressed)
        task = asyncio.create_task(self._consider(request))
        self._in_flight.add(task, request)
        await asyncio.wait({task})

    async def finish(self, seconds: float) -> None:
        """Begin with no more voice notes; return when those in flight are answered, or in time.

        What comes from now on is handed back with the rest.

        Parameters
        ----------
        seconds
            After how long to return in any case.
        """
        count = len(self._in_flight)
        if count:
            log.info("Finishing %d voice note%s.", count, "s" * (count != 1))
        await self._in_flight.finish(seconds)

    async def hand_back(self, seconds: float) -> None:
        """Give up what is not answered, with a word to those who wait.

        Parameters
        ----------
        seconds
            After how long to return in any case.
        """
        late = self._in_flight.give_up()
        begun = [request for request in late.values() if request.begun]
        unanswered = [request.give_up() for request in (*begun, *self._turned_away)]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await say_farewell(unanswered)
                if late:
                    await asyncio.wait(late)

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
        attachments = find_recordings(message, addressed=True)
        refusal = None
        if attachments:
            refusal = await self._rules.refusal(message, asker_id=asker.person)
        if refusal is not None:
            raise refusal
        wishes = manner.wishes_for(Drawing.ALWAYS)
        return await asyncio.gather(*(self._hear_one(one, wishes, asker) for one in attachments))

    async def hear_files(
        self,
        attachments: Sequence[discord.Attachment],
        *,
        manner: Manner,
        asker: Asker = NOBODY,
        tell: Tell | None = None,
    ) -> Sequence[Answer]:
        """Hear files, and send nothing; one answer each, in their order.

        Parameters
        ----------
        attachments
            The files.
        manner
            How they will be told of.
        asker
            Who wants it.
        tell
            Told the place of each file in the line while it waits.
        """
        places = [
            None if tell is None else functools.partial(tell, number)
            for number in range(len(attachments))
        ]
        return await asyncio.gather(
            *(
                self._hear_one(one, manner.wishes, asker, place)
                for one, place in zip(attachments, places, strict=True)
            )
        )

    async def _consider(self, request: _Request) -> None:
        """Find out how a message is to be answered, and do that; it never fails."""
        try:
            message = request.message
            guild_id, locale = self._rules.place_of(message)
            preferences = await self._rules.preferences(guild_id, message.channel)
            request.manner = manner_of(preferences, locale)
            if not request.addressed:
                files = preferences.audio_files
                request.attachments = find_recordings(message, addressed=False, audio_files=files)
                if not request.attachments or not preferences.automatic:
                    return
            if request.attachments:
                await self._answer_once(request)
            elif self._may_hint(message.channel.id):
                await send(message, Reply(content=request.manner.language.text(HINT)))
        except Exception as error:
            log.error("A voice note could not be answered:\n%s", outline(error))

    async def _answer_once(self, request: _Request) -> None:
        """Answer a message, unless that has been done already, or its author wants none."""
        message = request.message
        refusal = await self._rules.refusal(message, asker_id=message.author.id)
        if refusal is not None and not request.addressed:
            return
        if not await self._claims.claim(message.id):
            log.info("A message that came again is not answered again.")
        elif refusal is not None:
            said = trouble_of(refusal).said(request.manner.language)
            await send(message, Reply(content=said))
        elif self._in_flight.is_closing:
            self._turned_away.append(request)
        else:
            request.begun = True
            async with self.recent.turn(message.id):
                await self._answer(request)

    async def _answer(self, request: _Request) -> None:
        """Hear all of a message's voice notes, and answer in one reply."""
        message, manner = request.message, request.manner
        request.place = self.notices.to(message)
        notice = Notice(request.place, manner.language)
        seconds = max(attachment.duration or 0.0 for attachment in request.attachments)
        if PROGRESS_SECONDS <= seconds <= self._analyser.options.max_seconds:
            request.progress = await send(message, progress_on(seconds, manner=manner))
        async with typing_in(message.channel):
            answers = await self.hear_files(
                request.attachments, manner=manner, asker=request.asker, tell=notice.tell
            )
        await notice.close()
        reply = reply_to(
            answers,
            manner=manner,
            named=len(message.attachments) > 1,
            forwarded=bool(message.message_snapshots),
        )
        view = buttons_for(answers, manner=manner, in_server=message.guild is not None)
        sent = await send(message, reply, over=request.progress, view=view)
        if sent is not None and view is not None:
            asker_id = message.author.id
            self.recent.keep(sent.id, answers, asker_id=asker_id, note_id=message.id)

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
