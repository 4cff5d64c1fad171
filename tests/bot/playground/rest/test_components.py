"""Buttons and menus: what Discord takes, and what the bot receives when they are used."""

import asyncio
from typing import Any

import discord
import pytest

from bot.playground import PlaygroundError
from bot.playground.world.channels import DIRECT_ID, GENERAL_ID, MODERATOR_ROLE_ID, VOICE_NOTES_ID
from tests.bot.playground.conftest import Bot
from tests.playground import Playground

Json = dict[str, Any]


class Panel(discord.ui.View):
    """Two buttons, and a menu of each kind."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.heard: list[tuple[str, discord.Interaction[Any], list[Any]]] = []
        for item in (
            discord.ui.Button[Any](label="Right", custom_id="right"),
            discord.ui.Button[Any](label="Off", custom_id="off", disabled=True),
            discord.ui.Select[Any](
                custom_id="mood",
                max_values=2,
                options=[discord.SelectOption(label=one, value=one) for one in ("joy", "fear")],
            ),
            discord.ui.ChannelSelect[Any](
                custom_id="where", channel_types=[discord.ChannelType.text]
            ),
            discord.ui.RoleSelect[Any](custom_id="role"),
        ):
            item.callback = self._callback(item)  # type: ignore[method-assign]
            self.add_item(item)

    def _callback(self, item: Any) -> Any:
        async def callback(interaction: discord.Interaction[Any]) -> None:
            self.heard.append((item.custom_id, interaction, list(getattr(item, "values", []))))
            await self.answer(interaction)

        return callback

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.edit_message(content="changed", view=None)


@pytest.fixture
async def panel(bot: Bot) -> Panel:
    return Panel()


@pytest.fixture
async def sent(channel: discord.TextChannel, panel: Panel) -> discord.Message:
    return await channel.send("what was it?", view=panel)


async def test_a_button_changes_the_message_that_it_is_on(
    playground: Playground, panel: Panel, sent: discord.Message
) -> None:
    friend = playground.world.friend
    answer = await (await playground.press(sent.id, "right", person=friend)).answer()

    [(custom_id, interaction, _)] = panel.heard
    assert custom_id == "right"
    assert interaction.type is discord.InteractionType.component
    assert interaction.user.id == friend.id
    assert interaction.message is not None
    assert interaction.message.id == sent.id
    assert answer.message is not None
    assert (answer.message["id"], answer.message["content"]) == (str(sent.id), "changed")
    assert answer.message["components"] == []
    with pytest.raises(PlaygroundError):
        await playground.press(sent.id, "right")


async def test_a_menu_has_what_was_chosen(
    playground: Playground, panel: Panel, sent: discord.Message
) -> None:
    async def answer(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer()

    panel.answer = answer  # type: ignore[method-assign]
    for custom_id, values in (
        ("mood", ["fear", "joy"]),
        ("where", [str(GENERAL_ID)]),
        ("role", [str(MODERATOR_ROLE_ID)]),
    ):
        asked = await playground.choose(sent.id, custom_id, values)
        assert (await asked.acknowledged()).deferred
    moods, where, role = (values for _, _, values in panel.heard)
    assert moods == ["fear", "joy"]
    assert [one.name for one in where] == ["general"]
    assert [one.name for one in role] == ["Moderators"]
    for custom_id, wrong in (
        ("mood", []),
        ("mood", ["joy", "fear", "joy"]),
        ("mood", ["anger"]),
        ("where", [str(DIRECT_ID)]),
        ("where", ["17"]),
        ("role", ["17"]),
        ("right", ["joy"]),
    ):
        with pytest.raises(PlaygroundError):
            await playground.choose(sent.id, custom_id, wrong)


async def test_what_cannot_be_pressed_is_not(playground: Playground, sent: discord.Message) -> None:
    for custom_id in ("off", "mood", "no such"):
        with pytest.raises(PlaygroundError):
            await playground.press(sent.id, custom_id)


async def test_a_button_may_be_answered_by_a_whisper_or_later(
    playground: Playground, panel: Panel, sent: discord.Message
) -> None:
    async def whisper(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("only you", ephemeral=True, view=Panel())

    panel.answer = whisper  # type: ignore[method-assign]
    world = playground.world
    answer = await (await playground.press(sent.id, "right", person=world.friend)).answer()
    assert answer.message is not None
    assert answer.ephemeral
    assert answer.message["message_reference"]["message_id"] == str(sent.id)
    metadata = answer.message["interaction_metadata"]
    assert metadata["interacted_message_id"] == str(sent.id)
    with pytest.raises(PlaygroundError, match="no button"):  # others do not see it
        await playground.press(answer.message["id"], "right")
    pressed = await playground.press(answer.message["id"], "right", person=world.friend)
    assert (await pressed.answer()).ephemeral
    assert [one["content"] for one in playground.ephemeral_messages(world.friend)] == ["changed"]

    async def later(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer()
        await asyncio.sleep(0.01)
        await interaction.edit_original_response(content="later")

    panel.answer = later  # type: ignore[method-assign]
    answer = await (await playground.press(sent.id, "right")).answer()
    assert answer.message is not None
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
async def test_components_that_break_a_rule_are_refused(bot: Bot, components: Any) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await send(bot, components)
    assert (refused.value.status, refused.value.code) == (400, 50035)


async def test_components_are_numbered(bot: Bot) -> None:
    message = await send(bot, [row(button(), button(custom_id="two")), row(menu())])
    first, second = message["components"]
    assert (first["id"], [part["id"] for part in first["components"]]) == (1, [2, 3])
    assert second["components"][0]["id"] == 5


async def send(bot: Bot, components: Any) -> Any:
    path = "/channels/{channel_id}/messages"
    route = discord.http.Route("POST", path, channel_id=VOICE_NOTES_ID)
    return await bot.http.request(route, json={"content": "x", "components": components})
