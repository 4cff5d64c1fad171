"""WebM: what a browser's recorder streams is as good as what was finished properly."""

import shutil

import pytest

from ser_core.audio import decode
from ser_core.containers import Container, read_outline
from ser_core.errors import DamagedAudioError, NoAudioStreamError
from tests.ser_core.recordings import SECONDS, recording, silent_video

SEGMENT = b"\x18\x53\x80\x67"
CLUSTER = b"\x1f\x43\xb6\x75"
UNKNOWN_SIZE = b"\x01" + b"\xff" * 7


def streamed(data: bytes) -> bytes:
    """Take away the sizes that a recorder cannot know before the end, as Chromium's does."""
    offset = data.index(CLUSTER)
    while offset >= 0:
        size = offset + len(CLUSTER)
        width = 9 - data[size].bit_length()
        data = data[:size] + UNKNOWN_SIZE + data[size + width :]
        offset = data.find(CLUSTER, offset + 1)
    return data


@pytest.mark.parametrize("name", ["webm", "webm-vorbis", "matroska"])
def test_the_declared_length_is_read(name: str) -> None:
    seconds = read_outline(Container.MATROSKA, recording(name)).seconds

    assert seconds == pytest.approx(SECONDS, abs=0.1)


def test_a_recorder_that_knew_no_sizes_is_understood() -> None:
    live = recording("webm-live")
    assert live[live.index(SEGMENT) + 4 :].startswith(UNKNOWN_SIZE)

    assert read_outline(Container.MATROSKA, live).seconds is None
    assert decode(streamed(live)) == decode(live)


@pytest.mark.parametrize("name", ["webm", "webm-live", "webm-vorbis", "matroska"])
def test_a_file_that_ends_within_an_element_is_refused(name: str) -> None:
    data = recording(name)
    for length in (len(data) - 1, len(data) * 3 // 4, len(data) // 3, 200, 40, 10):
        with pytest.raises(DamagedAudioError):
            decode(data[:length])


def test_a_stream_that_ends_within_a_block_is_refused() -> None:
    data = streamed(recording("webm-live"))
    for length in (len(data) - 1, len(data) * 3 // 4, len(data) // 2):
        with pytest.raises(DamagedAudioError):
            decode(data[:length])


def test_stray_bytes_behind_the_segment_do_no_harm() -> None:
    assert decode(recording("webm") + b"stray bytes") == decode(recording("webm"))


def test_pictures_alone_are_no_sound() -> None:
    with pytest.raises(NoAudioStreamError):
        read_outline(Container.MATROSKA, silent_video("webm"))


def test_a_number_too_long_to_be_one_is_no_length() -> None:
    data = recording("webm")
    at = data.index(b"\x2a\xd7\xb1\x83")  # the time scale, of three bytes
    forged = data[:at] + b"\x2a\xd7\xb1\x10\x00\x01\x00" + b"\xff" * 256 + data[at + 7 :]

    read_outline(Container.MATROSKA, data)
    with pytest.raises((DamagedAudioError, NoAudioStreamError)):
        decode(forged)


RECORD = """async (kind) => {
  if (!MediaRecorder.isTypeSupported(kind)) return null;
  const context = new AudioContext({ sampleRate: 48000 });
  const tone = new OscillatorNode(context, { frequency: 440 });
  const level = new GainNode(context, { gain: 0.25 });
  const sink = context.createMediaStreamDestination();
  tone.connect(level).connect(sink);
  tone.start();
  await context.resume();
  const recorder = new MediaRecorder(sink.stream, { mimeType: kind });
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.start(250);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  recorder.stop();
  await stopped;
  return Array.from(new Uint8Array(await new Blob(parts).arrayBuffer()));
}"""


def test_what_a_browser_records_is_heard() -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    browsers = ("chromium", "chromium-browser", "google-chrome")
    executable = next(filter(None, map(shutil.which, browsers)), None)
    if executable is None:
        pytest.skip("there is no Chromium here")
    options = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=options)
        page = browser.new_page()
        kinds = ("audio/webm;codecs=opus", "audio/webm;codecs=pcm", "audio/mp4;codecs=opus")
        recorded = {kind: page.evaluate(RECORD, kind) for kind in kinds}
        browser.close()

    assert recorded["audio/webm;codecs=opus"]
    for kind, data in recorded.items():
        if data is not None:
            segment = decode(bytes(data))
            assert segment.duration_seconds > 0.5, kind
            # The oscillator's sine: 0.25 at its peak.
            assert segment[-400:-100].dBFS == pytest.approx(-15.05, abs=0.5), kind
