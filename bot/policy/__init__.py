"""Who may be analysed, where and how often: preferences, opt-outs, rate limits.

The database behind it is in `bot.storage`; what a refusal says on Discord is sent by `bot.answers`.
"""

from bot.policy.rates import RateLimiter
from bot.policy.rules import LOOKUP_SECONDS, Policy, channel_key

__all__ = [
    "LOOKUP_SECONDS",
    "Policy",
    "RateLimiter",
    "channel_key",
]
