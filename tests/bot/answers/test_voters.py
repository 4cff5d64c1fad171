"""The people who have given a verdict on an answer."""

from bot.answers.voters import Voters


def test_each_person_gives_one_verdict_on_each_answer():
    voters = Voters()
    assert voters.add(7, 1)
    assert voters.has(7, 1)
    assert not voters.add(7, 1)
    assert voters.add(7, 2)
    assert voters.add(8, 1)
    voters.remove(7, 1)
    assert voters.add(7, 1)


def test_nothing_that_is_kept_identifies_a_person():
    voters, others = Voters(), Voters()
    voters.add(123456789, 1)
    others.add(123456789, 1)
    assert set(voters._hashes) != set(others._hashes), "the key is another at each start"
    assert all(str(123456789).encode() not in mark for mark in voters._hashes)
