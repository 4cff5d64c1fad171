"""A small bot with one of everything that Discord offers; Undertone itself has only some."""

import asyncio
from typing import Any

import discord
from discord import app_commands

from tests.bot.playground.conftest import Bot
from tests.bot.playground.page.conftest import LivePlayground

FRUITS = ("apple", "apricot", "banana")

Interaction = discord.Interaction[Any]


class StubApp:
    """The bot, which runs on the thread of the playground.

    Parameters
    ----------
    playground
        Where it logs in; discord.py must have been told so.

    Attributes
    ----------
    go
        What ``/slow`` waits for before it has its answer.
    """

    def __init__(self, playground: LivePlayground) -> None:
        self._playground = playground
        self._task: asyncio.Task[None] | None = None
        self._bot: Bot | None = None
        self.go = asyncio.Event()

    def start(self) -> None:
        self._playground.run(self._start())

    def finish(self) -> None:
        """Let ``/slow`` have its answer."""

        async def let_go() -> None:
            self.go.set()

        self._playground.run(let_go())

    def stop(self) -> None:
        self._playground.run(self._stop())

    async def _start(self) -> None:
        self._bot = bot = Bot()
        tree = app_commands.CommandTree(bot)
        _add_commands(tree, self)
        _add_menus(tree)
        self._task = asyncio.create_task(bot.start(self._playground.server.token))
        await bot.until(bot.is_ready)
        await tree.sync()

    async def _stop(self) -> None:
        if self._bot is not None and self._task is not None:
            await self._bot.close()
            await self._task


class Recipe(discord.ui.Modal, title="A recipe"):
    """A form with a line, several lines and a choice."""

    dish: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Dish", max_length=20)
    steps: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label="Steps", style=discord.TextStyle.paragraph, required=False
    )
    course: discord.ui.Label[Any] = discord.ui.Label(
        text="Course",
        component=discord.ui.Select(
            options=[discord.SelectOption(label=name) for name in ("Starter", "Dessert")]
        ),
    )

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Say what was filled in."""
        if self.dish.value == "stone":
            await interaction.response.send_message("Nobody can eat that.", ephemeral=True)
            return
        course = self.course.component
        assert isinstance(course, discord.ui.Select)
        words = f"{self.dish.value} ({course.values[0]}): {self.steps.value}"
        await interaction.response.send_message(words)


class Panel(discord.ui.View):
    """Buttons of every kind, and menus."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.add_item(discord.ui.Button(label="Website", url="https://example.org/"))
        self.presses = 0

    @discord.ui.button(label="Press", emoji="👍", style=discord.ButtonStyle.primary)
    async def press(self, interaction: Interaction, _: discord.ui.Button[Any]) -> None:
        self.presses += 1
        await interaction.response.edit_message(content=f"Pressed {self.presses}", view=self)

    @discord.ui.button(label="Silent", style=discord.ButtonStyle.danger)
    async def silent(self, interaction: Interaction, _: discord.ui.Button[Any]) -> None:
        """Never answer."""

    @discord.ui.button(label="Broken", disabled=True)
    async def broken(self, interaction: Interaction, _: discord.ui.Button[Any]) -> None: ...

    @discord.ui.select(
        placeholder="Toppings",
        min_values=1,
        max_values=2,
        options=[
            discord.SelectOption(label="Nuts", emoji="🌰", description="Crunchy"),
            discord.SelectOption(label="Cream"),
            discord.SelectOption(label="Mint"),
        ],
    )
    async def toppings(self, interaction: Interaction, menu: discord.ui.Select[Any]) -> None:
        await interaction.response.send_message("With " + " and ".join(sorted(menu.values)))

    @discord.ui.select(cls=discord.ui.UserSelect, placeholder="For whom")
    async def guests(self, interaction: Interaction, menu: discord.ui.UserSelect[Any]) -> None:
        await interaction.response.send_message(f"For {menu.values[0].mention}", ephemeral=True)


def _add_commands(tree: app_commands.CommandTree[Any], app: StubApp) -> None:
    @tree.command(name="pick", description="Pick a fruit.")
    async def pick(interaction: Interaction, fruit: str, amount: int = 1) -> None:
        await interaction.response.send_message(f"{amount} of {fruit}")

    @pick.autocomplete("fruit")
    async def suggest(_: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        fitting = [name for name in FRUITS if name.startswith(typed)]
        return [app_commands.Choice(name=name.title(), value=name) for name in fitting]

    kitchen = app_commands.Group(name="kitchen", description="In the kitchen.")
    oven = app_commands.Group(name="oven", description="At the oven.", parent=kitchen)

    @oven.command(name="bake", description="Bake something.")
    @app_commands.choices(size=[app_commands.Choice(name="Large", value=3)])
    async def bake(
        interaction: Interaction,
        title: str,
        degrees: app_commands.Range[float, 50, 300],
        fan: bool | None = None,
        who: discord.Member | None = None,
        where: discord.TextChannel | None = None,
        team: discord.Role | None = None,
        photo: discord.Attachment | None = None,
        size: int | None = None,
    ) -> None:
        named = [one and one.name for one in (who, where, team)]
        size_of_photo = photo and len(await photo.read())
        words = f"{title} {degrees} {fan} {named} {size_of_photo} {size}"
        await interaction.response.send_message(words)

    tree.add_command(kitchen)

    @tree.command(name="slow", description="Think for a while.")
    async def slow(interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await app.go.wait()
        await interaction.edit_original_response(content="At last.")

    @tree.command(name="silent", description="Say nothing.")
    async def silent(_: Interaction) -> None:
        """Never answer."""

    @tree.command(name="recipe", description="Ask for a recipe.")
    async def recipe(interaction: Interaction) -> None:
        await interaction.response.send_modal(Recipe())

    @tree.command(name="panel", description="Show buttons.")
    async def panel(interaction: Interaction) -> None:
        await interaction.response.send_message("Choose.", view=Panel())


def _add_menus(tree: app_commands.CommandTree[Any]) -> None:
    @tree.context_menu(name="Wave at")
    async def wave(interaction: Interaction, member: discord.Member) -> None:
        await interaction.response.send_message(f"Hello {member.name}")

    @tree.context_menu(name="Count letters")
    async def count(interaction: Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"{len(message.content)} letters", ephemeral=True)
