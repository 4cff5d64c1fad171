"""Discord's rate limits: a bucket for each kind of request and channel, and the headers of it."""

import hashlib
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Limit:
    """So many requests in so many seconds."""

    requests: int
    seconds: float


@dataclass(frozen=True)
class Verdict:
    """What a bucket says to a request.

    Attributes
    ----------
    retry_after
        Seconds to wait before trying again; None if the request may pass.
    headers
        What Discord says about the bucket with every answer.
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
MAX_BUCKETS = 1_000  # remembered; there are few channels


class RateLimits:
    """Counts the requests to each kind of route, apart for each channel.

    Attributes
    ----------
    limits
        By HTTP method and path of the route; other routes have `default`.
    """

    def __init__(self) -> None:
        self.limits = dict(LIMITS)
        self.default = DEFAULT_LIMIT
        self._buckets: dict[tuple[str, str, str], _Bucket] = {}

    def take(self, method: str, route: str, major: str) -> Verdict:
        """Count one request.

        Parameters
        ----------
        method
            HTTP method.
        route
            The route's path, with the names of what varies in it.
        major
            The channel, or whatever else has a bucket of its own.
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
        passes = bucket.used < bucket.limit.requests
        bucket.used += passes
        name = hashlib.blake2s(f"{method} {route}".encode(), digest_size=16).hexdigest()
        headers = {
            "X-RateLimit-Bucket": name,
            "X-RateLimit-Limit": str(bucket.limit.requests),
            "X-RateLimit-Remaining": str(bucket.limit.requests - bucket.used),
            "X-RateLimit-Reset": f"{time.time() + reset_after:.3f}",
            "X-RateLimit-Reset-After": f"{reset_after:.3f}",
        }
        return Verdict(None if passes else reset_after, headers)
