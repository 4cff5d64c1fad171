"""Buttons and menus: what Discord takes, and what the bot hears when they are used."""

import asyncio
from typing import Any

import discord
import pytest

from bot.playground import Playground, PlaygroundError
from tests.bot.playground.conftest import Bot

Json = dict[str, Any]


class Panel(discord.ui.View):
    """One button, one link, and one menu of each kind."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.heard: list[tuple[str, discord.Interaction[Any], list[Any]]] = []
        self.add_item(discord.ui.Button(label="Docs", url="https://example.org"))
        for item in (
            discord.ui.Button[Any](label="Right", custom_id="right"),
            discord.ui.Button[Any](label="Off", custom_id="off", disabled=True),
            discord.ui.Select[Any](
                custom_id="mood",
                max_values=2,
                options=[discord.SelectOption(label=one, value=one) for one in ("joy", "fear")],
            ),
            discord.ui.UserSelect[Any](custom_id="who"),
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
async def sent(bot: Bot, panel: Panel, channel_id: int) -> discord.Message:
    channel = bot.get_channel(channel_id)
    assert isinstance(channel, discord.TextChannel)
    return await channel.send("what was it?", view=panel)


async def test_a_button_changes_the_message_that_it_is_on(
    playground: Playground, panel: Panel, sent: discord.Message
) -> None:
    answer = await (
        await playground.press(sent.id, "right", person=playground.world.friend)
    ).answer()

    [(custom_id, interaction, _)] = panel.heard
    assert custom_id == "right"
    assert interaction.type is discord.InteractionType.component
    assert interaction.user.id == playground.world.friend.id
    assert interaction.message is not None
    assert interaction.message.id == sent.id
    assert answer.message is not None
    assert (answer.message["id"], answer.message["content"]) == (str(sent.id), "changed")
    assert answer.message["components"] == []
    with pytest.raises(PlaygroundError):
        await playground.press(sent.id, "right")


async def test_a_menu_gives_what_was_chosen(
    playground: Playground, panel: Panel, sent: discord.Message
) -> None:
    world = playground.world

    async def answer(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer()

    panel.answer = answer  # type: ignore[method-assign]
    for custom_id, values in (
        ("mood", ["fear", "joy"]),
        ("who", [world.friend]),
        ("where", [world.channel_named("general")]),
        ("role", [sent.guild.roles[-1].id if sent.guild else 0]),
    ):
        asked = await playground.choose(sent.id, custom_id, values)
        assert (await asked.acknowledged()).deferred
    moods, who, where, role = (values for _, _, values in panel.heard)
    assert moods == ["fear", "joy"]
    assert [one.id for one in who] == [world.friend.id]
    assert [one.name for one in where] == ["general"]
    assert [one.name for one in role] == ["Moderators"]
    for custom_id, wrong in (
        ("mood", []),
        ("mood", ["joy", "fear", "joy"]),
        ("mood", ["anger"]),
        ("who", [17]),
        ("where", [world.direct_channel(world.you.id)]),
        ("right", ["joy"]),
    ):
        with pytest.raises(PlaygroundError):
            await playground.choose(sent.id, custom_id, wrong)


async def test_what_cannot_be_pressed_is_not(playground: Playground, sent: discord.Message) -> None:
    for custom_id in ("off", "mood", "no such"):
        with pytest.raises(PlaygroundError):
            await playground.press(sent.id, custom_id)


async def test_a_button_may_be_answered_by_a_whisper_or_later(
    playground: Playground, panel: Panel, sent: discord.Message, channel_id: int
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
    changed = await pressed.answer()
    assert changed.ephemeral
    assert [one["content"] for one in playground.ephemeral_messages(world.friend)] == ["changed"]

    async def later(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer()
        await asyncio.sleep(0.01)
        await interaction.edit_original_response(content="later")

    panel.answer = later  # type: ignore[method-assign]
    answer = await (await playground.press(sent.id, "right")).answer()
    assert answer.message is not None
    assert (answer.message["id"], answer.message["content"]) == (str(sent.id), "later")
    assert playground.world.message(channel_id, sent.id).content == "later"


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
        [row(menu(), button())],
        [row(button()), row(button())],
        [row(button(custom_id=None))],
        [row(button(custom_id="x" * 101))],
        [row(button(label="x" * 81))],
        [row(button(label=None))],
        [row(button(style=9))],
        [row(button(style=5, url="ftp://x"))],
        [row(menu(options=[]))],
        [row(menu(options=[{"label": "One", "value": "1"}] * 2))],
        [row(menu(options=[{"label": "x" * 101, "value": "1"}]))],
        [row(button(custom_id=str(number))) for number in range(6)],
        ["row"],
    ],
)
async def test_components_that_break_a_rule_are_refused(
    bot: Bot, channel_id: int, components: Any
) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await send(bot, channel_id, components)
    assert (refused.value.status, refused.value.code) == (400, 50035)


async def test_components_are_numbered_and_unknown_kinds_pass(bot: Bot, channel_id: int) -> None:
    given = [row(button(), button(custom_id="two", id=2)), {"type": 99, "custom_id": "new"}]
    message = await send(bot, channel_id, given)
    [first, unknown] = message["components"]
    assert unknown == {"type": 99, "custom_id": "new", "id": 4}
    assert (first["id"], [part["id"] for part in first["components"]]) == (1, [3, 2])


async def send(bot: Bot, channel_id: int, components: Any) -> Any:
    route = discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=channel_id)
    return await bot.http.request(route, json={"content": "x", "components": components})
