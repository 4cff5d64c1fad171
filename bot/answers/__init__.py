"""The way from a request to its answer, and what the buttons under an answer do."""

from bot.answers.attachments import find_recordings
from bot.answers.button_actions import ButtonActions
from bot.answers.downloads import ATTACHMENT_ORIGINS, Downloads
from bot.answers.interactions import language_of, tell, tell_error
from bot.answers.pipeline import Pipeline
from bot.answers.service import AnswerService

__all__ = [
    "ATTACHMENT_ORIGINS",
    "AnswerService",
    "ButtonActions",
    "Downloads",
    "Pipeline",
    "find_recordings",
    "language_of",
    "tell",
    "tell_error",
]
