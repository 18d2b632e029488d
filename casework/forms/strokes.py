"""The strokes of a signature: bounded numbers, so that they can be kept, hashed and drawn."""

import hashlib
import itertools
import math
from collections.abc import Sequence

import rfc8785

from casework.errors import Invalid

Point = tuple[int, int, int, int]
"""x and y (0 to 10,000 of the pad's longer side), ms since the first point, pressure (0 to 1,000)."""
Stroke = Sequence[Point]

STROKES = 80
POINTS = 2_000
SIDE = 10_000
LONGEST_MS = 600_000
PRESSURE = 1_000
_LEAST_INK = 600
"""Of the pad's side in all strokes: a tap is no signature."""


def check_strokes(strokes: Sequence[Stroke]) -> None:
    """:raises Invalid: ``signature.empty`` too little was drawn, ``signature.strokes`` not strokes."""
    points = sum(map(len, strokes))
    if len(strokes) > STROKES or points > POINTS or not all(map(_is_stroke, strokes)):
        raise Invalid("signature.strokes", points=POINTS)
    if sum(map(_length, strokes)) < _LEAST_INK:
        raise Invalid("signature.empty")


def _is_stroke(stroke: Stroke) -> bool:
    times = [at_ms for _, _, at_ms, _ in stroke]
    return bool(stroke) and times == sorted(times) and all(map(_is_point, stroke))


def _is_point(point: Point) -> bool:
    x, y, at_ms, pressure = point
    return (
        0 <= x <= SIDE and 0 <= y <= SIDE and 0 <= at_ms <= LONGEST_MS and 0 <= pressure <= PRESSURE
    )


def _length(stroke: Stroke) -> float:
    return sum(math.dist(one[:2], other[:2]) for one, other in itertools.pairwise(stroke))


def canonical_strokes(strokes: Sequence[Stroke]) -> bytes:
    """JSON by RFC 8785."""
    return rfc8785.dumps([[list(point) for point in stroke] for stroke in strokes])


def strokes_sha256(strokes: Sequence[Stroke]) -> str:
    return hashlib.sha256(canonical_strokes(strokes)).hexdigest()
