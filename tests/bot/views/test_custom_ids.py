"""The ids of buttons and menus, which stay under answers for years."""

import pytest

from bot.views.custom_ids import Action, CustomId


@pytest.mark.parametrize(
    ("text", "custom_id"),
    [
        ("undertone:details", CustomId(Action.DETAILS)),
        ("undertone:delete", CustomId(Action.DELETE)),
        ("undertone:right:not sure", CustomId(Action.ASK, label="not sure")),
        ("undertone:yes:123:happy", CustomId(Action.YES, 123, "happy")),
        ("undertone:said:123:not sure", CustomId(Action.SAID, 123, "not sure")),
    ],
)
def test_the_ids_under_answers_that_were_sent_years_ago_are_made_and_parsed(
    text: str, custom_id: CustomId
):
    assert CustomId.parse(text) == custom_id
    assert str(custom_id) == text


@pytest.mark.parametrize("text", ["", "undertone", "undertone:sing", "other:details", "undertone:"])
def test_an_id_that_is_none_of_these_is_not_parsed(text: str):
    assert CustomId.parse(text) is None
