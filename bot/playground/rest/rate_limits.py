"""Discord's rate limits: a bucket for each route and channel, and the headers about it."""

import hashlib
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Limit:
    """A rate limit: a number of requests in a number of seconds."""

    requests: int
    seconds: float


@dataclass(frozen=True)
class RateLimitResult:
    """The state of a bucket after a request.

    Attributes
    ----------
    retry_after
        Seconds to wait before a retry; None if the request is allowed.
    headers
        Discord's headers about the bucket, for every response.
    """

    retry_after: float | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class _Bucket:
    limit: Limit
    began: float  # seconds, of the monotonic clock
    used: int = 0


MESSAGE_LIMIT = Limit(requests=5, seconds=5.0)
WEBHOOK_LIMIT = Limit(requests=5, seconds=2.0)
DEFAULT_LIMIT = Limit(requests=50, seconds=1.0)
LIMITS = {
    ("POST", "/channels/{channel_id}/messages"): MESSAGE_LIMIT,
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"): MESSAGE_LIMIT,
    ("DELETE", "/channels/{channel_id}/messages/{message_id}"): MESSAGE_LIMIT,
    ("POST", "/channels/{channel_id}/typing"): MESSAGE_LIMIT,
    ("POST", "/webhooks/{application_id}/{token}"): WEBHOOK_LIMIT,
    ("PATCH", "/webhooks/{application_id}/{token}/messages/{message_id}"): WEBHOOK_LIMIT,
    ("DELETE", "/webhooks/{application_id}/{token}/messages/{message_id}"): WEBHOOK_LIMIT,
}
MAX_BUCKETS = 1_000  # kept in memory


class RateLimits:
    """The rate limits of all routes, with a bucket for each route and major parameter.

    Attributes
    ----------
    limits
        The limits, by HTTP method and path of the route.
    default
        The limit of all other routes.
    """

    def __init__(self) -> None:
        self.limits = dict(LIMITS)
        self.default = DEFAULT_LIMIT
        self._buckets: dict[tuple[str, str, str], _Bucket] = {}

    def take(self, method: str, route: str, major: str) -> RateLimitResult:
        """Count a request.

        Parameters
        ----------
        method
            The HTTP method.
        route
            The path of the route, with the names of its parameters.
        major
            Discord's major parameter: the id of the channel, or the token of the interaction.
        """
        now = time.monotonic()
        key = (method, route, major)
        bucket = self._buckets.get(key)
        if bucket is None or now >= bucket.began + bucket.limit.seconds:
            if len(self._buckets) >= MAX_BUCKETS:
                self._buckets.clear()
            bucket = _Bucket(self.limits.get((method, route), self.default), now)
            self._buckets[key] = bucket
        reset_after = max(0.001, bucket.began + bucket.limit.seconds - now)
        is_allowed = bucket.used < bucket.limit.requests
        bucket.used += is_allowed
        name = hashlib.blake2s(f"{method} {route}".encode(), digest_size=16).hexdigest()
        headers = {
            "X-RateLimit-Bucket": name,
            "X-RateLimit-Limit": str(bucket.limit.requests),
            "X-RateLimit-Remaining": str(bucket.limit.requests - bucket.used),
            "X-RateLimit-Reset": f"{time.time() + reset_after:.3f}",
            "X-RateLimit-Reset-After": f"{reset_after:.3f}",
        }
        return RateLimitResult(None if is_allowed else reset_after, headers)
