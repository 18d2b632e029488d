"""WebM, written and read back: just what a recording needs of Matroska (RFC 9559, EBML RFC 8794).

A file is a **header region** of fixed size (EBML head, Info, Tracks, Tags, Cues, and padding)
followed by clusters of about a second. A cluster is written once and never again; the header
region is written anew as more is known, and at the end with duration and cues. Times are
milliseconds since the file's first frame.

Our own writer rather than FFmpeg's: a cluster is one append of the encrypted file and the same
bytes whenever the same log is read, so a recorder that was killed goes on where the file ends, and
no native muxer (nor codec) is loaded into the process that holds the keys.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from struct import Struct
from typing import NamedTuple

TIMESTAMP_SCALE_NS = 1_000_000
CUE_BYTES = 24
"""An upper bound of one cue, for files below a terabyte and calls below 12 days."""
FIXED_HEADER_BYTES = 4_096
UNKNOWN_SIZE = b"\x01\xff\xff\xff\xff\xff\xff\xff"

_EBML, _SEGMENT, _INFO, _TRACKS, _CUES, _CLUSTER, _TAGS, _VOID = (
    b"\x1a\x45\xdf\xa3",
    b"\x18\x53\x80\x67",
    b"\x15\x49\xa9\x66",
    b"\x16\x54\xae\x6b",
    b"\x1c\x53\xbb\x6b",
    b"\x1f\x43\xb6\x75",
    b"\x12\x54\xc3\x67",
    b"\xec",
)
_SIMPLE_BLOCK, _BLOCK_GROUP, _BLOCK, _DISCARD_PADDING = b"\xa3", b"\xa0", b"\xa1", b"\x75\xa2"
_TIMESTAMP = b"\xe7"
_BLOCK_HEAD = Struct(">BhB")
_START_OFFSET_TAG = "START_OFFSET_MS"


class Block(NamedTuple):
    """One frame in a cluster."""

    track: int
    at_ms: int
    key: bool
    payload: bytes
    discard_ns: int = 0
    """How much of the end is kept but not to be played."""


@dataclass(frozen=True)
class TrackEntry:
    number: int
    codec_id: str
    """``A_OPUS``, ``V_VP8``, ``V_VP9``."""
    name: str
    codec_private: bytes = b""
    size: tuple[int, int] | None = None
    """Pixels; ``None`` for audio."""


@dataclass
class Header:
    """What the header region says; :meth:`pack` gives its bytes."""

    tracks: list[TrackEntry]
    start_offset_ms: int
    """When the file's first frame was, on the call's clock."""
    duration_ms: int | None = None
    segment_bytes: int | None = None
    """Of the segment's content, once it is final."""
    cues: list[tuple[int, int, int]] = field(default_factory=list)
    """(time in ms, track, offset of the cluster in the file), ascending."""

    def pack(self, size: int) -> bytes:
        """Exactly ``size`` bytes. Cues that don't fit are thinned out evenly."""
        head = element(_EBML, _EBML_HEAD) + _SEGMENT
        origin = len(head) + 8
        body = self._info() + element(_TRACKS, b"".join(map(_track_entry, self.tracks)))
        body += self._tags()
        room = size - origin - len(body) - 16
        cues = _pack_cues(self.cues, origin)
        step = 1
        while len(cues) > room:
            step += 1
            cues = _pack_cues(self.cues[::step], origin)
        length = UNKNOWN_SIZE if self.segment_bytes is None else _size8(self.segment_bytes)
        used = head + length + body + cues
        return used + _void(size - len(used))

    @staticmethod
    def content_start() -> int:
        """Where the segment's content begins in the file: cluster positions count from there."""
        return len(element(_EBML, _EBML_HEAD)) + len(_SEGMENT) + 8

    def _info(self) -> bytes:
        content = uint(b"\x2a\xd7\xb1", TIMESTAMP_SCALE_NS)
        content += text(b"\x4d\x80", "shipinban") + text(b"\x57\x41", "shipinban")
        if self.duration_ms is not None:
            content += element(b"\x44\x89", _DOUBLE.pack(float(self.duration_ms)))
        return element(_INFO, content)

    def _tags(self) -> bytes:
        tag = text(b"\x45\xa3", _START_OFFSET_TAG) + text(b"\x44\x87", str(self.start_offset_ms))
        targets = element(b"\x63\xc0", b"")
        return element(_TAGS, element(b"\x73\x73", targets + element(b"\x67\xc8", tag)))


