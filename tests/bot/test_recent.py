"""What was answered lately, in memory."""

from bot.recent import RecentReplies
from bot.replies import Answer
from tests.bot.hearings import SILENCE, hearing

ANSWERS = [Answer("a.ogg", hearing())]


def test_what_a_reply_says_is_known_until_it_is_forgotten():
    recent = RecentReplies()
    recent.keep(1, ANSWERS, asker_id=7)
    known = recent.get(1)
    assert known is not None
    assert (known.answers, known.asker_id) == (tuple(ANSWERS), 7)
    recent.forget(1)
    recent.forget(1)
    assert recent.get(1) is None


def test_the_oldest_go_first():
    recent = RecentReplies(most=2)
    for message_id in (1, 2):
        recent.keep(message_id, ANSWERS, asker_id=7)
    recent.keep(1, [Answer("a.ogg", SILENCE)], asker_id=7)
    recent.keep(3, ANSWERS, asker_id=7)
    assert recent.get(2) is None
    assert recent.get(1).answers[0].outcome == SILENCE
    assert recent.get(3) is not None
