"""From RTP payloads to whole encoded frames, codec by codec; nothing is decoded.

A frame is handed on only when all its packets are there. What it says of key frames and picture
sizes is read from the first bytes of the bit stream.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol

from recording.rtp import Packet
from signaling.relay.key_frames import LARGEST_PICTURE_PX
from signaling.relay.vp9 import vp9_descriptor_size, vp9_key_frame_size


@dataclass(frozen=True, slots=True)
class Frame:
    """One encoded frame, or one Opus packet."""

    payload: bytes
    timestamp: int
    """RTP time, 32 bits, of the sender's clock."""
    arrival_us: int
    """Of its last packet."""
    key: bool
    size: tuple[int, int] | None = None
    """Width and height in pixels, where a key frame tells them."""
    after_loss: bool = False
    """Packets before it are missing."""


class Depacketizer(Protocol):
    def push(self, packet: Packet) -> Frame | None:
        """Takes packets in order of sequence number (holes allowed); answers a whole frame."""


class OpusDepacketizer:
    """RFC 7587: each packet is a frame."""

    def __init__(self) -> None:
        self._expected: int | None = None

    def push(self, packet: Packet) -> Frame | None:
        lost = self._expected is not None and packet.sequence != self._expected
        self._expected = packet.sequence + 1
        if not packet.payload:
            return None
        return Frame(packet.payload, packet.timestamp, packet.arrival_us, key=True, after_loss=lost)


class VideoDepacketizer(ABC):
    """Collects the packets of one timestamp until the marker bit; subclasses know the payload."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._timestamp = -1
        self._expected: int | None = None
        self._broken = False  # a packet of the frame under way is missing
        self._lost = False  # a packet is missing since the last whole frame

    def push(self, packet: Packet) -> Frame | None:
        hole = self._expected is not None and packet.sequence != self._expected
        self._expected = packet.sequence + 1
        if hole:
            self._lost = True
        if not packet.payload:
            return None  # padding, as senders use to probe
        if hole or packet.timestamp != self._timestamp:
            self._begin(packet, torn=bool(self._pieces) or hole)
        self._take(packet)
        return self._finish(packet) if packet.marker else None

    def _begin(self, packet: Packet, *, torn: bool) -> None:
        self._lost = self._lost or torn
        self._broken = not self.starts_frame(packet.payload)
        self._pieces = []
        self._timestamp = packet.timestamp

    def _take(self, packet: Packet) -> None:
        piece = None if self._broken else self.unwrap(packet.payload)
        if piece is None:
            self._broken = self._lost = True
        else:
            self._pieces.append(piece)

    def _finish(self, packet: Packet) -> Frame | None:
        pieces, self._pieces = self._pieces, []
        self._timestamp = -1
        if self._broken or not pieces:
            return None
        payload = b"".join(pieces)
        key, size = self.inspect(payload)
        if size is not None and size[0] * size[1] > LARGEST_PICTURE_PX:
            self._lost = True
            return None
        lost, self._lost = self._lost, False
        return Frame(payload, packet.timestamp, packet.arrival_us, key, size, lost)

    @abstractmethod
    def starts_frame(self, payload: bytes) -> bool:
        """Whether the payload is the first of a frame."""

    @abstractmethod
    def unwrap(self, payload: bytes) -> bytes | None:
        """The bytes of the bit stream; ``None`` if the payload is malformed."""

    @abstractmethod
    def inspect(self, frame: bytes) -> tuple[bool, tuple[int, int] | None]:
        """Whether it is a key frame, and its picture size."""


class Vp8Depacketizer(VideoDepacketizer):
    """RFC 7741."""

    def starts_frame(self, payload: bytes) -> bool:
        return payload[0] & 0x17 == 0x10  # S set, partition 0

    def unwrap(self, payload: bytes) -> bytes | None:
        start = 1
        if payload[0] & 0x80 and len(payload) > 1:
            extensions = payload[1]
            start = 2
            if extensions & 0x80:  # PictureID, of one or two bytes
                start += 2 if len(payload) > start and payload[start] & 0x80 else 1
            start += bool(extensions & 0x40) + bool(extensions & 0x30)
        return payload[start:] if start < len(payload) else None

    def inspect(self, frame: bytes) -> tuple[bool, tuple[int, int] | None]:
        """RFC 6386, 9.1."""
        if frame[0] & 1 or len(frame) < 10 or frame[3:6] != b"\x9d\x01\x2a":
            return False, None
        width = int.from_bytes(frame[6:8], "little") & 0x3FFF
        height = int.from_bytes(frame[8:10], "little") & 0x3FFF
        return True, (width, height)


class Vp9Depacketizer(VideoDepacketizer):
    """RFC 9628, one spatial layer."""

    def starts_frame(self, payload: bytes) -> bool:
        return bool(payload[0] & 0x08)

    def unwrap(self, payload: bytes) -> bytes | None:
        try:
            start = vp9_descriptor_size(payload)
        except IndexError:
            return None
        return payload[start:] if start < len(payload) else None

    def inspect(self, frame: bytes) -> tuple[bool, tuple[int, int] | None]:
        size = vp9_key_frame_size(frame)
        return size is not None, size


_BY_CODEC: dict[str, type[Vp8Depacketizer | Vp9Depacketizer | OpusDepacketizer]] = {
    "opus": OpusDepacketizer,
    "vp8": Vp8Depacketizer,
    "vp9": Vp9Depacketizer,
}
WRITABLE_CODECS = frozenset(_BY_CODEC)
"""In lower case; an answer must not settle on any other while the call is recorded."""


def depacketizer(codec: str) -> Depacketizer | None:
    """``None`` for a codec that the recorder can't write."""
    make = _BY_CODEC.get(codec.lower())
    return make() if make else None
