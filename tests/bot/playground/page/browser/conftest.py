"""A real browser with a fake microphone, at the page of a real playground."""

import asyncio
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from bot.playground.world.channels import DIRECT_ID, VOICE_NOTES_ID
from bot.playground.world.events import Event, InteractionCreated
from bot.playground.world.interactions import Callback, Interaction
from bot.playground.world.messages import Message, MessageFlag
from bot.playground.world.people import BOT_ID
from tests.playground import Playground

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET_BROWSER = (
    "--no-sandbox",  # which a root account in a container does not have
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
ALLOWED = "--use-fake-ui-for-media-stream"  # the person allows the microphone
DENIED = "--deny-permission-prompts"  # the person does not
PATIENCE_SECONDS = 30.0  # for anything to happen on a busy machine
SAMPLE_RATE = 48_000  # Hz, of the fake microphone
HUM_SECONDS = 6.0  # after which the fake microphone's own signal begins again

ADDRESS = "Playground: "  # what stands before the page's address in what the bot says
START_SECONDS = 90  # for the bot to be ready on a busy machine
PAUSE_SECONDS = 0.5  # between the clip and its repetition

RECORD, SEND = "Record a voice message", "Send the voice message"  # what the button is called

Json = dict[str, Any]
OpenChat = Callable[..., "Chat"]
StartBrowser = Callable[..., Any]

playwright.expect.set_options(timeout=PATIENCE_SECONDS * 1000)


class LivePlayground:
    """A playground in a thread of its own, so that a test and its browser can use it at leisure.

    Attributes
    ----------
    asked
        What people asked of the bot and `answer` has not taken yet.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.server = Playground(port=0)
        self.server.lift_rate_limits()
        self.asked: queue.Queue[Interaction] = queue.Queue()
        self.server.world.subscribe(self._note)
        self.run(self.server.start())

    @property
    def url(self) -> str:
        return self.server.page_url

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do something on the playground's own thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_SECONDS)

    def say(self, content: str = "", *, channel: int = VOICE_NOTES_ID, **kinds: Any) -> Message:
        """Send a message as a person."""
        return self.run(self.server.say(channel, content, **kinds))

    def as_bot(self, method: str, path: str, *, channel: int = VOICE_NOTES_ID, **body: Any) -> Json:
        """Do something in a channel as the bot would: over REST. `file` is a name and the bytes."""
        return self.run(self._request(method, f"/channels/{channel}{path}", body))

    def register(self, *commands: Json) -> None:
        """Register commands as the bot would."""
        path = f"/applications/{BOT_ID}/commands"
        self.run(self._request("PUT", path, [{"description": "Do it."} | one for one in commands]))

    def answer(self, callback: Callback, **data: Any) -> Interaction:
        """Answer what a person asks next as the bot would."""
        asked = self.asked.get(timeout=PATIENCE_SECONDS)
        path = f"/interactions/{asked.id}/{asked.token}/callback"
        self.run(self._request("POST", path, {"type": int(callback), "data": data}))
        return asked

    def finish(self, asked: Interaction, **body: Any) -> None:
        """Change the first answer to what a person asked."""
        path = f"/webhooks/{BOT_ID}/{asked.token}/messages/@original"
        self.run(self._request("PATCH", path, body))

    def whisper(self, content: str) -> None:
        """Post something as the bot that only you see."""

        async def post() -> None:
            world = self.server.world
            message = Message(
                channel_id=VOICE_NOTES_ID,
                author_id=world.bot.id,
                content=content,
                visible_to=world.you.id,
                flags=MessageFlag.EPHEMERAL,
            )
            world.post(message)

        self.run(post())

    def forward(self, message: Message) -> None:
        """Show a message again in its channel, as you."""
        self.run(self.server.forward(message.id, message.channel_id))

    def messages(self, channel: int = VOICE_NOTES_ID) -> list[Message]:
        return self.server.world.messages(channel)

    def file(self, message: Message) -> bytes:
        """Fetch a message's only attachment."""
        return self.run(self._fetch(message.attachments[0].url))

    def set_bot_online(self, online: bool) -> None:
        async def change() -> None:
            self.server.world.set_bot_online(online)

        self.run(change())

    def stop(self) -> None:
        self.run(self.server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _note(self, event: Event) -> None:
        if isinstance(event, InteractionCreated):
            self.asked.put(event.interaction)

    async def _request(self, method: str, path: str, body: Any) -> Json:
        headers = {"Authorization": f"Bot {self.server.token}"}
        options: Json = {} if body == {} else {"json": body}
        if "file" in body:
            name, data = body.pop("file")
            options = {"data": aiohttp.FormData()}
            options["data"].add_field("payload_json", aiohttp.payload.json.dumps(body))
            options["data"].add_field("files[0]", data, filename=name)
        async with aiohttp.ClientSession(headers=headers) as session:
            url = f"{self.server.api_url}{path}"
            async with session.request(method, url, raise_for_status=True, **options) as answer:
                return {} if answer.status == 204 else await answer.json()

    async def _fetch(self, url: str) -> bytes:
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return await answer.read()


@dataclass
class Chat:
    """An open page, and what went on in it."""

    page: Any
    url: str
    complaints: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self._note(said.type, f"{said.text} {said.location}"))
        self.page.on("pageerror", lambda error: self._note("error", str(error)))
        self.page.on("request", lambda request: self.addresses.append(request.url))
        self.page.on("websocket", lambda socket: self.addresses.append(socket.url))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def visit(self, channel: int = VOICE_NOTES_ID) -> "Chat":
        self.page.goto(f"{self.url}/#{channel}")
        self.page.locator("#record:enabled").wait_for()
        return self

    def check(self) -> None:
        """Check that nothing went wrong unsaid, and that no request left for elsewhere."""
        own = (self.url, self.url.replace("http:", "ws:"), "blob:", "data:")
        assert [one for one in self.addresses if not one.startswith(own)] == []
        assert self.complaints == []

    def record(self, seconds: int) -> None:
        """Press the button, and wait until so many seconds, nine at most, have been recorded."""
        self.page.get_by_label(RECORD).click()
        self.page.get_by_label(SEND).wait_for()
        self.expect("#clock").to_have_text(re.compile(f"^0:0[{seconds}-9]$"))

    def expect(self, selector: str) -> Any:
        """Return Playwright's patient assertions about what a selector finds."""
        return playwright.expect(self.page.locator(selector))


@pytest.fixture(scope="session")
def hum() -> NDArray[np.float32]:
    """Return a voice-like signal: a gliding tone with overtones, no two moments of it alike."""
    time = np.arange(int(HUM_SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    pitch = 120 + 30 * time + 25 * np.sin(2 * np.pi * 0.7 * time)
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    tone = sum(np.sin(number * phase) / number for number in range(1, 9))
    return (0.2 * tone).astype(np.float32)


@pytest.fixture(scope="session")
def hum_file(hum: NDArray[np.float32], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("microphone") / "hum.wav"
    soundfile.write(path, hum, SAMPLE_RATE, subtype="PCM_16")
    return path


@pytest.fixture(scope="module")
def start_browser() -> Iterator[StartBrowser]:
    """Return a function that starts the machine's browser; see its parameters."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        pytest.skip(f"there is no browser: none of {', '.join(BROWSERS)} is installed")
    try:
        driver = playwright.sync_playwright().start()
    except OSError as error:
        pytest.skip(f"Playwright's driver does not start: {error}")

    def start(microphone: Path | None, answer: str = ALLOWED) -> Any:
        arguments = [*QUIET_BROWSER, answer]
        if microphone is not None:
            arguments.append("--use-fake-device-for-media-stream")
            arguments.append(f"--use-file-for-fake-audio-capture={microphone}")
        return driver.chromium.launch(executable_path=executable, args=arguments)

    yield start
    driver.stop()


@pytest.fixture(scope="module")
def browser(start_browser: StartBrowser, hum_file: Path) -> Iterator[Any]:
    """Return a browser whose microphone hears the hum, and whose person allows it."""
    started = start_browser(hum_file)
    yield started
    started.close()


@pytest.fixture(scope="module")
def bot_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the page of ``python -m bot``, started without a token."""
    project = Path(__file__).parents[5]
    environment = {name: value for name, value in os.environ.items() if "DISCORD" not in name}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot"],
        cwd=tmp_path_factory.mktemp("bot"),
        env={**environment, "PLAYGROUND_PORT": "0", "PYTHONPATH": str(project)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    said = iter(process.stdout.readline, "")
    try:
        addresses = (line.removeprefix(ADDRESS) for line in said if line.startswith(ADDRESS))
        address = next(addresses, None)
        assert address is not None, "the bot ended before it said where its playground is"
        yield address.strip()
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()
    assert process.returncode == 0


@pytest.fixture(scope="module")
def voice(corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a real clip, which the fake microphone hears again and again after a pause."""
    clip, rate = soundfile.read(corpora / "originals" / "03-01-05-02-01-01-02.wav")
    assert rate == SAMPLE_RATE
    path = tmp_path_factory.mktemp("voice") / "angry.wav"
    soundfile.write(path, np.pad(clip, (0, int(PAUSE_SECONDS * rate))), rate, subtype="PCM_16")
    return path


@pytest.fixture
def playground() -> Iterator[LivePlayground]:
    """Return a playground without a bot, which is said to be there all the same."""
    running = LivePlayground()
    running.set_bot_online(True)
    yield running
    running.stop()


@pytest.fixture
def open_chat(browser: Any, playground: LivePlayground) -> Iterator[OpenChat]:
    """Return a function that opens the page; at the end, all must have gone well in it."""
    opened: list[Chat] = []

    def open_chat(*, channel: int = VOICE_NOTES_ID, at: Any = None, **look: Any) -> Chat:
        context = (at or browser).new_context(**look)
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        opened.append(Chat(context.new_page(), playground.url))
        return opened[-1].visit(channel)

    yield open_chat
    for chat in opened:
        chat.page.context.close()
    for chat in opened:
        chat.check()


@pytest.fixture
def chat(open_chat: OpenChat) -> Chat:
    return open_chat()


@pytest.fixture
def direct_chat(open_chat: OpenChat) -> Chat:
    return open_chat(channel=DIRECT_ID)
