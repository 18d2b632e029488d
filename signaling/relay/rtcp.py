"""RTCP (RFC 3550, RFC 4585, RFC 5104): taking compound packets apart, building the few we send.

Parsing never raises. A compound that is malformed anywhere is refused as a whole.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

_HEADER = struct.Struct("!BBH")
_SENDER = struct.Struct("!II")
_NACK_ITEM = struct.Struct("!HH")
_SENDER_REPORT = struct.Struct("!QI")
_REPORT_BLOCK = struct.Struct("!IIIIII")
_VERSION = 0x80
_PADDING = 0x20

GENERIC_NACK = 1
TRANSPORT_CC = 15
PICTURE_LOSS = 1
FULL_INTRA = 4


class Kind(IntEnum):
    SENDER_REPORT = 200
    RECEIVER_REPORT = 201
    DESCRIPTION = 202
    GOODBYE = 203
    TRANSPORT_FEEDBACK = 205
    PAYLOAD_FEEDBACK = 206


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet of a compound. ``raw`` is the whole of it, header included, padding too."""

    kind: int
    count: int
    """The five bits: number of reports, or the format of a feedback message."""
    sender_ssrc: int
    raw: bytes

    @property
    def media_ssrc(self) -> int:
        """Of a feedback message; 0 when it is too short to have one."""
        return int.from_bytes(self.raw[8:12], "big")


@dataclass(frozen=True, slots=True)
class ReportBlock:
    ssrc: int
    lost_fraction: float
    """0 to 1, since the previous report."""
    lost_total: int
    highest_sequence: int
    """Extended by the number of cycles."""
    jitter: int
    """In units of the track's clock."""
    last_report: int
    """Middle 32 bits of the NTP time of the last sender report; 0 for none."""
    delay: int
    """Since that report, in 1/65,536 s."""


def parse(compound: bytes) -> list[Packet]:
    """The packets of a compound in order; empty when any of it is malformed."""
    packets: list[Packet] = []
    at, size = 0, len(compound)
    while at < size:
        if at + 8 > size:
            return []
        first, kind, words = _HEADER.unpack_from(compound, at)
        end = at + 4 + 4 * words
        if first & 0xC0 != _VERSION or end > size or words == 0:
            return []
        if first & _PADDING and end != size:
            return []
        ssrc = int.from_bytes(compound[at + 4 : at + 8], "big")
        packets.append(Packet(kind, first & 0x1F, ssrc, compound[at:end]))
        at = end
    return packets


def sender_report(packet: Packet) -> tuple[int, int] | None:
    """NTP time (64 bits) and RTP time of a sender report."""
    if packet.kind != Kind.SENDER_REPORT or len(packet.raw) < 28 + 24 * packet.count:
        return None
    ntp, rtp_timestamp = _SENDER_REPORT.unpack_from(packet.raw, 8)
    return ntp, rtp_timestamp


def report_blocks(packet: Packet) -> list[ReportBlock]:
    """Of a sender or receiver report; blocks that do not fit in it are left out."""
    at = 28 if packet.kind == Kind.SENDER_REPORT else 8
    blocks: list[ReportBlock] = []
    for _ in range(packet.count):
        if at + _REPORT_BLOCK.size > len(packet.raw):
            break
        ssrc, loss, highest, jitter, last, delay = _REPORT_BLOCK.unpack_from(packet.raw, at)
        total = loss & 0xFFFFFF
        blocks.append(ReportBlock(ssrc, (loss >> 24) / 256, total, highest, jitter, last, delay))
        at += _REPORT_BLOCK.size
    return blocks


def nack_sequences(packet: Packet) -> Iterator[int]:
    """The sequence numbers that a generic NACK asks for, lowest of each item first."""
    for at in range(12, len(packet.raw) - 3, 4):
        sequence, mask = _NACK_ITEM.unpack_from(packet.raw, at)
        yield sequence
        while mask:
            lowest = mask & -mask
            yield (sequence + lowest.bit_length()) & 0xFFFF
            mask ^= lowest


def wants_key_frame(packet: Packet) -> list[int]:
    """The media SSRCs for which a PLI or FIR asks a key frame."""
    if packet.kind != Kind.PAYLOAD_FEEDBACK or len(packet.raw) < 12:
        return []
    if packet.count == PICTURE_LOSS:
        return [packet.media_ssrc]
    if packet.count == FULL_INTRA:
        entries = range(12, len(packet.raw) - 7, 8)
        return [int.from_bytes(packet.raw[at : at + 4], "big") for at in entries]
    return []


def is_transport_feedback(packet: Packet, count: int) -> bool:
    """A generic NACK or a TWCC message, long enough to have its fixed part."""
    least = 20 if count == TRANSPORT_CC else 16
    return (
        packet.kind == Kind.TRANSPORT_FEEDBACK
        and packet.count == count
        and len(packet.raw) >= least
    )


def build(kind: int, count: int, body: bytes) -> bytes:
    """``body`` (a multiple of four bytes) behind a header."""
    return _HEADER.pack(_VERSION | count, kind, len(body) // 4) + body


def picture_loss(sender_ssrc: int, media_ssrc: int) -> bytes:
    return build(Kind.PAYLOAD_FEEDBACK, PICTURE_LOSS, _SENDER.pack(sender_ssrc, media_ssrc))


def generic_nack(sender_ssrc: int, media_ssrc: int, sequences: Iterable[int]) -> bytes:
    """``sequences`` oldest first."""
    items = b"".join(_NACK_ITEM.pack(*item) for item in _nack_items(sequences))
    body = _SENDER.pack(sender_ssrc, media_ssrc) + items
    return build(Kind.TRANSPORT_FEEDBACK, GENERIC_NACK, body)


def _nack_items(sequences: Iterable[int]) -> Iterator[tuple[int, int]]:
    first, mask = -1, 0
    for sequence in sequences:
        distance = (sequence - first) & 0xFFFF
        if first >= 0 and 0 < distance <= 16:
            mask |= 1 << distance - 1
            continue
        if first >= 0:
            yield first, mask
        first, mask = sequence, 0
    if first >= 0:
        yield first, mask


def receiver_report(sender_ssrc: int, blocks: Iterable[ReportBlock]) -> bytes:
    """At most 31 blocks."""
    packed = [
        _REPORT_BLOCK.pack(
            block.ssrc,
            min(255, int(block.lost_fraction * 256)) << 24 | block.lost_total & 0xFFFFFF,
            block.highest_sequence & 0xFFFFFFFF,
            block.jitter,
            block.last_report,
            block.delay,
        )
        for block in blocks
    ]
    body = sender_ssrc.to_bytes(4, "big") + b"".join(packed)
    return build(Kind.RECEIVER_REPORT, len(packed), body)
