"""What the recorder must know of Opus without decoding it (RFC 6716, RFC 7845)."""

from struct import Struct

SAMPLE_RATE_HZ = 48_000
FILLER_SAMPLES = 960
FILLER = b"\xf8\xff\xfe"
"""20 ms of digital silence in the smallest packet that every decoder plays as such (CELT, mono)."""
_HEAD = Struct("<8sBBHIhB")

_FRAME_SAMPLES = (
    *(480, 960, 1920, 2880) * 3,  # SILK
    *(480, 960) * 2,  # hybrid
    *(120, 240, 480, 960) * 4,  # CELT
)


def head() -> bytes:
    """OpusHead (RFC 7845, 5.1): stereo, as mono packets play in it too; no pre-skip, as a recording
    begins in the middle of a stream, where there is no start-up of the encoder to drop."""
    return _HEAD.pack(b"OpusHead", 1, 2, 0, SAMPLE_RATE_HZ, 0, 0)


def samples(packet: bytes) -> int:
    """How long a packet plays, at 48 kHz; 0 if it is malformed (RFC 6716, 3.1)."""
    if not packet:
        return 0
    frame = _FRAME_SAMPLES[packet[0] >> 3]
    code = packet[0] & 3
    if code < 3:
        return frame * (1 if code == 0 else 2)
    if len(packet) < 2:
        return 0
    total = frame * (packet[1] & 0x3F)
    return total if total <= 5_760 else 0
