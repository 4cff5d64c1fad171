"""Buttons and menus: what Discord takes, and what the bot receives when they are used."""

import asyncio
from functools import partial
from typing import Any

import discord
import pytest
from discord import Message, TextChannel, ui

from bot.playground import PlaygroundError
from bot.playground.world.channels import DIRECT_ID, GENERAL_ID, MODERATOR_ROLE_ID, VOICE_NOTES_ID
from bot.playground.world.people import FRIEND
from tests.bot.playground.conftest import Api, Bot
from tests.playground import Playground

Json = dict[str, Any]
Interaction = discord.Interaction[Any]

MESSAGES = f"/channels/{VOICE_NOTES_ID}/messages"


class Panel(ui.View):
    """Two buttons, and a menu of each kind."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.heard: list[tuple[str, Interaction, list[Any]]] = []
        moods = [discord.SelectOption(label=one, value=one) for one in ("joy", "fear")]
        for item in (
            ui.Button(label="Right", custom_id="right"),
            ui.Button(label="Off", custom_id="off", disabled=True),
            ui.Select(custom_id="mood", max_values=2, options=moods),
            ui.ChannelSelect(custom_id="where", channel_types=[discord.ChannelType.text]),
            ui.RoleSelect(custom_id="role"),
        ):
            item.callback = partial(self._callback, item)
            self.add_item(item)

    async def _callback(self, item: Any, interaction: Interaction) -> None:
        self.heard.append((item.custom_id, interaction, list(getattr(item, "values", []))))
        await self.answer(interaction)

    async def answer(self, interaction: Interaction) -> None:
        await interaction.response.edit_message(content="changed", view=None)


@pytest.fixture
async def panel(bot: Bot) -> Panel:
    return Panel()


@pytest.fixture
async def sent(channel: TextChannel, panel: Panel) -> Message:
    return await channel.send("what was it?", view=panel)


async def test_a_button_changes_its_message(playground: Playground, panel: Panel, sent: Message):
    answer = await (await playground.press(sent.id, "right", person=FRIEND)).answer()

    [(custom_id, interaction, _)] = panel.heard
    assert (custom_id, interaction.type) == ("right", discord.InteractionType.component)
    assert (interaction.user.id, interaction.message.id) == (FRIEND.id, sent.id)
    assert (answer.message["id"], answer.message["content"]) == (str(sent.id), "changed")
    assert answer.message["components"] == []
    with pytest.raises(PlaygroundError):
        await playground.press(sent.id, "right")


async def test_a_menu_has_what_was_chosen(playground: Playground, panel: Panel, sent: Message):
    panel.answer = lambda interaction: interaction.response.defer()
    for custom_id, values in (
        ("mood", ["fear", "joy"]),
        ("where", [str(GENERAL_ID)]),
        ("role", [str(MODERATOR_ROLE_ID)]),
    ):
        asked = await playground.choose(sent.id, custom_id, values)
        assert (await asked.acknowledged()).deferred
    moods, where, role = (values for _, _, values in panel.heard)
    assert moods == ["fear", "joy"]
    assert [one.name for one in where + role] == ["general", "Moderators"]


async def test_what_cannot_be_chosen_or_pressed_is_not(playground: Playground, sent: Message):
    for custom_id, values in (
        ("mood", []),
        ("mood", ["joy", "fear", "joy"]),
        ("mood", ["anger"]),
        ("where", [str(DIRECT_ID)]),
        ("where", ["17"]),
        ("role", ["17"]),
        ("right", ["joy"]),
        ("off", None),
        ("mood", None),
        ("no such", None),
    ):
        with pytest.raises(PlaygroundError):
            await playground.choose(sent.id, custom_id, values)


async def test_a_button_gets_a_private_answer(playground: Playground, panel: Panel, sent: Message):
    whisper = {"content": "only you", "ephemeral": True, "view": Panel()}
    panel.answer = lambda interaction: interaction.response.send_message(**whisper)
    answer = await (await playground.press(sent.id, "right", person=FRIEND)).answer()
    assert answer.ephemeral
    assert answer.message["message_reference"]["message_id"] == str(sent.id)
    assert answer.message["interaction_metadata"]["interacted_message_id"] == str(sent.id)
    with pytest.raises(PlaygroundError, match="no button"):  # others do not see it
        await playground.press(answer.message["id"], "right")
    pressed = await playground.press(answer.message["id"], "right", person=FRIEND)
    assert (await pressed.answer()).ephemeral
    assert [one["content"] for one in playground.ephemeral_messages(FRIEND)] == ["changed"]


async def test_a_button_gets_a_later_answer(playground: Playground, panel: Panel, sent: Message):
    async def later(interaction: Interaction) -> None:
        await interaction.response.defer()
        await asyncio.sleep(0.01)
        await interaction.edit_original_response(content="later")

    panel.answer = later
    answer = await (await playground.press(sent.id, "right")).answer()
    assert (answer.message["id"], answer.message["content"]) == (str(sent.id), "later")


def row(*parts: Json) -> Json:
    return {"type": 1, "components": list(parts)}


def button(**more: Any) -> Json:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": "go"} | more


def menu(**more: Any) -> Json:
    options = [{"label": "One", "value": "1"}]
    return {"type": 3, "custom_id": "menu", "options": options} | more


@pytest.mark.parametrize(
    "components",
    [
        [button()],
        [row()],
        [row(*(button(custom_id=str(number)) for number in range(6)))],
        [row(button()), row(button())],
        [row(button(custom_id=None))],
        [row(button(custom_id="x" * 101))],
        [row(button(label="x" * 81))],
        [row(button(label=None))],
        [row(button(style=9))],
        [row(menu(options=[]))],
        [row(menu(options=[{"label": "One", "value": "1"}] * 2))],
        [row(menu(options=[{"label": "x" * 101, "value": "1"}]))],
        [row(button(custom_id=str(number))) for number in range(6)],
        ["row"],
    ],
)
async def test_components_that_break_a_rule_are_refused(api: Api, components: Any):
    status, answer = await api.request("POST", MESSAGES, json={"components": components})
    assert (status, answer["code"]) == (400, 50035)


async def test_components_are_numbered(api: Api):
    components = [row(button(), button(custom_id="two")), row(menu())]
    _, message = await api.request("POST", MESSAGES, json={"components": components})
    first, second = message["components"]
    assert (first["id"], [part["id"] for part in first["components"]]) == (1, [2, 3])
    assert second["components"][0]["id"] == 5
