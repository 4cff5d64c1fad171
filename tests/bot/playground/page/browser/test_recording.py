"""Recording with the microphone: what arrives, what is thrown away, what goes wrong."""

import base64
import io
import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from bot.playground.world.channels import DIRECT_ID, VOICE_NOTES_ID
from bot.playground.world.messages import MessageFlag
from tests.bot.playground.page.browser.conftest import (
    DENIED,
    RECORD,
    SAMPLE_RATE,
    SEND,
    Chat,
    LivePlayground,
    OpenChat,
    StartBrowser,
)


def likeness(recorded: NDArray[np.float32], played: NDArray[np.float32]) -> float:
    """Correlate a recording with the stretch of what was played that is most like it.

    Returns
    -------
    float
        1 for the same but for its loudness, about 0 for something else.
    """
    over_and_over = np.tile(played, 2)
    products = fftconvolve(over_and_over, recorded[::-1], mode="valid")
    energies = fftconvolve(over_and_over**2, np.ones_like(recorded), mode="valid")
    return float(np.max(products / np.sqrt(energies * np.sum(recorded**2))))


def test_what_the_microphone_hears_arrives(chat: Chat, playground: LivePlayground, hum: np.ndarray):
    chat.record(3)
    chat.expect("#hint").to_have_text("to #voice-notes")
    assert chat.page.locator("#meter i").last.evaluate("bar => bar.offsetHeight") > 5  # pixels
    chat.page.get_by_label(SEND).click()
    chat.expect(".message .player").to_be_visible()
    chat.expect("#announcer").to_have_text("Voice message sent.")
    [message] = playground.messages()
    [file] = message.attachments
    assert (message.flags, file.content_type) == (MessageFlag.VOICE_MESSAGE, "audio/ogg")
    assert file.duration >= 3
    assert max(base64.b64decode(file.waveform)) > 50
    sound = io.BytesIO(chat.page.request.get(file.url).body())
    recorded, rate = soundfile.read(sound, dtype="float32")
    assert rate == SAMPLE_RATE
    assert len(recorded) / rate == pytest.approx(file.duration, abs=0.1)
    # Neither gain control nor noise suppression nor echo cancellation has had it in hand. (Half
    # seconds, and their median, because a busy machine may lose an instant of sound here or there.)
    pieces = np.array_split(recorded[rate // 2 : 5 * rate // 2], 4)
    assert np.median([likeness(piece, hum) for piece in pieces]) > 0.9
    assert np.median([np.std(piece) for piece in pieces]) == pytest.approx(np.std(hum), rel=0.2)


def test_a_voice_message_plays_and_can_be_sought_in(chat: Chat):
    chat.record(2)
    chat.page.get_by_label(SEND).click()
    player = chat.page.locator(".player")
    player.wait_for()
    heights = player.locator(".bars i").evaluate_all("bars => bars.map(bar => bar.offsetHeight)")
    assert len(heights) == 48
    assert max(heights) > 15  # pixels: it was not silent
    player.get_by_role("button", name="Play voice message from You").click()
    player.locator(".played").nth(5).wait_for()
    player.get_by_role("button", name="Pause").click()
    slider = player.get_by_role("slider")
    before = float(slider.input_value())
    slider.press("End")
    slider.press("ArrowLeft")
    assert float(slider.input_value()) > before
    assert "of" in slider.get_attribute("aria-valuetext")
    slider.press("Home")
    assert float(slider.input_value()) == 0


def test_recording_takes_nothing_but_a_keyboard(open_chat: OpenChat, playground: LivePlayground):
    chat = open_chat(channel=DIRECT_ID)
    chat.page.get_by_label("Message @Undertone").focus()
    chat.page.keyboard.press("Tab")
    chat.expect("#record").to_be_focused()
    chat.page.keyboard.press("Enter")
    chat.expect("#announcer").to_contain_text("Recording. Press the button again to send")
    chat.expect("#clock").not_to_have_text("0:00")
    chat.expect("#record").to_be_focused()
    chat.page.keyboard.press("Space")
    chat.expect(".message .player").to_be_visible()
    chat.expect("#record").to_be_focused()
    assert len(playground.messages(DIRECT_ID)) == 1


def test_a_recording_can_be_thrown_away(chat: Chat, playground: LivePlayground):
    escape = partial(chat.page.keyboard.press, "Escape")
    for throw_away in (escape, chat.page.get_by_label("Throw the recording away").click):
        chat.record(1)
        throw_away()
        chat.expect("#announcer").to_have_text("The recording was thrown away.")
        chat.expect("#record").to_be_focused()
        chat.expect("#text").to_be_visible()
    assert playground.messages() == []


def test_a_recording_that_is_too_short_is_not_sent(chat: Chat, playground: LivePlayground):
    chat.page.evaluate("document.getElementById('composer').dataset.minSeconds = 5")
    chat.record(1)
    chat.page.get_by_label(SEND).click()
    chat.expect("#notice").to_contain_text("too short")
    chat.expect("#text").to_be_visible()
    assert playground.messages() == []


def test_the_limit_is_counted_down_and_all_is_kept(chat: Chat, playground: LivePlayground):
    chat.page.evaluate("document.getElementById('composer').dataset.maxSeconds = 2")
    chat.page.get_by_label(RECORD).click()
    chat.expect("#hint").to_have_text(re.compile(r"^\d seconds? left$"))
    chat.expect("#notice").to_contain_text("That is 2 seconds, the most")
    assert playground.messages() == []
    chat.page.get_by_label(SEND).click()
    chat.expect(".message .player").to_be_visible()
    assert playground.messages()[0].attachments[0].duration >= 2


def test_a_recording_that_could_not_be_sent_is_kept(chat: Chat, playground: LivePlayground):
    playground.server.faults.fail("POST", "/voice", status=500)
    chat.record(1)
    chat.page.locator("#channels a", has_text="general").click()
    chat.expect("#hint").to_have_text("to #voice-notes")
    chat.page.get_by_label(SEND).click()
    chat.expect("#notice").to_contain_text("try again")
    chat.expect("#hint").to_contain_text("Kept")
    chat.page.context.set_offline(True)
    chat.page.get_by_label(SEND).click()
    chat.expect("#notice").to_contain_text("could not be reached")
    chat.page.context.set_offline(False)
    chat.page.get_by_label(SEND).click()
    chat.expect("#announcer").to_have_text("Voice message sent.")
    chat.expect("#notice").to_be_hidden()
    assert len(playground.messages(VOICE_NOTES_ID)) == 1
    chat.complaints.clear()  # the browser's own, about the two refusals


@pytest.mark.parametrize(
    ("has_microphone", "words"),
    [(True, "The microphone is not allowed here"), (False, "No microphone was found")],
)
def test_why_the_microphone_cannot_be_used_is_explained(
    open_chat: OpenChat,
    start_browser: StartBrowser,
    hum_file: Path,
    has_microphone: bool,
    words: str,
):
    at = start_browser(hum_file, DENIED) if has_microphone else start_browser(None)
    chat = open_chat(at=at)
    chat.page.get_by_label(RECORD).click()
    chat.expect("#notice").to_contain_text(words)
    chat.expect("#text").to_be_visible()
    chat.page.get_by_label("Close this notice").click()
    chat.expect("#notice").to_be_hidden()


def test_a_browser_that_cannot_record_says_where_it_can(chat: Chat):
    # A page that is not secure has no such thing; the playground answers on loopback alone.
    chat.page.evaluate("delete Navigator.prototype.mediaDevices")
    chat.page.get_by_label(RECORD).click()
    chat.expect("#notice").to_contain_text("secure page")
