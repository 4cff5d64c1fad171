"""Virtual microphones: ALSA devices that play raw samples from files, or PulseAudio's.

A `SoundServer` has a microphone that records what is played to it, in real time.

ALSA's ``file`` device over its ``null`` device gives out what a file holds, from its start at each
opening, as fast as it is read, and PortAudio records from it as from any other. At the end of the
file it repeats what is left in its buffer, so the files here are made longer than what is read.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from tests.waiting import PATIENCE, wait_for

PROJECT = Path(__file__).resolve().parent.parent
TAIL_SECONDS = 60  # of silence after what a microphone plays

needs_portaudio = pytest.mark.skipif(
    importlib.util.find_spec("pyaudio") is None or not Path("/usr/share/alsa/alsa.conf").exists(),
    reason="virtual microphones need PyAudio (make mic) and, on Linux, ALSA (libasound2-data)",
)


@dataclass
class VirtualMicrophones:
    """An ALSA configuration in a folder, with only the microphones added here."""

    folder: Path
    _devices: list[str] = field(default_factory=list)

    def add(self, name, samples, *, sample_rate):
        """Add a mono microphone that plays 16-bit samples, and then silence."""
        silence = np.zeros(TAIL_SECONDS * sample_rate, dtype=np.int16)
        path = self.folder / f"{name}.raw"
        np.concatenate([samples, silence]).astype(np.int16).tofile(path)
        self.add_file(name, path, sample_rate=sample_rate)

    def add_file(self, name, path, *, sample_rate):
        """Add a mono microphone that plays the 16-bit samples of a file or a pipe."""
        samples = f'type file format raw infile "{path}" file "/dev/null" slave.pcm {{ type null }}'
        slave = f"format S16_LE channels 1 rate {sample_rate} pcm {{ {samples} }}"
        self.add_device(name, f"{{ type plug slave {{ {slave} }} }}")

    def add_device(self, name, definition):
        """Add any ALSA device."""
        self._devices.append(f"pcm.{name} {definition}\n")

    @property
    def environment(self):
        """Environment variables of a process that has these microphones and no others."""
        # PortAudio gives up altogether where ALSA has no "default", so there is one that cannot be
        # opened.
        nothing = "pcm.!default { type hw card 31 }\nctl.!default { type hw card 31 }\n"
        config = self.folder / "asound.conf"
        config.write_text("".join([*self._devices, nothing]))
        return {
            **os.environ,
            "ALSA_CONFIG_PATH": str(config),
            "PYTHONPATH": f"{self.folder}{os.pathsep}{PROJECT}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "utf-8",
            "NO_COLOR": "1",
        }

    def run(self, *command, **options):
        """Run Python with these microphones."""
        return subprocess.run(
            [sys.executable, *command],
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
            **options,
        )


@dataclass
class SoundServer:
    """A PulseAudio server whose only microphone records what is played to its only loudspeaker.

    Its socket and its few files are in a folder of its own.
    """

    folder: Path
    _process: subprocess.Popen[bytes] | None = None
    _players: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @staticmethod
    def is_installed():
        """Return whether there is PulseAudio, and the plug-in by which ALSA records from it."""
        plugins = Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so")
        return all(map(shutil.which, ("pulseaudio", "paplay", "pactl"))) and any(plugins)

    @property
    def socket(self):
        """Path of the socket for clients."""
        return self.folder / "native"

    @property
    def definition(self):
        """The ALSA device that records from it."""
        return f'{{ type pulse server "unix:{self.socket}" device "room.monitor" }}'

    @property
    def environment(self):
        """Environment variables of the server and of what plays to it."""
        folder = str(self.folder)
        return {**os.environ, "HOME": folder, "XDG_RUNTIME_DIR": folder}

    def start(self):
        """Start it, and wait until it accepts clients."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._process = subprocess.Popen(
            [
                *("pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no"),
                *("--exit-idle-time=-1", "--disable-shm=yes"),
                "--load=module-null-sink sink_name=room rate=48000 channels=1",
                f"--load=module-native-protocol-unix auth-anonymous=1 socket={self.socket}",
            ],
            env=self.environment,
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: self.socket.exists() or self._process.poll() is not None)
        assert self._process.poll() is None, "PulseAudio did not start"

    def play(self, sound):
        """Play a sound file, and do not wait for its end."""
        server = f"--server=unix:{self.socket}"
        player = subprocess.Popen(["paplay", server, str(sound)], env=self.environment)
        self._players.append(player)
        return player

    @property
    def is_recorded(self):
        """Whether somebody records from its microphone."""
        command = ["pactl", f"--server=unix:{self.socket}", "list", "short", "source-outputs"]
        listed = subprocess.run(
            command, env=self.environment, capture_output=True, timeout=PATIENCE, check=False
        )
        return bool(listed.stdout.strip())

    def kill(self):
        """Kill it."""
        for process in (*self._players, self._process):
            if process is not None:
                process.kill()
                process.wait()
        self.socket.unlink(missing_ok=True)
