"""The curve that a player draws of the voices, and the stretches in which nobody spoke."""

from collections.abc import Sequence
from itertools import pairwise, zip_longest

from recording.review.levels import BIN_MS, LOUDEST, Levels

QUIET_BELOW = LOUDEST - 50
"""Softer than 50 dB below the loudest sound: a room without speech."""
QUIET_MS = 2_000
"""Shorter pauses belong to what is said."""
MARGIN_MS = 300
"""Left of a quiet stretch at both ends: consonants are soft."""
MOST_STRETCHES = 2_000


def curve(bins: bytes, total_ms: int, points: int) -> list[int]:
    """The loudest of each of so many equal parts of the whole; fewer when the call is short."""
    count = max(1, -(-total_ms // BIN_MS))
    points = min(points, count)
    edges = [part * count // points for part in range(points + 1)]
    return [max(bins[start:end], default=0) for start, end in pairwise(edges)]


def quiet_stretches(levels: Levels, total_ms: int) -> list[tuple[int, int]]:
    """From and to in ms on the call's clock. None when a voice was not measured: it may speak."""
    if levels.unmeasured or not levels.voices:
        return []
    count = -(-total_ms // BIN_MS)
    loudest = [max(each) for each in zip_longest(*levels.voices.values(), fillvalue=0)][:count]
    loudest += [0] * (count - len(loudest))
    return _long_enough(loudest)[:MOST_STRETCHES]


def _long_enough(loudest: Sequence[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    began: int | None = None
    for at, loudness in enumerate([*loudest, LOUDEST]):
        if loudness < QUIET_BELOW:
            began = at if began is None else began
            continue
        if began is not None and (at - began) * BIN_MS >= QUIET_MS:
            found.append((began * BIN_MS + MARGIN_MS, at * BIN_MS - MARGIN_MS))
        began = None
    return found