def header_size(longest_call_s: int) -> int:
    """Room for a cue every four seconds of the longest call allowed: key frames are seldom closer
    for long, and are thinned out if they are."""
    return FIXED_HEADER_BYTES + CUE_BYTES * (longest_call_s // 4)


def pack_cluster(at_ms: int, blocks: Iterable[Block]) -> bytes:
    """One whole cluster; blocks lie within ± 32 s of ``at_ms``."""
    content = [uint(_TIMESTAMP, at_ms)]
    content.extend(_pack_block(block, at_ms) for block in blocks)
    return element(_CLUSTER, b"".join(content))


def unpack_cluster(cluster: bytes) -> Iterator[Block]:
    """The blocks of a cluster that this module packed. Raises :class:`ValueError`."""
    name, content, whole = next(_elements(cluster, 0, len(cluster)), (b"", 0, 0))
    if name != _CLUSTER or whole != len(cluster):
        raise ValueError("not one whole cluster")
    at_ms = 0
    for name, start, end in _elements(cluster, content, whole):
        if name == _TIMESTAMP:
            at_ms = int.from_bytes(cluster[start:end], "big")
        elif name == _SIMPLE_BLOCK:
            yield _unpack_block(cluster[start:end], at_ms, None)
        elif name == _BLOCK_GROUP:
            yield _unpack_group(cluster, start, end, at_ms)
        else:
            raise ValueError(f"unexpected element {name.hex()}")


def start_offset_ms(header: bytes) -> int:
    """What :class:`Header` wrote. Raises :class:`ValueError`."""
    marker = text(b"\x45\xa3", _START_OFFSET_TAG) + b"\x44\x87"
    at = header.index(marker) + len(marker)
    return int(header[at + 1 : at + 1 + (header[at] & 0x7F)])


# --- EBML ---------------------------------------------------------------------------------------

_DOUBLE = Struct(">d")


def element(name: bytes, content: bytes) -> bytes:
    return name + _size(len(content)) + content


def uint(name: bytes, value: int) -> bytes:
    return element(name, value.to_bytes(max((value.bit_length() + 7) // 8, 1), "big"))


def text(name: bytes, value: str) -> bytes:
    return element(name, value.encode())


def _size(length: int) -> bytes:
    """The shortest form; all ones are reserved (RFC 8794, 4 and 6.2)."""
    width = 1
    while length >= (1 << 7 * width) - 1:
        width += 1
    return (length | 1 << 7 * width).to_bytes(width, "big")


def _size8(length: int) -> bytes:
    return (length | 1 << 56).to_bytes(8, "big")


def _void(size: int) -> bytes:
    return _VOID + _size8(size - 9) + bytes(size - 9)


_EBML_HEAD = (
    uint(b"\x42\x86", 1)
    + uint(b"\x42\xf7", 1)
    + uint(b"\x42\xf2", 4)
    + uint(b"\x42\xf3", 8)
    + text(b"\x42\x82", "webm")
    + uint(b"\x42\x87", 4)
    + uint(b"\x42\x85", 2)
)


def _track_entry(track: TrackEntry) -> bytes:
    content = uint(b"\xd7", track.number) + uint(b"\x73\xc5", track.number)
    content += uint(b"\x9c", 0)  # no lacing
    content += text(b"\x22\xb5\x9c", "und") + text(b"\x53\x6e", track.name)
    content += text(b"\x86", track.codec_id)
    if track.codec_private:
        content += element(b"\x63\xa2", track.codec_private)
    if track.size is None:
        audio = element(b"\xb5", _DOUBLE.pack(48_000.0)) + uint(b"\x9f", 2)
        content += uint(b"\x83", 2) + uint(b"\x56\xbb", 80_000_000) + element(b"\xe1", audio)
    else:
        video = uint(b"\xb0", track.size[0]) + uint(b"\xba", track.size[1])
        content += uint(b"\x83", 1) + element(b"\xe0", video)
    return element(b"\xae", content)


def _pack_cues(cues: Iterable[tuple[int, int, int]], origin: int) -> bytes:
    points = []
    for at_ms, track, offset in cues:
        place = uint(b"\xf7", track) + uint(b"\xf1", offset - origin)
        points.append(element(b"\xbb", uint(b"\xb3", at_ms) + element(b"\xb7", place)))
    return element(_CUES, b"".join(points)) if points else b""


def _pack_block(block: Block, cluster_ms: int) -> bytes:
    simple = not block.discard_ns
    flags = 0x80 if block.key and simple else 0
    content = _BLOCK_HEAD.pack(0x80 | block.track, block.at_ms - cluster_ms, flags) + block.payload
    if simple:
        return element(_SIMPLE_BLOCK, content)
    padding = block.discard_ns.to_bytes(8, "big", signed=True)
    return element(_BLOCK_GROUP, element(_BLOCK, content) + element(_DISCARD_PADDING, padding))


def _unpack_group(cluster: bytes, start: int, end: int, at_ms: int) -> Block:
    parts = {name: cluster[a:b] for name, a, b in _elements(cluster, start, end)}
    padding = int.from_bytes(parts[_DISCARD_PADDING], "big", signed=True)
    return _unpack_block(parts[_BLOCK], at_ms, padding)


def _unpack_block(content: bytes, cluster_ms: int, discard_ns: int | None) -> Block:
    number, relative, flags = _BLOCK_HEAD.unpack_from(content)
    key = bool(flags & 0x80) or discard_ns is not None
    return Block(number & 0x7F, cluster_ms + relative, key, content[4:], discard_ns or 0)


def _elements(raw: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(name, start, end) of the elements in a range. Raises :class:`ValueError` when one is cut."""
    while at < end:
        width = 9 - raw[at].bit_length()
        name = raw[at : at + width]
        at += width
        if at >= end or not raw[at]:
            raise ValueError("an element is cut")
        width = 9 - raw[at].bit_length()
        length = int.from_bytes(raw[at : at + width], "big") & ((1 << 7 * width) - 1)
        at += width
        if at + length > end:
            raise ValueError("an element is cut")
        yield name, at, at + length
        at += length
