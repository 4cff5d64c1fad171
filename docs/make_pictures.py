"""Make the README's pictures: a real recording in the playground, and what the bot really answers.

``python docs/make_pictures.py CLIP`` starts the bot without a token, plays the clip to the fake
microphone of a headless Chromium, records it in the page, and saves what is seen: the answer, and
what can be done with it. The clip itself is kept nowhere. Have a font with emoji in colour.
"""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import numpy as np
import soundfile
import soxr
import typer
from PIL import Image
from playwright.async_api import Page, async_playwright, expect

PROJECT = Path(__file__).resolve().parent.parent
PICTURES = PROJECT / "docs" / "pictures"
ANSWER, ASKING = "playground.png", "playground-asking.png"

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_OPTIONS = (
    "--no-sandbox",  # which a root account in a container does not have
    "--disable-gpu",
    "--disable-background-networking",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)
MICROPHONE_RATE = 48_000  # Hz
AUDIBLE = 0.02  # of full scale: where the clip's silent beginning ends
MARGIN_SECONDS = 0.15  # of silence that is left around the speech
SETTLING_SECONDS = 0.4  # of silence while the page starts to record

WIDTH, HEIGHT = 1180, 800  # CSS pixels
TALLER = 990  # CSS pixels: the height of the second picture
PIXEL_RATIO = 2
COLOURS = 256  # in the picture: of so few, a PNG is small
PLAYED_SHARE = 0.55  # of the voice message, in the picture
PATIENCE_SECONDS = 60.0

ADDRESS = "Playground: "  # what stands before the page's address in what the bot says


def main(
    clip: Annotated[
        Path, typer.Argument(help="A recording of speech, a few seconds long.", exists=True)
    ],
    out: Annotated[Path, typer.Option(help="The folder that they go to.")] = PICTURES,
) -> None:
    """Make the README's pictures of the playground."""
    out.mkdir(parents=True, exist_ok=True)
    asyncio.run(make(clip, out))
    for name in (ANSWER, ASKING):
        typer.echo(f"{out / name}: {(out / name).stat().st_size / 1024:.0f} KB")


async def make(clip: Path, out: Path) -> None:
    """Record a clip in the playground, and save pictures of the answer and of what comes after."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        raise typer.BadParameter(f"Install a browser first: one of {', '.join(BROWSERS)}.")
    with tempfile.TemporaryDirectory() as folder:
        microphone = Path(folder) / "microphone.wav"
        seconds = write_microphone(clip, microphone)
        options = [*BROWSER_OPTIONS, f"--use-file-for-fake-audio-capture={microphone}%noloop"]
        async with running_bot(Path(folder)) as address, async_playwright() as driver:
            browser = await driver.chromium.launch(executable_path=executable, args=options)
            page = await browser.new_page(
                color_scheme="dark",
                viewport={"width": WIDTH, "height": HEIGHT},
                device_scale_factor=PIXEL_RATIO,
                locale="en-GB",
            )
            page.set_default_timeout(PATIENCE_SECONDS * 1000)
            await page.goto(address)
            await record(page, seconds)
            await page.screenshot(path=out / ANSWER)
            await ask(page)
            await page.screenshot(path=out / ASKING)
            await browser.close()
    for name in (ANSWER, ASKING):
        shrink(out / name)


def write_microphone(clip: Path, microphone: Path) -> float:
    """Write what the fake microphone hears: the clip's speech, with a little silence around it.

    Returns
    -------
    float
        Its length in seconds.
    """
    audio, rate = soundfile.read(clip, dtype="float32", always_2d=True)
    mono = soxr.resample(audio.mean(axis=1), rate, MICROPHONE_RATE)
    (audible,) = np.nonzero(np.abs(mono) > AUDIBLE)
    if not len(audible):
        raise typer.BadParameter("There is nothing to hear in that recording: choose another.")
    margin = int(MARGIN_SECONDS * MICROPHONE_RATE)
    speech = mono[max(0, audible[0] - margin) : audible[-1] + margin]
    heard = np.pad(speech, (int(SETTLING_SECONDS * MICROPHONE_RATE), MICROPHONE_RATE))
    soundfile.write(microphone, heard, MICROPHONE_RATE, subtype="PCM_16")
    return SETTLING_SECONDS + len(speech) / MICROPHONE_RATE


@asynccontextmanager
async def running_bot(folder: Path) -> AsyncIterator[str]:
    """Run the bot without a token; gives the page's address."""
    environment = {name: value for name, value in os.environ.items() if "DISCORD" not in name}
    environment |= {"PLAYGROUND_PORT": "0", "PYTHONPATH": str(PROJECT)}
    bot = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE
    )
    try:
        async for line in bot.stdout:
            if line.startswith(ADDRESS.encode()):
                yield line.decode().removeprefix(ADDRESS).strip()
                return
        raise typer.Exit(1)  # the bot itself has said why it does not run
    finally:
        if bot.returncode is None:
            bot.terminate()
        await bot.communicate()


async def record(page: Page, seconds: float) -> None:
    """Record so many seconds, and wait for the answer."""
    patience = PATIENCE_SECONDS * 1000
    online = page.get_by_text("Undertone is online")
    await expect(online).to_be_visible(timeout=patience)
    await page.get_by_role("button", name="Record a voice message").click()
    send = page.get_by_role("button", name="Send the voice message")
    await send.wait_for()
    await page.wait_for_timeout(seconds * 1000)
    await send.click()
    await expect(page.locator(".embed")).to_be_visible(timeout=patience)
    slider = page.get_by_role("slider")
    length = float(await slider.get_attribute("max") or 0)
    await slider.fill(f"{PLAYED_SHARE * length:.1f}")
    await page.locator(".played").first.wait_for()
    await page.mouse.move(0, 0)  # nothing should look touched
    await page.evaluate("document.activeElement.blur()")


async def ask(page: Page) -> None:
    """Ask whether the answer was right, and open the voice message's menu."""
    await page.set_viewport_size({"width": WIDTH, "height": TALLER})
    await page.get_by_role("button", name="Was I right?").click()
    await expect(page.get_by_role("button", name="It was something else…")).to_be_visible()
    await page.get_by_role("button", name="More: message from You").click()
    await expect(page.get_by_role("menuitem", name="Hear the emotion")).to_be_visible()
    await page.mouse.move(0, 0)


def shrink(picture: Path) -> None:
    """Write a picture again with fewer colours."""
    with Image.open(picture) as drawn:
        few = drawn.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(picture, optimize=True)


if __name__ == "__main__":
    typer.run(main)
