"""What went missing between a client and the relay, and when to ask for it again.

The server must ask for uplink losses before it (or a viewer) acknowledges packets beyond them for
good: a sender forgets what it believes delivered.
"""

from dataclasses import dataclass

REORDER_US = 8_000
"""A packet is not called lost before it is this late."""
AGE_US = 1_000_000
"""Older ones are of no use to a call."""
TRIES = 6
LARGEST_GAP = 128
"""A longer gap is an outage: a key frame mends it, not a flood of requests."""
LEAST_INTERVAL_US = 40_000


@dataclass(slots=True)
class Missing:
    since_us: int
    asked_us: int = 0
    tries: int = 0


class Losses:
    """The missing packets of one track, oldest first. Bounded by :data:`LARGEST_GAP` × 4."""

    __slots__ = ("missing",)

    def __init__(self) -> None:
        self.missing: dict[int, Missing] = {}

    def gap(self, first: int, count: int, now_us: int) -> bool:
        """``count`` numbers from ``first`` were skipped. False: too many to ask for."""
        if count > LARGEST_GAP or len(self.missing) + count > 4 * LARGEST_GAP:
            self.missing.clear()
            return False
        for offset in range(count):
            self.missing[(first + offset) & 0xFFFF] = Missing(now_us)
        return True

    def arrived(self, sequence: int) -> bool:
        """Whether that number was missing; it no longer is."""
        return self.missing.pop(sequence, None) is not None

    def due(self, now_us: int, round_trip_us: int, least_age_us: int = REORDER_US) -> list[int]:
        """What to ask for now: late enough, not asked within a round trip, not given up."""
        interval = max(LEAST_INTERVAL_US, round_trip_us + round_trip_us // 2)
        asked: list[int] = []
        given_up: list[int] = []
        for sequence, each in self.missing.items():
            if now_us - each.since_us > AGE_US or each.tries >= TRIES:
                given_up.append(sequence)
            elif now_us - each.since_us >= least_age_us and (
                not each.tries or now_us - each.asked_us >= interval
            ):
                each.asked_us = now_us
                each.tries += 1
                asked.append(sequence)
        for sequence in given_up:
            del self.missing[sequence]
        return asked
