"""mic.py listens live, for minutes, and to devices that come and go."""

import json
import re
import signal

import numpy as np
import psutil
import pytest
import soundfile

from tests.mic.running import (
    MIC,
    SAMPLE_RATE,
    add_voice,
    in_a_terminal,
    spoken_again_and_again,
    started,
    wait_for,
)
from tests.virtual_microphones import (
    PATIENCE,
    needs_alsa,
    needs_pulseaudio,
    needs_pyaudio,
)

LONG_SECONDS = 120  # of listening at its own pace, in one test
SETTLED_SECONDS = 30  # after which nothing more is loaded
MOST_GROWTH = 5_000_000  # bytes; the sound of these 90 s would be 5.8 million
MOST_CPU_SHARE = 0.25  # of one core
MOST_LATE = 4  # hops, on a machine that has something else to do


@needs_pyaudio
@needs_alsa
class TestLive:
    """Without --seconds and --once."""

    def test_prints_line_after_line_into_a_pipe_until_ctrl_c(self, microphones, angry):
        # The device plays as fast as it is read: 30 s may pass from one line to the next.
        add_voice(microphones, "desk", angry, times=60)
        with started(microphones, "--hop", "1") as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(5)]
            process.send_signal(signal.SIGINT)
            rest, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
        assert errors == ""
        assert all(
            re.search(r"(-\d+ dB|silent) +[■□]{10}(  \w+ or \w+\?)?$", line) for line in lines
        )
        assert "\x1b" not in "".join(lines) + rest
        assert rest.splitlines()[-1].startswith("In all ")

    @needs_pulseaudio
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_hears_the_emotion_that_is_spoken_and_sums_up_at_the_end(
        self, headset, sound_server, angry, number
    ):
        with started(headset, "--json") as process:
            assert process.stdout is not None
            records = [json.loads(process.stdout.readline())]
            sound_server.play(angry)
            while not (records[-1]["emotion"] == "angry" and records[-1]["sure"]):
                records.append(json.loads(process.stdout.readline()))
            process.send_signal(number)
            rest, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, errors) == (0, "")
        times = [record["time"] for record in records]
        assert times == sorted(times)
        assert records[0]["level_dbfs"] is None
        assert max(record["level_dbfs"] or -99 for record in records) > -40
        *_, last = map(json.loads, rest.splitlines())
        assert "angry" in last["summary"]["shares"]
        assert sum(last["summary"]["shares"].values()) == pytest.approx(1, abs=0.001)

    @needs_pulseaudio
    def test_draws_a_panel_in_a_terminal(self, headset, sound_server, angry):
        with spoken_again_and_again(sound_server, angry):
            code, text = in_a_terminal(headset, interrupt_at="😠 angry")
        assert code == 0
        assert text.count("Listening to “headset” until Ctrl-C. Nothing is kept.") == 1
        assert "\x1b[1A" in text  # up, to draw over what was drawn
        assert "headset · 0:0" in text
        assert text.count("In all ") == 1
        assert "Traceback" not in text
        assert "38;2" not in text  # NO_COLOR

    @needs_pulseaudio
    def test_ends_quietly_when_nobody_reads_any_more(self, headset, sound_server):
        with started(headset) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.readline()
            process.stdout.close()
            errors = process.stderr.read()
            assert (process.wait(PATIENCE), errors) == (0, "")

    @needs_pulseaudio
    def test_prints_the_summary_alone_with_quiet_and_keeps_what_was_heard_with_save(
        self, headset, sound_server
    ):
        path = headset.folder / "heard.wav"
        with started(headset, "--quiet", "--json", "--save", str(path)) as process:
            wait_for(lambda: path.exists() and path.stat().st_size > 2 * SAMPLE_RATE)
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, errors) == (0, f"What is heard is kept in {path}.\n")
        (record,) = map(json.loads, output.splitlines())
        assert record["summary"]["duration"] == pytest.approx(
            soundfile.info(path).duration, abs=0.01
        )

    @needs_pulseaudio
    def test_waits_for_a_device_that_goes_away_and_goes_on_when_it_is_back(
        self, headset, sound_server, angry
    ):
        with started(headset) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            heard = process.stdout.readline()
            sound_server.kill()
            gone = process.stderr.readline()
            sound_server.start()
            back = process.stderr.readline()
            with spoken_again_and_again(sound_server, angry):
                while "angry" not in process.stdout.readline():
                    pass
            process.send_signal(signal.SIGINT)
            rest, errors = process.communicate(timeout=PATIENCE)
        assert "no speech" in heard
        assert gone == "The microphone “headset” went away: waiting 30 seconds for it.\n"
        assert back == "The microphone “headset” is back.\n"
        assert (process.returncode, errors) == (0, "")
        assert "angry" in rest.splitlines()[-1]

    @needs_pulseaudio
    def test_sums_up_before_it_gives_up_on_a_device(self, headset, sound_server):
        impatient = (
            "import runpy, sys; from ser_core import microphone; microphone.RETURN_SECONDS = 2\n"
            f"sys.argv = ['mic.py', '--quiet']; runpy.run_path({MIC!r}, run_name='__main__')"
        )
        with started(headset, program=("-c", impatient)) as process:
            wait_for(lambda: sound_server.is_recorded)
            sound_server.kill()
            output, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 1
        assert errors.splitlines()[-1] == (
            "Error: The microphone “headset” went away and did not come back: plug it in, and "
            "start again."
        )
        assert output.splitlines()[-1].startswith("In all ")

    @needs_pulseaudio
    @pytest.mark.timeout(400)
    def test_keeps_up_for_minutes_without_losing_sound_growing_or_working_hard(
        self, headset, sound_server, corpora
    ):
        conversation = headset.folder / "conversation.wav"
        write_conversation(conversation, corpora / "originals", LONG_SECONDS + 30)
        with started(headset, "--json", "--window", "3", "--hop", "0.5") as process:
            assert process.stdout is not None
            first = json.loads(process.stdout.readline())
            sound_server.play(conversation)
            watched = psutil.Process(process.pid)
            records, early = [first], (0, 0.0, 0.0)
            for line in process.stdout:
                records.append(json.loads(line))
                if not early[0] and records[-1]["time"] >= SETTLED_SECONDS:
                    early = (watched.memory_info().rss, *watched.cpu_times()[:2])
                if records[-1]["time"] >= LONG_SECONDS:
                    break
            late = (watched.memory_info().rss, *watched.cpu_times()[:2])
            process.send_signal(signal.SIGINT)
            rest, _ = process.communicate(timeout=PATIENCE)
        summary = json.loads(rest.splitlines()[-1])["summary"]
        assert (process.returncode, summary["overruns"]) == (0, 0)
        assert summary["late"] <= MOST_LATE
        seconds = LONG_SECONDS - SETTLED_SECONDS
        assert sum(late[1:]) - sum(early[1:]) <= MOST_CPU_SHARE * seconds
        assert late[0] - early[0] <= MOST_GROWTH
        heard = {record["emotion"] for record in records} - {None}
        assert len(heard) >= 4


def write_conversation(path, folder, seconds):
    """Write one clip after another, over and over, into a file."""
    clips = [soundfile.read(clip, dtype="int16", always_2d=True) for clip in folder.glob("*.wav")]
    rates = {rate for _, rate in clips}
    assert len(rates) == 1
    together = np.concatenate([samples[:, 0] for samples, _ in clips])
    soundfile.write(path, np.resize(together, round(seconds * rates.pop())), clips[0][1])
