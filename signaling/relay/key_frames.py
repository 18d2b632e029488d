"""When a key frame begins, and when one may be asked for.

The relay forwards any codec; it looks at the first payload bytes of a frame only to know whether a
key frame is on its way. For a codec that it does not know, nothing is ever seen to arrive, and the
gap between requests alone limits them.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from signaling.relay.vp9 import vp9_descriptor_size, vp9_key_frame_size

LARGEST_PICTURE_PX = 2560 * 1440
"""What claims more reaches neither a viewer nor the record."""
ARRIVING_LONGEST_US = 4_000_000
"""A cold source on a thin link needs up to this for a 1080p key frame of text."""
MERGE_US = 300_000
"""A joining viewer is served by a request that went out this recently; Chromium's encoder hears no
second one sooner."""


_SIZE = struct.Struct("<HH")


def _vp8(payload: memoryview) -> bool:
    """RFC 7741 §4.2–4.3: start of partition 0, inverse key frame flag clear."""
    return payload[0] & 0x17 == 0x10 and not payload[_vp8_frame(payload)] & 1


def _vp8_frame(payload: memoryview) -> int:
    """Where the frame begins, behind the descriptor."""
    if not payload[0] & 0x80:
        return 1
    extended = payload[1]
    at = 2
    if extended & 0x80:
        at += 2 if payload[at] & 0x80 else 1
    return at + bool(extended & 0x40) + bool(extended & 0x30)


def _vp9(payload: memoryview) -> bool:
    """RFC 9628 §4.2: beginning of a frame that is not predicted from another picture."""
    return payload[0] & 0x48 == 0x08


def _h264(payload: memoryview) -> bool:
    """RFC 6184: parameter sets or an IDR slice, alone, aggregated (24) or first fragment (28)."""
    kind = payload[0] & 0x1F
    if kind == 24:
        kind = payload[3] & 0x1F
    elif kind == 28:
        kind = payload[1] & 0x1F if payload[1] & 0x80 else 0
    return kind in {5, 7}


def _av1(payload: memoryview) -> bool:
    """AV1 RTP payload format §4.4: the first packet of a new coded video sequence."""
    return bool(payload[0] & 0x08)


_DETECTORS: dict[str, Callable[[memoryview], bool]] = {
    "vp8": _vp8,
    "vp9": _vp9,
    "h264": _h264,
    "av1": _av1,
}


def begins_key_frame(codec: str, payload: memoryview) -> bool:
    """Whether the first packet of a frame is that of a key frame. Never raises."""
    detector = _DETECTORS.get(codec.lower())
    if detector is None:
        return False
    try:
        return detector(payload)
    except IndexError:
        return False


def _vp8_size(payload: memoryview) -> tuple[int, int]:
    """RFC 6386 §9.1."""
    if not _vp8(payload):
        return 0, 0
    width, height = _SIZE.unpack_from(payload, _vp8_frame(payload) + 6)
    return width & 0x3FFF, height & 0x3FFF


def _vp9_size(payload: memoryview) -> tuple[int, int]:
    return vp9_key_frame_size(payload[vp9_descriptor_size(payload) :]) or (0, 0)


_SIZES: dict[str, Callable[[memoryview], tuple[int, int]]] = {"vp8": _vp8_size, "vp9": _vp9_size}
"""Of the codecs that an answer may settle on."""


def is_too_large(codec: str, payload: memoryview) -> bool:
    """Whether a key frame begins here that claims to be larger than any picture of ours.

    Asked of each frame: what a packet says of its frame need not be true of the frame. A few
    kilobytes may claim 16,383 × 16,383 pixels, and whoever decodes them takes a gigabyte.
    Never raises.
    """
    read = _SIZES.get(codec.lower())
    try:
        width, height = (0, 0) if read is None else read(payload)
    except (IndexError, struct.error):
        return False
    return width * height > LARGEST_PICTURE_PX


def is_seen(codec: str) -> bool:
    """Whether key frames of that codec are recognised."""
    return codec.lower() in _DETECTORS


@dataclass(frozen=True, slots=True)
class GateTimes:
    """Least distance of two requests, in microseconds."""

    gap_us: int
    congested_gap_us: int


class KeyFrameGate:
    """Merges all wishes for a key frame of one track into at most one request a gap.

    A wish that comes too early is kept, and dropped when a key frame begins after it: every
    further request would make a slow source begin once more.
    """

    __slots__ = ("_asked_us", "_began_us", "_joining", "_seen", "_times", "last_us", "wished")

    def __init__(self, times: GateTimes, *, seen: bool = True) -> None:
        """``seen``: key frames of this codec are recognised when they begin."""
        self._times = times
        self._seen = seen
        self._asked_us = 0
        self.wished = False
        """Somebody waits for a request to be sent."""
        self._joining = False
        self._began_us = 0
        self.last_us = 0
        """When the last key frame began (if unseen: was asked for); 0 before the first."""

    def wish(self, *, joining: bool = False) -> None:
        """Somebody (or the recording) needs a key frame. ``joining``: it has no picture yet."""
        self.wished = True
        self._joining = self._joining or joining

    def began(self, now_us: int) -> None:
        """The first packet of a key frame came; whoever wished before gets it."""
        self._began_us = self.last_us = now_us
        self.wished = False
        self._joining = False

    def ended(self) -> None:
        """Its last packet came."""
        self._began_us = 0

    def take(self, now_us: int, *, congested: bool) -> bool:
        """Whether to send a request now; it counts as sent."""
        if not self.wished or self._is_arriving(now_us):
            return False
        since = now_us - self._asked_us
        gap = self._times.congested_gap_us if congested else self._times.gap_us
        if since < (MERGE_US if self._joining else gap):
            return False
        self._asked_us = now_us
        if not self._seen:
            self.last_us = now_us
        # Fulfilled as far as the gate knows: whoever still lacks a picture asks again.
        self._joining = False
        self.wished = False
        return True

    def _is_arriving(self, now_us: int) -> bool:
        return bool(self._began_us) and now_us - self._began_us < ARRIVING_LONGEST_US
