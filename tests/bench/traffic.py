"""What one call sends, packet by packet, as the measured browsers do.

Opus 26 kbit/s both ways, cameras of 720p at 691 kbit/s and 15 frames a second both ways, the
document camera of 1080p at 921 kbit/s and 5 frames a second: about 380 packets a second in all.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from tests.signaling.relay.media_client import AUDIO_SSRC, CAMERA_SSRC, DOCUMENT_SSRC, OPUS, rtp

PACKET_BYTES = 1_000
PACE_US = 700
"""Between the packets of one frame: a browser's pacer does not send a frame at once."""
KEY_FRAME_EVERY_US = 2_000_000
OPUS_TOC = b"\x78"
"""One hybrid frame of 20 ms, mono (RFC 6716 §3.1)."""


@dataclass(frozen=True)
class Kind:
    ssrc: int
    payload_type: int
    clock_hz: int
    frame_us: int
    frame_bytes: int
    width: int = 0
    height: int = 0


VOICE = Kind(AUDIO_SSRC, OPUS, 48_000, 20_000, 65)
CAMERA = Kind(CAMERA_SSRC, 96, 90_000, 66_667, 691_000 // 8 // 15, 1280, 720)
DOCUMENT = Kind(DOCUMENT_SSRC, 96, 90_000, 200_000, 921_000 // 8 // 5, 1920, 1080)
WINDOW = (VOICE, CAMERA, DOCUMENT)
AGENT = (VOICE, CAMERA)


@dataclass(frozen=True, slots=True)
class Planned:
    at_us: int
    ssrc: int
    sequence: int
    plain: bytes


def plan(kinds: tuple[Kind, ...], seconds: float, random: Random) -> list[Planned]:
    """All packets of one up connection in order of time, transport-wide numbers included."""
    merged = sorted(
        (each for kind in kinds for each in _plan_track(kind, seconds, random)),
        key=lambda each: each[0],
    )
    return [
        Planned(
            at_us,
            kind.ssrc,
            sequence,
            rtp(
                kind.ssrc,
                sequence,
                timestamp=timestamp,
                payload_type=kind.payload_type,
                marker=marker,
                transport=transport & 0xFFFF,
                payload=payload,
            ),
        )
        for transport, (at_us, kind, sequence, timestamp, marker, payload) in enumerate(merged)
    ]


def _plan_track(
    kind: Kind, seconds: float, random: Random
) -> Iterator[tuple[int, Kind, int, int, bool, bytes]]:
    at_us = random.randrange(kind.frame_us)
    sequence = random.randrange(30_000)
    next_key_us = 0
    body = random.randbytes(PACKET_BYTES)
    while at_us < seconds * 1e6:
        timestamp = at_us * kind.clock_hz // 1_000_000 & 0xFFFFFFFF
        if kind is VOICE:
            payloads = [OPUS_TOC + body[: kind.frame_bytes - 1]]
        else:
            key = at_us >= next_key_us
            next_key_us += KEY_FRAME_EVERY_US if key else 0
            payloads = _video_payloads(kind, key, body)
        for index, payload in enumerate(payloads):
            last = index == len(payloads) - 1
            yield at_us + index * PACE_US, kind, sequence & 0xFFFF, timestamp, last, payload
            sequence += 1
        at_us += kind.frame_us


def _video_payloads(kind: Kind, key: bool, body: bytes) -> list[bytes]:
    """One VP8 frame (RFC 7741, RFC 6386 9.1): only its head is true, nobody decodes it here."""
    tag = (0 if key else 1) | 1 << 4
    head = bytes((tag, 0, 0))
    if key:
        head += b"\x9d\x01\x2a" + struct.pack("<HH", kind.width, kind.height)
    packets = max(1, -(-kind.frame_bytes // PACKET_BYTES))
    size = kind.frame_bytes // packets
    first = b"\x10" + head + body[: size - len(head) - 1]
    return [first, *(b"\x00" + body[: size - 1] for _ in range(packets - 1))]
