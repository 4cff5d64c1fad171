"""What was answered lately, in memory."""

import asyncio

from bot.answers.recent import RecentReplies
from bot.views.reply import Answer
from bot.views.trouble import Trouble
from tests.bot.hearings import hearing

ANSWERS = [Answer("a.ogg", hearing())]


def test_what_a_reply_says_and_of_what_is_known_until_it_is_forgotten():
    recent = RecentReplies()
    recent.keep(1, ANSWERS, asker_id=7, note_id=10)
    recent.keep(1, ANSWERS, asker_id=7)  # again, with a picture
    known = recent.get(1)
    assert known is not None
    assert (known.answers, known.asker_id) == (tuple(ANSWERS), 7)
    assert (recent.about(10), recent.about(1)) == (1, None)
    recent.forget(1)
    recent.forget(1)
    assert recent.get(1) is recent.about(10) is None


def test_an_answer_in_which_nothing_was_heard_is_nothing_to_be_led_to():
    recent = RecentReplies()
    recent.keep(1, [Answer("a.ogg", Trouble("Send it again."))], asker_id=7, note_id=10)
    assert recent.about(10) is None


async def test_a_voice_note_is_answered_by_one_after_the_other_and_others_meanwhile():
    recent = RecentReplies()
    order: list[str] = []

    async def answer(name: str, note: int) -> None:
        async with recent.turn(note):
            order.append(f"{name} begins")
            await asyncio.sleep(0.01)
            order.append(f"{name} ends")

    await asyncio.gather(answer("first", 10), answer("second", 10), answer("other", 20))
    assert order.index("second begins") > order.index("first ends")
    assert order.index("other begins") < order.index("first ends")
    assert len(recent._turns) == 0, "nothing is left behind"
