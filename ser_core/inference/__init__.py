"""Analysis of a recording, as a whole and over time: from a file, or while it is recorded.

The result in words and as records for JSON is here; pictures of it are in `plots`, and files and
terminals in `cli`.
"""

from ser_core.inference.analysis import FILE_OPTIONS, Analysis, analyse, analyse_waveform
from ser_core.inference.descriptions import (
    describe_prediction,
    describe_segment,
    describe_shares,
    describe_timeline,
    format_time,
    with_times,
)
from ser_core.inference.known_voice import measure_baseline
from ser_core.inference.live import Session, play, read_recording, warm_up
from ser_core.inference.records import (
    TIME_DIGITS,
    analysis_record,
    prediction_record,
    summary_record,
    timeline_records,
    window_record,
)
from ser_core.inference.streaming import ListenerOptions, WindowPrediction
from ser_core.inference.timeline import Segment, Timeline

__all__ = [
    "FILE_OPTIONS",
    "TIME_DIGITS",
    "Analysis",
    "ListenerOptions",
    "Segment",
    "Session",
    "Timeline",
    "WindowPrediction",
    "analyse",
    "analyse_waveform",
    "analysis_record",
    "describe_prediction",
    "describe_segment",
    "describe_shares",
    "describe_timeline",
    "format_time",
    "measure_baseline",
    "play",
    "prediction_record",
    "read_recording",
    "summary_record",
    "timeline_records",
    "warm_up",
    "window_record",
    "with_times",
]
