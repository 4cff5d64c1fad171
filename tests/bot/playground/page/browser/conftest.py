"""A real browser with a fake microphone, at the page of a real playground."""

import asyncio
import json
import queue
import re
import shutil
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

from bot.playground.world import Callback, Interaction, Message, Person, events
from bot.playground.world.channels import VOICE_NOTES_ID
from bot.playground.world.people import BOT_ID, YOU
from tests.playground import Playground

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ALLOWED = "--use-fake-ui-for-media-stream"  # the person allows the microphone
DENIED = "--deny-permission-prompts"  # the person does not
PATIENCE_SECONDS = 30.0  # for anything to happen on a busy machine
SAMPLE_RATE = 48_000  # Hz, of the fake microphone
HUM_SECONDS = 6.0  # after which the fake microphone's own signal begins again

RECORD, SEND = "Record a voice message", "Send the voice message"  # what the button is called

DROP = """([name, kind]) => {
    const data = new DataTransfer();
    data.items.add(new File(["x"], name));
    const event = kind === "paste"
        ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true })
        : new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
    document.getElementById("text").dispatchEvent(event);
}"""

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
        self.world = self.server.world
        self.asked: queue.Queue[Interaction] = queue.Queue()
        self.world.subscribe(self._note)
        self.run(self.server.start())
        self.url = self.server.page_url

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do something on the playground's own thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_SECONDS)

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function on the playground's own thread."""

        async def call() -> Any:
            return function(*arguments)

        return self.run(call())

    def say(self, content: str = "", *, channel: int = VOICE_NOTES_ID, **kinds: Any) -> Message:
        """Send a message as a person."""
        return self.run(self.server.say(channel, content, **kinds))

    def as_bot(self, method: str, path: str, *, channel: int = VOICE_NOTES_ID, **body: Any) -> Json:
        """Do something in a channel as the bot would: over REST. `file` is a name and the bytes."""
        return self._request(method, f"/channels/{channel}{path}", body)

    def register(self, *commands: Json) -> None:
        """Register commands as the bot would."""
        path = f"/applications/{BOT_ID}/commands"
        self._request("PUT", path, [{"description": "Do it."} | one for one in commands])

    def answer(self, callback: Callback, **data: Any) -> Interaction:
        """Answer what a person asks next as the bot would."""
        asked = self.asked.get(timeout=PATIENCE_SECONDS)
        body = {"type": int(callback), "data": data}
        self._request("POST", f"/interactions/{asked.id}/{asked.token}/callback", body)
        return asked

    def finish(self, asked: Interaction, **body: Any) -> None:
        """Change the first answer to what a person asked."""
        self._request("PATCH", f"/webhooks/{BOT_ID}/{asked.token}/messages/@original", body)

    def messages(self, channel: int = VOICE_NOTES_ID) -> list[Message]:
        return self.world.messages(channel)

    def set_bot_online(self, online: bool) -> None:
        self.call(self.world.set_bot_online, online)

    def stop(self) -> None:
        self.run(self.server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _note(self, event: events.Event) -> None:
        if isinstance(event, events.InteractionCreated):
            self.asked.put(event.interaction)

    def _request(self, method: str, path: str, body: Any) -> Json:
        async def request() -> Json:
            options: Json = {"json": body}
            if "file" in body:
                name, data = body.pop("file")
                options = {"data": aiohttp.FormData({"payload_json": json.dumps(body)})}
                options["data"].add_field("files[0]", data, filename=name)
            headers = {"Authorization": f"Bot {self.server.token}"}
            async with aiohttp.ClientSession(headers=headers, raise_for_status=True) as session:
                url = f"{self.server.api_url}{path}"
                async with session.request(method, url, **options) as answer:
                    return {} if answer.status == 204 else await answer.json()

        return self.run(request())


@dataclass
class Chat:
    """An open page, and what went on in it."""

    page: Any
    url: str
    complaints: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.context.set_default_timeout(PATIENCE_SECONDS * 1000)
        self.page.on("console", lambda said: self._note(said.type, f"{said.text} {said.location}"))
        self.page.on("pageerror", lambda error: self._note("error", str(error)))
        self.page.on("request", lambda request: self.addresses.append(request.url))
        self.page.on("websocket", lambda socket: self.addresses.append(socket.url))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def visit(self, channel: int = VOICE_NOTES_ID, person: Person = YOU) -> "Chat":
        query = "" if person is YOU else f"?person={person.id}"
        self.page.goto(f"{self.url}/{query}#{channel}")
        self.page.locator("#record:enabled").wait_for()
        return self

    def close(self) -> None:
        """Close the page: nothing went wrong unsaid in it, and no request left for elsewhere."""
        self.page.context.close()
        own = (self.url, self.url.replace("http:", "ws:"), "blob:", "data:")
        assert [one for one in self.addresses if not one.startswith(own)] == []
        assert self.complaints == []

    def record(self, seconds: int) -> None:
        """Press the button, and wait until so many seconds, nine at most, have been recorded."""
        self.page.get_by_label(RECORD).click()
        self.page.get_by_label(SEND).wait_for()
        self.expect("#clock").to_have_text(re.compile(f"^0:0[{seconds}-9]$"))

    def write(self, text: str) -> None:
        self.page.fill("#text", text)
        self.page.keyboard.press("Enter")

    def drop(self, name: str, kind: str = "drop") -> None:
        """Drop a file, or drag it over the page, or paste it."""
        self.page.evaluate(DROP, [name, kind])

    def expect(self, selector: str) -> Any:
        """Return Playwright's patient assertions about what a selector finds."""
        return playwright.expect(self.page.locator(selector))


@pytest.fixture(scope="package")
def hum() -> NDArray[np.float32]:
    """Return a voice-like signal: a gliding tone with overtones, no two moments of it alike."""
    time = np.arange(int(HUM_SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    pitch = 120 + 30 * time + 25 * np.sin(2 * np.pi * 0.7 * time)
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    tone = sum(np.sin(number * phase) / number for number in range(1, 9))
    return (0.2 * tone).astype(np.float32)


@pytest.fixture(scope="package")
def hum_file(hum: NDArray[np.float32], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("microphone") / "hum.wav"
    soundfile.write(path, hum, SAMPLE_RATE, subtype="PCM_16")
    return path


@pytest.fixture(scope="package")
def start_browser() -> Iterator[StartBrowser]:
    """Return a function that starts the machine's browser; see its parameters."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        pytest.skip(f"there is no browser: none of {', '.join(BROWSERS)} is installed")
    try:
        driver = playwright.sync_playwright().start()
    except OSError as error:
        pytest.skip(f"Playwright's driver does not start: {error}")
    started = []

    def start(microphone: Path | None, answer: str = ALLOWED) -> Any:
        arguments = ["--disable-gpu", "--autoplay-policy=no-user-gesture-required", answer]
        if microphone is not None:
            arguments.append("--use-fake-device-for-media-stream")
            arguments.append(f"--use-file-for-fake-audio-capture={microphone}")
        started.append(driver.chromium.launch(executable_path=executable, args=arguments))
        return started[-1]

    yield start
    for browser in started:
        browser.close()
    driver.stop()


@pytest.fixture(scope="package")
def browser(start_browser: StartBrowser, hum_file: Path) -> Any:
    """Return a browser whose microphone hears the hum, and whose person allows it."""
    return start_browser(hum_file)


@pytest.fixture
def playground() -> Iterator[LivePlayground]:
    """Return a playground without a bot, which is said to be there all the same."""
    running = LivePlayground()
    running.set_bot_online(True)
    yield running
    running.stop()


@pytest.fixture
def url(playground: LivePlayground) -> str:
    return playground.url


@pytest.fixture
def open_chat(browser: Any, url: str) -> Iterator[OpenChat]:
    """Return a function that opens the page; at the end, all must have gone well in it."""
    opened: list[Chat] = []

    def open_chat(
        person: Person = YOU, channel: int = VOICE_NOTES_ID, at: Any = None, **look: Any
    ) -> Chat:
        opened.append(Chat((at or browser).new_context(**look).new_page(), url))
        return opened[-1].visit(channel, person)

    yield open_chat
    for chat in opened:
        chat.close()


@pytest.fixture
def chat(open_chat: OpenChat) -> Chat:
    return open_chat()
