"""mic.py listening live, without --seconds or --once, also to devices that come and go."""

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
)
from tests.virtual_microphones import needs_portaudio
from tests.waiting import PATIENCE, wait_for

LONG_SECONDS = 30  # of listening in real time; benchmarks/live.py listens longer
SETTLED_SECONDS = 10  # after which nothing more is loaded
MOST_CPU_SHARE = 0.25  # of one core
MOST_LATE = 4  # hops, on a busy machine

pytestmark = needs_portaudio


def test_it_prints_line_after_line_into_a_pipe_until_ctrl_c(microphones, angry):
    # The device plays as fast as it is read: 30 s may pass from one line to the next.
    add_voice(microphones, angry, times=60)
    with started(microphones, "--hop", "1") as process:
        lines = [process.stdout.readline() for _ in range(5)]
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, "")
    assert all(re.search(r"(-\d+ dB|silent) +[■□]{10}(  \w+ or \w+\?)?$", line) for line in lines)
    assert "\x1b" not in "".join(lines) + rest
    assert rest.splitlines()[-1].startswith("In all ")


def test_it_hears_the_emotion_that_is_spoken_and_sums_up_when_it_is_ended(
    headset, sound_server, angry
):
    with started(headset, "--json") as process:
        records = [json.loads(process.stdout.readline())]
        sound_server.play(angry)
        while not (records[-1]["emotion"] == "angry" and records[-1]["sure"]):
            records.append(json.loads(process.stdout.readline()))
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, "")
    times = [record["time"] for record in records]
    assert times == sorted(times)
    assert records[0]["level_dbfs"] is None
    assert max(record["level_dbfs"] or -99 for record in records) > -40
    *_, last = map(json.loads, rest.splitlines())
    assert "angry" in last["summary"]["shares"]
    assert sum(last["summary"]["shares"].values()) == pytest.approx(1, abs=0.001)


def test_it_draws_a_panel_in_a_terminal(headset, sound_server, angry):
    with spoken_again_and_again(sound_server, angry):
        code, text = in_a_terminal(headset, interrupt_at="😠 angry")
    assert code == 0
    assert text.count("Listening to “headset” until Ctrl-C. Nothing is kept.") == 1
    assert "\x1b[1A" in text  # up, to draw over what was drawn
    assert "headset · 0:0" in text
    assert text.count("In all ") == 1
    assert "Traceback" not in text
    assert "38;2" not in text  # NO_COLOR


def test_it_ends_quietly_when_nobody_reads_any_more(headset):
    with started(headset) as process:
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
        assert (process.wait(PATIENCE), errors) == (0, "")


def test_it_prints_the_summary_alone_with_quiet_and_keeps_what_was_heard_with_save(headset):
    path = headset.folder / "heard.wav"
    with started(headset, "--quiet", "--json", "--save", str(path)) as process:
        wait_for(lambda: path.exists() and path.stat().st_size > 2 * SAMPLE_RATE)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, f"What is heard is kept in {path}.\n")
    (record,) = map(json.loads, output.splitlines())
    assert record["summary"]["duration"] == pytest.approx(soundfile.info(path).duration, abs=0.01)


def test_it_waits_for_a_device_that_goes_away_and_goes_on_when_it_is_back(
    headset, sound_server, angry
):
    with started(headset) as process:
        heard = process.stdout.readline()
        sound_server.kill()
        gone = process.stderr.readline()
        meanwhile = [process.stdout.readline() for _ in range(8)]  # time goes on, in silence
        sound_server.start()
        back = process.stderr.readline()
        with spoken_again_and_again(sound_server, angry):
            while "angry" not in process.stdout.readline():
                pass
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=PATIENCE)
    assert all("no speech" in line for line in (heard, *meanwhile))
    assert gone == "The microphone “headset” went away: waiting 30 seconds for it.\n"
    assert back == "The microphone “headset” is back.\n"
    assert (process.returncode, errors) == (0, "")
    assert "angry" in rest.splitlines()[-1]


def test_it_sums_up_before_it_gives_up_on_a_device(headset, sound_server):
    impatient = (
        "import runpy, sys; from ser_core.microphone import stream; stream.RETURN_SECONDS = 2\n"
        f"sys.argv = ['mic.py', '--quiet']; runpy.run_path({MIC!r}, run_name='__main__')"
    )
    with started(headset, program=("-c", impatient)) as process:
        wait_for(lambda: sound_server.is_recorded)
        sound_server.kill()
        output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert errors.splitlines()[-1] == (
        "Error: The microphone “headset” went away and did not come back: plug it in, and start "
        "again."
    )
    assert output.splitlines()[-1].startswith("In all ")


def test_it_keeps_up_without_losing_sound_or_working_hard(headset, sound_server, corpora):
    clips = [soundfile.read(clip, dtype="int16") for clip in (corpora / "originals").glob("*.wav")]
    (sample_rate,) = {rate for _, rate in clips}
    sound = np.concatenate([samples for samples, _ in clips])
    conversation = headset.folder / "conversation.wav"
    soundfile.write(conversation, np.resize(sound, (LONG_SECONDS + 30) * sample_rate), sample_rate)
    with started(headset, "--json", "--window", "3", "--hop", "0.5") as process:
        watched = psutil.Process(process.pid)
        records = [json.loads(process.stdout.readline())]
        sound_server.play(conversation)

        def cpu_seconds_after(seconds):
            while records[-1]["time"] < seconds:
                records.append(json.loads(process.stdout.readline()))
            return sum(watched.cpu_times()[:2])

        early, late = cpu_seconds_after(SETTLED_SECONDS), cpu_seconds_after(LONG_SECONDS)
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=PATIENCE)
    summary = json.loads(rest.splitlines()[-1])["summary"]
    assert (process.returncode, summary["overruns"]) == (0, 0)
    assert summary["late"] <= MOST_LATE
    assert late - early <= MOST_CPU_SHARE * (LONG_SECONDS - SETTLED_SECONDS)
    assert len({record["emotion"] for record in records} - {None}) >= 4
