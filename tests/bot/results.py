"""Made-up results of voice notes."""

from bot.analysis.result import AnalysisResult, Segment
from ser_core.emotions import EMOTION_NAMES


def ranked(top: str = "happy", confidence: float = 0.72) -> tuple[tuple[str, float], ...]:
    """Return probabilities that are equal for all emotions but the first."""
    others = [name for name in EMOTION_NAMES if name != top]
    share = (1 - confidence) / len(others)
    return ((top, confidence), *((name, share) for name in others))


def short_result(
    *, top: str = "happy", confidence: float = 0.72, seconds: float = 4.2
) -> AnalysisResult:
    """Return the result of a short voice note."""
    return AnalysisResult(ranked(top, confidence), seconds, 0.8)


def long_result(
    n_segments: int = 3, *, timeline_image: bytes | None = b"\x89PNG"
) -> AnalysisResult:
    """Return the result of a long voice note: angry, silent and unsure segments of five seconds."""
    kinds = ((ranked("angry", 0.8), True), ((), True), (ranked("sad", 0.3), False))
    segments = tuple(
        Segment(5.0 * number, 5.0 * number + 5, *kinds[number % 3]) for number in range(n_segments)
    )
    return AnalysisResult(
        ranked("angry", 0.55),
        5.0 * n_segments,
        0.67,
        segments=segments,
        timeline_image=timeline_image,
    )


SILENCE = AnalysisResult((), 3.0, 0.0)
UNSURE = AnalysisResult(
    (("sad", 0.3), ("calm", 0.28), ("happy", 0.22), ("angry", 0.2)), 4.2, 0.8, False
)
