"""Transport-wide congestion control (draft-holmer-rmcat-transport-wide-cc-extensions-01).

The arrivals of an up connection, the feedback that the server writes from them, reading a
viewer's feedback, and moving its reference time.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from signaling.relay import rtcp

TICK_US = 250
"""Unit of the receive deltas."""
REFERENCE_US = 64_000
"""Unit of the 24-bit reference time."""
REFERENCE_CYCLE = 1 << 24
ARRIVALS = 2_048
"""Remembered: more than two seconds at the highest rate allowed."""
_PACKETS_PER_FEEDBACK = 400
_ABSENT, _SMALL, _LARGE = 0, 1, 2
_FIXED = struct.Struct("!IIHH")
_CHUNK = struct.Struct("!H")
_CHUNK_SYMBOLS = 7


class Arrivals:
    """When each transport-wide sequence number arrived.

    The forwarding path writes ``slots[sequence & MASK] = now_us << 18 | line << 16 | sequence``
    itself, one list store a packet, and calls :meth:`advance` or :meth:`late`.
    """

    MASK = ARRIVALS - 1
    __slots__ = ("highest", "next_report", "slots")

    def __init__(self) -> None:
        self.slots: list[int] = [-1] * ARRIVALS
        self.highest = -1
        """Newest sequence number; -1 before the first packet."""
        self.next_report = -1
        """First that no feedback has spoken of."""

    def note(self, sequence: int, line: int, now_us: int) -> None:
        self.slots[sequence & self.MASK] = now_us << 18 | line << 16 | sequence
        highest = self.highest
        if 0 < (sequence - highest) & 0xFFFF < 0x8000 and highest >= 0:
            self.highest = sequence
        elif highest < 0:
            self.highest = self.next_report = sequence
        elif 0 < (self.next_report - sequence) & 0xFFFF < 256:
            # Late, and reported as missing already: the next feedback goes back to it.
            self.next_report = sequence

    def at(self, sequence: int) -> tuple[int, int] | None:
        """Arrival (µs) and line of a packet still remembered."""
        slot = self.slots[sequence & self.MASK]
        if slot < 0 or slot & 0xFFFF != sequence:
            return None
        return slot >> 18, slot >> 16 & 3

    def skip(self) -> None:
        """Somebody else reports what has arrived so far."""
        if self.highest >= 0:
            self.next_report = (self.highest + 1) & 0xFFFF

    def unreported(self) -> tuple[int, list[int]]:
        """First sequence number and the arrival of each from there, -1 for missing ones."""
        if self.highest < 0:
            return 0, []
        count = (self.highest - self.next_report + 1) & 0xFFFF
        if count >= 0x8000:
            return 0, []
        if count > ARRIVALS:
            self.next_report = (self.highest - ARRIVALS + 1) & 0xFFFF
            count = ARRIVALS
        first = self.next_report
        found = (self.at((first + offset) & 0xFFFF) for offset in range(count))
        return first, [-1 if each is None else each[0] for each in found]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one message says. ``arrivals``: microseconds by the author's clock, -1 for lost ones."""

    first: int
    reference: int
    arrivals: list[int]


