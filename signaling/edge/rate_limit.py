"""A token bucket for each source address.

In memory and a node's own: it keeps one address from taking the edge from all others; guessing of
passwords is held back in the database (casework/backoff.py). The ``limits`` package starts a timer
thread or task for its own housekeeping at almost every hit, which this loop shall not pay.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address

from aiohttp import web

KEYS_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Rate:
    per_s: float
    burst: int


class RateLimit:
    """Bounded: when too many sources are known, those longest unseen are forgotten."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait_s(self, key: str) -> float:
        """Takes one token. 0 when there was one, else the seconds until there is."""
        now_s = self._clock()
        # Taken out and put back: the dictionary stays in the order of last use.
        level, then_s = self._buckets.pop(key, (float(self._rate.burst), now_s))
        level = min(level + (now_s - then_s) * self._rate.per_s, float(self._rate.burst))
        allowed = level >= 1
        self._buckets[key] = (level - 1 if allowed else level, now_s)
        if len(self._buckets) > KEYS_KEPT:
            del self._buckets[next(iter(self._buckets))]
        return 0.0 if allowed else (1 - level) / self._rate.per_s


def source_of(request: web.Request, trusted: Sequence[IPv4Network | IPv6Network]) -> str:
    """The client's address: the nearest one that is not a proxy of ours.

    Of ``X-Forwarded-For`` only what trusted proxies appended counts; the rest is the client's word.
    """
    address = request.remote or "unknown"
    if not trusted:
        return address
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    while hops and _is_within(address, trusted):
        address = hops.pop()
    return address[:64]


def rate_key(address: str) -> str:
    """One IPv6 client has a whole /64 to choose from."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(IPv6Network((int(parsed) >> 64 << 64, 64)))


def _is_within(address: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
