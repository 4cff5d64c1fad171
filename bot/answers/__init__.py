"""The one way from a request (message, command, button) to its answer on Discord.

Whether somebody may be analysed is in `bot.policy`, what an answer looks like in `bot.views`; which
events and commands lead here, in `bot.cogs`.
"""

from bot.answers.attachments import find_recordings
from bot.answers.button_actions import ButtonActions
from bot.answers.downloads import ATTACHMENT_ORIGINS, Downloads
from bot.answers.interactions import language_of, respond, respond_with_error
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
    "respond",
    "respond_with_error",
]
