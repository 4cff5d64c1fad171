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
from ser_core.inference.live import Session, play, read_recording, warm_up
from ser_core.inference.records import (
    TIME_DIGITS,
    analysis_record,
    heard_record,
    prediction_record,
    summary_record,
    timeline_records,
)
from ser_core.inference.streaming import Heard, ListenerOptions
from ser_core.inference.timeline import Segment, Timeline

__all__ = [
    "FILE_OPTIONS",
    "TIME_DIGITS",
    "Analysis",
    "Heard",
    "ListenerOptions",
    "Segment",
    "Session",
    "Timeline",
    "analyse",
    "analyse_waveform",
    "analysis_record",
    "describe_prediction",
    "describe_segment",
    "describe_shares",
    "describe_timeline",
    "format_time",
    "heard_record",
    "play",
    "prediction_record",
    "read_recording",
    "summary_record",
    "timeline_records",
    "warm_up",
    "with_times",
]
