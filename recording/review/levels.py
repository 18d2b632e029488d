"""How loud each voice was, from the audio levels that browsers send with their packets (RFC 6464).

No sound is decoded. While a packet log is followed the loudest level of every 100 ms is noted; when
the recording is closed they become a file of their own beside the streams, under the same key.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from recording.whole_file import write_whole

LEVELS = "levels"
"""The stream name of the file."""
BIN_MS = 100
LOUDEST = 127
"""A level says how many dB a packet is below the loudest sound; loudness is 127 less that."""
_ONE_BYTE = 0xBEDE
_TWO_BYTE = 0x1000


def audio_level(packet: memoryview, extension_id: int) -> int | None:
    """Loudness of one RTP packet, 0 to 127; ``None`` when it does not say (RFC 8285, 4.2 and 4.3).

    :param packet: whole and well-formed (:func:`recording.rtp.parse`).
    """
    if not packet[0] & 0x10:
        return None
    at = 12 + 4 * (packet[0] & 0x0F)
    profile = packet[at] << 8 | packet[at + 1]
    end = at + 4 + 4 * (packet[at + 2] << 8 | packet[at + 3])
    at += 4
    while at < end:
        if packet[at] == 0:  # padding
            at += 1
            continue
        if profile == _ONE_BYTE:
            number, length, head = packet[at] >> 4, (packet[at] & 0x0F) + 1, 1
            if number == 15:
                return None
        elif profile & 0xFFF0 == _TWO_BYTE and at + 1 < end:
            number, length, head = packet[at], packet[at + 1], 2
        else:
            return None
        if number == extension_id and length >= 1 and at + head < end:
            return LOUDEST - (packet[at + head] & 0x7F)
        at += head + length
    return None


@dataclass
class LevelMeter:
    """Of one recording; a function of its log alone."""

    longest_s: int
    voices: dict[str, bytearray] = field(default_factory=dict)
    """Participant → loudness of each 100 ms of the call's clock; 0: nothing was sent, or silence."""
    unmeasured: set[str] = field(default_factory=set)
    """Participants whose voice came, at least in part, without levels."""

    def note(
        self, participant_id: str, at_us: int, packet: memoryview, level_id: int | None
    ) -> None:
        loudness = None if level_id is None else audio_level(packet, level_id)
        if loudness is None:
            self.unmeasured.add(participant_id)
            return
        at = at_us // (BIN_MS * 1_000)
        if at >= self.longest_s * 1_000 // BIN_MS:
            return
        bins = self.voices.setdefault(participant_id, bytearray())
        if at >= len(bins):
            bins.extend(bytes(at + 1 - len(bins)))
        bins[at] = max(bins[at], loudness)


@dataclass(frozen=True, slots=True)
class Levels:
    """What a file of levels says."""

    voices: Mapping[str, bytes]
    unmeasured: frozenset[str]


def write_levels(folder: int, key: bytes, recording_id: str, meter: LevelMeter) -> None:
    """Raises ``OSError``."""
    told = {
        "bin_ms": BIN_MS,
        "voices": {who: base64.b64encode(bins).decode() for who, bins in meter.voices.items()},
        "unmeasured": sorted(meter.unmeasured),
    }
    write_whole(folder, key, recording_id, LEVELS, json.dumps(told).encode())


def parse_levels(content: bytes) -> Levels:
    told = json.loads(content)
    voices = {who: base64.b64decode(bins) for who, bins in told["voices"].items()}
    return Levels(voices, frozenset(told["unmeasured"]))
