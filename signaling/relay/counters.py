"""Counts since start: what was forwarded, and what was dropped for which reason."""

from collections import defaultdict


class Counters:
    """Plain integers that the forwarding path adds to; read once a second."""

    __slots__ = ("dropped", "forwarded")

    def __init__(self) -> None:
        self.forwarded = 0
        self.dropped: defaultdict[str, int] = defaultdict(int)
