"""RTP as the recorder reads it: headers, and packets put back in order (RFC 3550)."""

from struct import Struct
from typing import NamedTuple

_HEADER = Struct(">BBHI")

_MAX_AHEAD = 3_000
"""A sequence number further off than this is a new start of the sender, not a loss."""

_MAX_BEHIND = 64
"""So many packets sent before the first that arrived may still come."""


class Packet(NamedTuple):
    sequence: int
    """Unwrapped by :class:`Reorder`; 16 bits as :func:`parse` gives it."""
    timestamp: int
    """32 bits."""
    marker: bool
    payload_type: int
    payload: bytes
    arrival_us: int


def parse(raw: memoryview, arrival_us: int) -> Packet | None:
    """``None`` for what is no RTP packet (RFC 3550, 5.1)."""
    size = len(raw)
    if size < 12:
        return None
    first, second, sequence, timestamp = _HEADER.unpack_from(raw)
    if first >> 6 != 2:
        return None
    start = 12 + 4 * (first & 0x0F)
    if first & 0x10:
        if size < start + 4:
            return None
        start += 4 + 4 * (raw[start + 2] << 8 | raw[start + 3])
    end = size - raw[-1] if first & 0x20 else size
    if start > end:
        return None
    payload = bytes(raw[start:end])
    return Packet(sequence, timestamp, second > 0x7F, second & 0x7F, payload, arrival_us)


def signed_delta(new: int, old: int, bits: int) -> int:
    """How far ``new`` is ahead of ``old`` on a circle of 2**bits; negative when behind."""
    half = 1 << (bits - 1)
    return ((new - old + half) & ((1 << bits) - 1)) - half


class Reorder:
    """Hands packets on in order of sequence number, waiting a while for those that are missing.

    Time is that of the log (arrival), so that the outcome depends on the log alone. ``window_us``:
    how long a hole may hold up what follows it; retransmissions that come within it fill it.
    """

    def __init__(self, window_us: int) -> None:
        self._window_us = window_us
        self._next: int | None = None
        self._waiting: dict[int, Packet] = {}
        self.late_or_repeated = 0

    def push(self, packet: Packet) -> list[Packet]:
        """The packets that are now in order, with unwrapped sequence numbers."""
        if self._next is None:
            self._next = packet.sequence - _MAX_BEHIND
        sequence = self._next + signed_delta(packet.sequence, self._next & 0xFFFF, 16)
        if sequence < self._next - _MAX_AHEAD:
            sequence += 1 << 16  # far behind is far ahead, too
        if sequence - self._next > _MAX_AHEAD:
            released = self.drain()
            self._next = sequence
        elif sequence < self._next or sequence in self._waiting:
            self.late_or_repeated += 1
            return []
        else:
            released = []
        if sequence != packet.sequence:
            packet = Packet(sequence, *packet[1:])
        if sequence == self._next and not self._waiting:
            self._next += 1
            released.append(packet)
            return released
        self._waiting[sequence] = packet
        return released + self.release(packet.arrival_us)

    def release(self, now_us: int) -> list[Packet]:
        """What is in order, or has waited for the window. A hole shows as skipped numbers."""
        if not self._waiting or self._next is None:
            return []
        released: list[Packet] = []
        while self._waiting:
            packet = self._waiting.pop(self._next, None)
            if packet is None:
                first = min(self._waiting)
                if now_us - self._waiting[first].arrival_us < self._window_us:
                    break
                self._next = first
                continue
            released.append(packet)
            self._next += 1
        return released

    def drain(self) -> list[Packet]:
        """Everything that still waits, in order: the track has ended."""
        released = [self._waiting[sequence] for sequence in sorted(self._waiting)]
        self._waiting.clear()
        if released:
            self._next = released[-1].sequence + 1
        return released
