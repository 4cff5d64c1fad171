"""What may be heard in voice notes, made up for the tests of answers."""

from bot.analysis.result import Hearing, Turn
from ser_core.emotions import EMOTION_NAMES


def ranked(top: str = "happy", confidence: float = 0.72) -> tuple[tuple[str, float], ...]:
    """Share what is left evenly among the others."""
    others = [name for name in EMOTION_NAMES if name != top]
    share = (1 - confidence) / len(others)
    return ((top, confidence), *((name, share) for name in others))


def hearing(*, top: str = "happy", confidence: float = 0.72, seconds: float = 4.2) -> Hearing:
    """Make up what is heard in a short voice note."""
    return Hearing(ranked(top, confidence), seconds, 0.8)


def long_hearing(n_turns: int = 3, *, picture: bytes | None = b"\x89PNG") -> Hearing:
    """Make up what is heard in a long voice note: emotions in turns of five seconds."""
    heard = ((ranked("angry", 0.8), True), ((), True), (ranked("sad", 0.3), False))
    turns = tuple(
        Turn(5.0 * number, 5.0 * number + 5, *heard[number % 3]) for number in range(n_turns)
    )
    return Hearing(ranked("angry", 0.55), 5.0 * n_turns, 0.67, turns=turns, picture=picture)


SILENCE = Hearing((), 3.0, 0.0)
UNSURE = Hearing((("sad", 0.3), ("calm", 0.28), ("happy", 0.22), ("angry", 0.2)), 4.2, 0.8, False)
