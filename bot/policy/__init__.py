"""May this be heard, for whom, and how often."""

from bot.policy.rates import Rates
from bot.policy.rules import QUICK_SECONDS, Policy, channel_key

__all__ = [
    "QUICK_SECONDS",
    "Policy",
    "Rates",
    "channel_key",
]
