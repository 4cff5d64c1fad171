"""Pure functions from results to what is shown: embeds, texts, buttons and their ids.

Nothing here sends anything or knows what a button does: that is in `bot.answers`.
"""

from bot.views.buttons import answer_buttons, verdict_question
from bot.views.custom_ids import Action, CustomId
from bot.views.reply import (
    DEFAULT_STYLE,
    MAX_EMBEDS,
    AttachmentResult,
    Reply,
    build_details,
    build_notice,
    build_reply,
)
from bot.views.style import ReplyStyle, emoji
from bot.views.trouble import Trouble, trouble_of

__all__ = [
    "DEFAULT_STYLE",
    "MAX_EMBEDS",
    "Action",
    "AttachmentResult",
    "CustomId",
    "Reply",
    "ReplyStyle",
    "Trouble",
    "answer_buttons",
    "build_details",
    "build_notice",
    "build_reply",
    "emoji",
    "trouble_of",
    "verdict_question",
]
