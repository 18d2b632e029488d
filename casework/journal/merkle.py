"""The Merkle tree of RFC 9162, section 2.1: growing it, proofs, and checking them.

A tree of n leaves is the union of perfect subtrees, one for each bit of n, the largest first. A
*frontier* is the list of their roots: all that a log needs to append and to tell its root.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from casework.journal.hashing import Hashing


class NodePlace(NamedTuple):
    """A perfect subtree: ``2 ** level`` leaves from number ``place * 2 ** level`` on."""

    level: int
    place: int


Find = Callable[[NodePlace], Awaitable[bytes]]
"""The root of a perfect subtree that lies within the tree."""


@dataclass(slots=True)
class Frontier:
    hashing: Hashing
    size: int = 0
    roots: list[bytes] = field(default_factory=list)
    """Of the perfect subtrees, the largest first."""

    def append(self, leaf: bytes) -> list[tuple[NodePlace, bytes]]:
        """Adds a leaf's hash; the nodes above it that it completed, lowest first."""
        made = []
        index, level = self.size, 0
        while index & 1:
            leaf = self.hashing.node(self.roots.pop(), leaf)
            index, level = index >> 1, level + 1
            made.append((NodePlace(level, index), leaf))
        self.roots.append(leaf)
        self.size += 1
        return made

    def root(self) -> bytes:
        return _fold(self.hashing, self.roots) if self.roots else self.hashing.empty_root()

    def copy(self) -> "Frontier":
        return Frontier(self.hashing, self.size, list(self.roots))


def _fold(hashing: Hashing, roots: Sequence[bytes]) -> bytes:
    """The root above neighbouring subtrees that get smaller to the right."""
    *rest, root = roots
    for left in reversed(rest):
        root = hashing.node(left, root)
    return root


def subtrees(start: int, end: int) -> list[NodePlace]:
    """The perfect subtrees that leaves ``[start, end)`` of a subtree consist of, left to right."""
    places = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        places.append(NodePlace(level, start >> level))
        start += 1 << level
    return places


async def range_root(hashing: Hashing, find: Find, start: int, end: int) -> bytes:
    """MTH(D[start:end]) of RFC 9162, where ``start`` is where a subtree begins."""
    return _fold(hashing, [await find(place) for place in subtrees(start, end)])


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """What PATH(index, D[size]) consists of (RFC 9162, 2.1.3.1), lowest first."""
    ranges: list[tuple[int, int]] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old: int, size: int) -> list[tuple[int, int]]:
    """What PROOF(old, D[size]) consists of (RFC 9162, 2.1.4.1); empty for ``old`` 0 or ``size``."""
    if old in (0, size):
        return []
    ranges: list[tuple[int, int]] = []
    start, end, whole = 0, size, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start, whole = middle, False
    if not whole:
        ranges.append((start, end))
    return ranges[::-1]


async def prove(hashing: Hashing, find: Find, ranges: Iterable[tuple[int, int]]) -> list[bytes]:
    return [await range_root(hashing, find, start, end) for start, end in ranges]


def root_of_inclusion(
    hashing: Hashing, index: int, size: int, leaf: bytes, path: Sequence[bytes]
) -> bytes | None:
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2); ``None`` when it is none."""
    if not 0 <= index < size:
        return None
    at, last, root = index, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            root = hashing.node(step, root)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            root = hashing.node(root, step)
        at, last = at >> 1, last >> 1
    return root if last == 0 else None


def is_consistent(
    hashing: Hashing,
    old: int,
    old_root: bytes,
    size: int,
    root: bytes,
    path: Sequence[bytes],
) -> bool:
    """Whether the proof shows that the tree of ``size`` begins with that of ``old`` leaves
    (RFC 9162, 2.1.4.2)."""
    if old == 0 or old == size:
        return not path and (old == 0 or old_root == root)
    if not 0 < old < size or not path:
        return False
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old_found = found = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old_found, found = hashing.node(step, old_found), hashing.node(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = hashing.node(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and old_found == old_root and found == root
