"""Token buckets: how the relay says "enough" without a timer and without a log line."""

from collections import OrderedDict
from collections.abc import Hashable


class TokenBucket:
    """Allows ``burst`` at once and ``per_s`` in the long run."""

    __slots__ = ("_burst", "_per_us", "_tokens", "_updated_us")

    def __init__(self, per_s: float, burst: float) -> None:
        self._per_us = per_s / 1e6
        self._burst = burst
        self._tokens = burst
        self._updated_us = 0

    def take(self, now_us: int, tokens: float = 1.0) -> bool:
        gained = (now_us - self._updated_us) * self._per_us
        self._updated_us = now_us
        self._tokens = min(self._burst, self._tokens + gained)
        if self._tokens < tokens:
            return False
        self._tokens -= tokens
        return True


class SourceBuckets:
    """One bucket a source; when ``limit`` sources are remembered the oldest is forgotten.

    A flood from forged addresses makes it forget honest ones, which costs those nothing: a
    forgotten source starts with a full bucket.
    """

    def __init__(self, per_s: float, burst: float, limit: int) -> None:
        self._per_s = per_s
        self._burst = burst
        self._limit = limit
        self._buckets: OrderedDict[Hashable, TokenBucket] = OrderedDict()

    def take(self, source: Hashable, now_us: int) -> bool:
        bucket = self._buckets.get(source)
        if bucket is None:
            if len(self._buckets) >= self._limit:
                self._buckets.popitem(last=False)
            bucket = self._buckets[source] = TokenBucket(self._per_s, self._burst)
        return bucket.take(now_us)
