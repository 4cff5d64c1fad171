"""Input devices of PortAudio, and its start and stop.

PyAudio is an optional dependency, and so only imported when it is needed.
"""

from __future__ import annotations

import contextlib
import io
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ser_core.errors import MicrophoneError
from ser_core.microphone.native_stderr import native_stderr_hidden

if TYPE_CHECKING:
    from types import ModuleType

INSTALL_PORTAUDIO = {  # by `sys.platform`; on Windows, PyAudio's wheel includes PortAudio
    "linux": "sudo apt install portaudio19-dev gcc python3-dev",
    "darwin": "brew install portaudio",
}
INSTALL_PYAUDIO = f"{shlex.quote(sys.executable)} -m pip install pyaudio"


@dataclass(frozen=True)
class Device:
    """An input device.

    Parameters
    ----------
    index
        PortAudio's index, which may change when another device is connected.
    name
        Name of the device in the system.
    channels
        Maximum number of input channels.
    sample_rate
        Default sample rate in Hz.
    is_default
        Whether it is the system's default input device.
    """

    index: int
    name: str
    channels: int
    sample_rate: int
    is_default: bool


def list_devices() -> tuple[Device, ...]:
    """Return the input devices, in PortAudio's order.

    Raises
    ------
    MicrophoneError
        PyAudio or PortAudio is missing.
    """
    with port_audio() as (_, system):
        return input_devices(system)


def find_device(wanted: str | int | None, devices: tuple[Device, ...]) -> Device:
    """Return the device with an index or a name.

    Parameters
    ----------
    wanted
        Index (also as digits), name or part of a name in any case, or None for the default device.
    devices
        The devices, from `list_devices`.

    Raises
    ------
    MicrophoneError
        There are no devices, none matches, or several do.
    """
    if not devices:
        raise MicrophoneError(
            "No microphone was found: plug one in, or allow its use in the system's sound settings."
        )
    if wanted is None:
        return next((device for device in devices if device.is_default), devices[0])
    text = str(wanted).strip()
    if text.isascii() and text.isdecimal():
        matches = [device for device in devices if device.index == int(text)]
    else:
        part = text.casefold()
        matches = [device for device in devices if part == device.name.casefold()] or [
            device for device in devices if part in device.name.casefold()
        ]
    if len(matches) == 1:
        return matches[0]
    listed = ", ".join(f"{device.index} ({device.name})" for device in matches or devices)
    if matches:
        raise MicrophoneError(f"“{text}” fits several microphones, so give a number: {listed}.")
    raise MicrophoneError(f"There is no microphone “{text}”, but there is {listed}.")


def input_devices(system: Any) -> tuple[Device, ...]:
    """Return the input devices of a `PyAudio` object from `port_audio`."""
    try:
        default = system.get_default_input_device_info()["index"]
    except OSError:  # no default device
        default = None
    devices = (system.get_device_info_by_index(index) for index in range(system.get_device_count()))
    return tuple(
        Device(
            index=info["index"],
            name=str(info["name"]),
            channels=info["maxInputChannels"],
            sample_rate=round(info["defaultSampleRate"]),
            is_default=info["index"] == default,
        )
        for info in devices
        if info["maxInputChannels"] > 0
    )


@contextlib.contextmanager
def port_audio() -> Iterator[tuple[ModuleType, Any]]:
    """Start PortAudio, which scans for devices, and stop it afterwards.

    Yields
    ------
    module
        The module `pyaudio`.
    system
        A `pyaudio.PyAudio` object.

    Raises
    ------
    MicrophoneError
        PyAudio or PortAudio is missing, or there is no sound system.
    """
    with native_stderr_hidden():
        module = _import_pyaudio()
        try:
            system = module.PyAudio()
        except OSError as cause:
            raise MicrophoneError(
                "The sound system could not be started: check the system's sound settings."
            ) from cause
        try:
            yield module, system
        finally:
            system.terminate()


def _import_pyaudio() -> ModuleType:
    """Import PyAudio, without what it prints to standard output on failure."""
    first = INSTALL_PORTAUDIO.get(sys.platform)
    then = f"‘{first}’ and then " if first else ""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            import pyaudio
    except ModuleNotFoundError as cause:
        raise MicrophoneError(
            f"PyAudio, which listens to the microphone, is not installed: run {then}"
            f"‘{INSTALL_PYAUDIO}’."
        ) from cause
    except ImportError as cause:
        raise MicrophoneError(
            "PortAudio, which PyAudio needs, is missing or does not fit: run "
            f"{then}‘{INSTALL_PYAUDIO} --force-reinstall’."
        ) from cause
    return pyaudio  # type: ignore[no-any-return]
