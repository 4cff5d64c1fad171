"""The latest replies, in memory."""

import asyncio

from bot.answers.recent import RecentReplies
from bot.views.reply import AttachmentResult
from bot.views.trouble import Trouble
from tests.bot.results import short_result

RESULTS = [AttachmentResult("a.ogg", short_result())]


def test_a_reply_is_known_until_it_is_forgotten():
    recent = RecentReplies()
    recent.keep(1, RESULTS, owner_id=7, note_id=10)
    recent.keep(1, RESULTS, owner_id=7)  # again, with a picture
    known = recent.get(1)
    assert known is not None
    assert (known.results, known.owner_id) == (tuple(RESULTS), 7)
    assert (recent.reply_to(10), recent.reply_to(1)) == (1, None)
    recent.forget(1)
    recent.forget(1)
    assert recent.get(1) is recent.reply_to(10) is None


def test_a_reply_without_results_is_not_linked_to():
    recent = RecentReplies()
    recent.keep(1, [AttachmentResult("a.ogg", Trouble("Send it again."))], owner_id=7, note_id=10)
    assert recent.reply_to(10) is None


async def test_one_voice_note_is_answered_once_at_a_time_and_others_meanwhile():
    recent = RecentReplies()
    order: list[str] = []

    async def answer(name: str, note: int) -> None:
        async with recent.lock(note):
            order.append(f"{name} begins")
            await asyncio.sleep(0.01)
            order.append(f"{name} ends")

    await asyncio.gather(answer("first", 10), answer("second", 10), answer("other", 20))
    assert order.index("second begins") > order.index("first ends")
    assert order.index("other begins") < order.index("first ends")
    assert len(recent._locks) == 0, "nothing is left behind"
