"""The sound devices that can record, as PortAudio knows them, and PortAudio itself.

PyAudio is imported when it is first needed, since it is an extra: the rest of the core works
without it.
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

INSTALL_PORTAUDIO = {  # by `sys.platform`; on Windows PyAudio brings it
    "linux": "sudo apt install portaudio19-dev gcc python3-dev",
    "darwin": "brew install portaudio",
}
INSTALL_PYAUDIO = f"{shlex.quote(sys.executable)} -m pip install pyaudio"  # for this very Python


@dataclass(frozen=True)
class Device:
    """One input device.

    Parameters
    ----------
    index
        PortAudio's number for it, which may change when another is plugged in.
    name
        What the system calls it.
    channels
        How many it records at most.
    sample_rate
        Its own, in Hz.
    is_default
        Whether the system records from it when not told otherwise.
    """

    index: int
    name: str
    channels: int
    sample_rate: int
    is_default: bool


def list_devices() -> tuple[Device, ...]:
    """List the devices that can record.

    Returns
    -------
    tuple of Device
        In PortAudio's order; empty where there is none.

    Raises
    ------
    MicrophoneError
        PyAudio or PortAudio is missing.
    """
    with port_audio() as (_, system):
        return input_devices(system)


def find_device(wanted: str | int | None, devices: tuple[Device, ...]) -> Device:
    """Find the device that a person means.

    Parameters
    ----------
    wanted
        A device's number, its name or part of it in any case, or None for the default one; digits
        alone are a number.
    devices
        Those to choose from.

    Raises
    ------
    MicrophoneError
        There is no device at all, none is like that, or several are.
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
    """List the devices that can record, of a PortAudio that is running.

    Parameters
    ----------
    system
        As `port_audio` gives it.
    """
    try:
        default = system.get_default_input_device_info()["index"]
    except OSError:  # there is none
        default = None
    found = (system.get_device_info_by_index(index) for index in range(system.get_device_count()))
    return tuple(
        Device(
            index=info["index"],
            name=str(info["name"]),
            channels=info["maxInputChannels"],
            sample_rate=round(info["defaultSampleRate"]),
            is_default=info["index"] == default,
        )
        for info in found
        if info["maxInputChannels"] > 0
    )


@contextlib.contextmanager
def port_audio() -> Iterator[tuple[ModuleType, Any]]:
    """Start PortAudio, which looks for devices anew, and stop it afterwards.

    Yields
    ------
    module
        PyAudio.
    system
        Its `PyAudio` object.

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
    """Import PyAudio, which prints to standard output when that fails."""
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
