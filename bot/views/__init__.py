"""What is shown: pure functions from results to embeds, text and buttons."""

from bot.views.buttons import answer_buttons, verdict_question
from bot.views.custom_ids import Action, CustomId
from bot.views.reply import (
    DEFAULT_MANNER,
    MAX_EMBEDS,
    Answer,
    Reply,
    details_of,
    progress_on,
    reply_to,
)
from bot.views.style import Detail, Manner, emoji
from bot.views.trouble import Trouble, trouble_of

__all__ = [
    "DEFAULT_MANNER",
    "MAX_EMBEDS",
    "Action",
    "Answer",
    "CustomId",
    "Detail",
    "Manner",
    "Reply",
    "Trouble",
    "answer_buttons",
    "details_of",
    "emoji",
    "progress_on",
    "reply_to",
    "trouble_of",
    "verdict_question",
]
