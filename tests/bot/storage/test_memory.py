"""What is remembered of the database, and for how long."""

from bot.storage.memory import Memory


def test_a_value_is_fresh_for_a_while_and_known_for_longer():
    now = [100.0]
    memory = Memory[str, int](seconds=60, most=10, clock=lambda: now[0])
    memory.keep("one", 1)
    now[0] += 59.9
    assert memory.fresh("one") == 1
    now[0] += 0.1
    assert memory.fresh("one") is None
    assert memory.last("one") == 1


def test_what_is_forgotten_is_neither():
    memory = Memory[str, int](seconds=60, most=10)
    memory.keep("one", 1)
    memory.forget("one")
    assert (memory.fresh("one"), memory.last("one")) == (None, None)


def test_what_was_asked_for_the_longest_ago_makes_room():
    memory = Memory[int, int](seconds=60, most=3)
    for number in range(3):
        memory.keep(number, number)
    assert memory.fresh(0) == 0
    memory.keep(3, 3)
    assert [memory.last(number) for number in range(4)] == [0, None, 2, 3]


def test_what_was_read_before_a_change_is_not_kept_after_it():
    memory = Memory[str, int](seconds=60, most=10)
    changes = memory.changes
    memory.forget("one")
    memory.keep("one", 1, changes=changes)
    assert memory.fresh("one") is None
    memory.keep("one", 2, changes=memory.changes)
    assert memory.fresh("one") == 2
