"""Who has said already whether an answer was right."""

from bot.voters import Voters


def test_everybody_says_it_once_of_each_answer():
    voters = Voters()
    assert voters.add(7, 1)
    assert voters.has(7, 1)
    assert not voters.add(7, 1)
    assert voters.add(7, 2)
    assert voters.add(8, 1)
    voters.remove(7, 1)
    assert voters.add(7, 1)


def test_the_oldest_are_forgotten_first():
    voters = Voters(most=2)
    for person in (1, 2, 3):
        voters.add(person, 10)
    assert [voters.has(person, 10) for person in (1, 2, 3)] == [False, True, True]


def test_nothing_that_is_kept_tells_who_it_was():
    voters, others = Voters(), Voters()
    voters.add(123456789, 1)
    others.add(123456789, 1)
    assert set(voters._hashes) != set(others._hashes), "the key is another at each start"
    assert all(str(123456789).encode() not in mark for mark in voters._hashes)