def cut(first: int, arrivals: list[int]) -> Iterator[Feedback]:
    """Cuts arrivals (-1: lost) into messages that :func:`encode` can carry: of bounded length and
    with no delta beyond 16 bits (8 s). Lost ones at the very end wait for a later packet."""
    start = 0
    while start < len(arrivals):
        arrived = next((each for each in arrivals[start:] if each >= 0), None)
        if arrived is None:
            return
        reference = arrived // REFERENCE_US
        end = _end_of_message(arrivals, start, reference * REFERENCE_US // TICK_US)
        yield Feedback((first + start) & 0xFFFF, reference % REFERENCE_CYCLE, arrivals[start:end])
        start = end


def _end_of_message(arrivals: list[int], start: int, previous: int) -> int:
    limit = min(len(arrivals), start + _PACKETS_PER_FEEDBACK)
    for at in range(start, limit):
        if arrivals[at] >= 0:
            tick = arrivals[at] // TICK_US
            if not -0x8000 <= tick - previous < 0x8000:
                return at
            previous = tick
    return limit


def encode(sender_ssrc: int, media_ssrc: int, feedback: Feedback, count: int) -> bytes:
    """One message. ``count`` numbers the feedback messages of a connection (8 bits)."""
    symbols: list[int] = []
    deltas = bytearray()
    # The reference is cyclic; deltas count from the same whole unit on our own clock.
    previous = -1
    for arrival in feedback.arrivals:
        if arrival < 0:
            symbols.append(_ABSENT)
            continue
        tick = arrival // TICK_US
        if previous < 0:
            previous = arrival // REFERENCE_US * (REFERENCE_US // TICK_US)
        delta, previous = tick - previous, tick
        small = 0 <= delta <= 0xFF
        symbols.append(_SMALL if small else _LARGE)
        deltas += delta.to_bytes(1, "big") if small else delta.to_bytes(2, "big", signed=True)
    head = feedback.reference << 8 | count & 0xFF
    body = (
        _FIXED.pack(sender_ssrc, media_ssrc, feedback.first, len(symbols))
        + head.to_bytes(4, "big")
        + _chunks(symbols)
        + deltas
    )
    return rtcp.build(rtcp.Kind.TRANSPORT_FEEDBACK, rtcp.TRANSPORT_CC, body + bytes(-len(body) % 4))


def _chunks(symbols: list[int]) -> bytes:
    """Status vector chunks of two-bit symbols, seven each."""
    packed = bytearray()
    for at in range(0, len(symbols), _CHUNK_SYMBOLS):
        chunk = 0b11
        for offset in range(_CHUNK_SYMBOLS):
            symbol = symbols[at + offset] if at + offset < len(symbols) else _ABSENT
            chunk = chunk << 2 | symbol
        packed += _CHUNK.pack(chunk)
    return bytes(packed)


def decode(raw: bytes) -> Feedback | None:
    """Reads the message of a viewer; ``None`` when it is cut short. Never raises."""
    if len(raw) < 20:
        return None
    _, _, first, count = _FIXED.unpack_from(raw, 4)
    reference = int.from_bytes(raw[16:19], "big")
    symbols: list[int] = []
    at = 20
    while len(symbols) < count:
        if at + 2 > len(raw):
            return None
        symbols += _symbols(raw[at] << 8 | raw[at + 1], count - len(symbols))
        at += 2
    arrivals = _decoded_arrivals(raw, at, symbols[:count], reference * REFERENCE_US)
    return None if arrivals is None else Feedback(first, reference, arrivals)


def _symbols(chunk: int, wanted: int) -> list[int]:
    if not chunk & 0x8000:
        return [chunk >> 13 & 3] * min(chunk & 0x1FFF, wanted) or [_ABSENT] * wanted
    if chunk & 0x4000:
        return [chunk >> shift & 3 for shift in range(12, -1, -2)]
    return [chunk >> shift & 1 for shift in range(13, -1, -1)]


def _decoded_arrivals(raw: bytes, at: int, symbols: list[int], time_us: int) -> list[int] | None:
    arrivals: list[int] = []
    for symbol in symbols:
        if symbol == _SMALL:
            delta, size = int.from_bytes(raw[at : at + 1], "big"), 1
        elif symbol == _LARGE:
            delta, size = int.from_bytes(raw[at : at + 2], "big", signed=True), 2
        else:
            arrivals.append(-1)
            continue
        at += size
        if at > len(raw):
            return None
        time_us = max(0, time_us + delta * TICK_US)
        arrivals.append(time_us)
    return arrivals


def with_reference(raw: bytes, reference: int, count: int) -> bytes:
    """A message with another reference time and number, and nothing else changed."""
    return raw[:16] + (reference << 8 | count & 0xFF).to_bytes(4, "big") + raw[20:]


class ReferenceTime:
    """The one clock that a source sees, whoever writes its feedback.

    Every author's reference time starts anywhere. A sender copes with a leap of many seconds by
    starting its delay measurement afresh, and misreads a small one as congestion for seconds
    (tried in Chromium): so at each change of author the clock leaps ``step_s`` ahead.
    """

    def __init__(self, step_s: float) -> None:
        self._step = int(step_s * 1e6) // REFERENCE_US
        self._author: object = None
        self._offset = 0
        self._last = 0
        self._last_us = 0
        self._count = 0

    def place(self, author: object, reference: int, now_us: int) -> tuple[int, int]:
        """The reference time to write for ``author``'s own one, and the message's number."""
        if author is not self._author:
            elapsed = (now_us - self._last_us) // REFERENCE_US if self._author else 0
            self._offset = self._last + elapsed + self._step - reference
            self._author = author
        self._last = (reference + self._offset) % REFERENCE_CYCLE
        self._last_us = now_us
        self._count = (self._count + 1) & 0xFF
        return self._last, self._count
