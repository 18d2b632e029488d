"""The packet log: what arrived in a room, in order of arrival, as the tap saw it.

The log is a chunk file; a chunk holds whole records::

    u8 kind, u16 track, u16 length, u64 time in µs (CLOCK_MONOTONIC), then ``length`` bytes

    BEGIN          JSON {"version", "started_monotonic_us"}: a tap was opened. Track numbers start
                   anew; a second BEGIN is a relay that came back
    TRACK          JSON {"participant_id", "connection_id", "line"}
    RTP            the decrypted packet
    SENDER_REPORT  u64 NTP time of the sender, u32 RTP time (RFC 3550, 6.4.1)
    HOLD           u8 on
    END            JSON {"records", "failed"}: how many records this tap accepted since its BEGIN

Numbers are in network order. Records of a chunk that was cut are not there at all, so a log is
always a prefix of what was accepted.
"""

from collections.abc import Iterator
from enum import IntEnum
from struct import Struct
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from signaling.relay.control import Line

VERSION = 1
RECORD = Struct(">BHHQ")
SENDER_REPORT = Struct(">QI")


class Kind(IntEnum):
    BEGIN = 1
    TRACK = 2
    RTP = 3
    SENDER_REPORT = 4
    HOLD = 5
    END = 6


class Record(NamedTuple):
    kind: int
    track: int
    at_us: int
    payload: memoryview


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True)


class Begin(_Content):
    version: int = VERSION
    started_monotonic_us: int
    """Zero of the call's clock."""


class Track(_Content):
    participant_id: str
    connection_id: str
    line: Line


class End(_Content):
    records: int
    """Accepted since BEGIN, which itself counts; END does not."""
    failed: str | None = None


class BadRecord(ValueError):
    """A chunk of the log does not hold whole records."""


def pack(kind: Kind, at_us: int, payload: bytes, track: int = 0) -> bytes:
    return RECORD.pack(kind, track, len(payload), at_us) + payload


def pack_content(kind: Kind, at_us: int, content: BaseModel, track: int = 0) -> bytes:
    return pack(kind, at_us, content.model_dump_json().encode(), track)


def unpack(chunk: bytes) -> Iterator[Record]:
    """The records of one chunk; payloads are views of it. Raises :class:`BadRecord`."""
    view = memoryview(chunk)
    position, size, head = 0, len(chunk), RECORD.size
    while position < size:
        if position + head > size:
            raise BadRecord("a record's head is cut")
        kind, track, length, at_us = RECORD.unpack_from(chunk, position)
        start = position + head
        position = start + length
        if position > size:
            raise BadRecord("a record is cut")
        yield Record(kind, track, at_us, view[start:position])
