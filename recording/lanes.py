"""Where each frame goes in its file: nothing goes back in time, and the sound has no holes.

Browsers play a WebM's audio packets one after the other whatever their times say, so a hole would
shift all that follows against the picture. The audio lane therefore lays packets end to end: a
hole is filled with silence that the index lists, and where a sender's sound card runs fast (or a
packet came after its place was filled) a packet is kept in the file but marked not to be played.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from recording import opus
from recording.depacketize import Frame

TOLERANCE_US = 30_000
"""How far sound may be off before it is corrected; half of what an eye notices on lips."""
_FILLER_US = opus.FILLER_SAMPLES * 1_000_000 // opus.SAMPLE_RATE_HZ


class Placed(NamedTuple):
    """A frame at its time on the call's clock."""

    at_us: int
    payload: bytes
    key: bool
    discard_us: int = 0


@dataclass
class Spans:
    """Stretches of time with a reason; those that touch become one."""

    spans: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, from_us: int, to_us: int, reason: str) -> None:
        if to_us <= from_us:
            return
        if self.spans:
            last_from, last_to, last_reason = self.spans[-1]
            if last_reason == reason and last_from <= from_us <= last_to:
                self.spans[-1] = (last_from, max(last_to, to_us), reason)
                return
        self.spans.append((from_us, to_us, reason))

    def covers(self, from_us: int, to_us: int, slack_us: int) -> bool:
        return any(
            start - slack_us <= from_us and to_us <= end + slack_us
            for start, end, _reason in self.spans
        )


class AudioLane:
    """Opus packets end to end. ``gaps`` and ``filler`` are filled as it goes."""

    def __init__(self, gaps: Spans, filler: Spans, unplayed: Spans) -> None:
        self._gaps, self._filler, self._unplayed = gaps, filler, unplayed
        self._position_us: int | None = None
        self._stereo = 0

    @property
    def end_us(self) -> int:
        return self._position_us or 0

    def place(self, at_us: int, frame: Frame) -> Iterable[Placed]:
        """The packet, after the silence that leads up to it. Malformed packets are left out."""
        length_us = opus.samples(frame.payload) * 1_000_000 // opus.SAMPLE_RATE_HZ
        if not length_us:
            return ()
        if self._position_us is None:
            self._position_us = at_us
        self._stereo = frame.payload[0] & 4
        hole_us = at_us - self._position_us
        silence: Iterable[Placed] = ()
        if hole_us >= TOLERANCE_US or (frame.after_loss and hole_us >= _FILLER_US // 2):
            count = round(hole_us / _FILLER_US) if frame.after_loss else hole_us // _FILLER_US
            silence = self._fill(self._position_us, count, declared=frame.after_loss)
        if self._position_us - at_us >= TOLERANCE_US:
            self._unplayed.add(at_us, at_us + length_us, "unplayed")
            spoken = Placed(self._position_us, frame.payload, True, length_us)
        else:
            spoken = Placed(self._position_us, frame.payload, True)
            self._position_us += length_us
        return chain(silence, (spoken,))

    def fill_until(self, at_us: int) -> Iterable[Placed]:
        """Silence up to where the picture has come, if the sound has begun and then fell silent."""
        if self._position_us is None:
            return ()
        count = (at_us - TOLERANCE_US - self._position_us) // _FILLER_US
        return self._fill(self._position_us, count, declared=True) if count > 0 else ()

    def _fill(self, start_us: int, count: int, *, declared: bool) -> Iterable[Placed]:
        """Made one by one: after a long hold there are very many."""
        payload = bytes([opus.FILLER[0] | self._stereo]) + opus.FILLER[1:]
        end_us = self._position_us = start_us + count * _FILLER_US
        self._filler.add(start_us, end_us, "filler")
        if declared:
            self._gaps.add(start_us, end_us, "audio_missing")
        return (Placed(at_us, payload, True) for at_us in range(start_us, end_us, _FILLER_US))


class VideoLane:
    """Encoded pictures, each one decodable: from a key frame on, and after a loss from the next.

    A picture that refers to a lost one is left out, as a receiver leaves it out: most decoders
    would end the playback with an error, and what others show was never filmed. The stretch is
    declared; the last good picture stands meanwhile.
    """

    def __init__(self, gaps: Spans, name: str) -> None:
        self._gaps, self._name = gaps, name
        self._last_us: int | None = None
        self._waits_for_key = True
        self.size: tuple[int, int] | None = None
        """The largest picture so far."""
        self.key_frames_us: list[int] = []
        self.left_out = 0
        """Pictures that arrived whole but could not be decoded."""

    @property
    def end_us(self) -> int:
        return self._last_us or 0

    def place(self, at_us: int, frame: Frame) -> list[Placed]:
        if frame.after_loss and not frame.key:
            self._waits_for_key = True
        if self._waits_for_key and not frame.key:
            self.left_out += 1
            return []
        if self._last_us is not None:
            at_us = max(at_us, self._last_us + 1_000)
            if self._waits_for_key or frame.after_loss:
                self._gaps.add(self._last_us, at_us, f"{self._name}_missing")
        self._last_us = at_us
        self._waits_for_key = False
        if frame.key:
            self._note_key_frame(at_us, frame)
        return [Placed(at_us, frame.payload, frame.key)]

    def finish(self, at_us: int) -> None:
        if self._last_us is not None and self._waits_for_key:
            self._gaps.add(self._last_us, at_us, f"{self._name}_missing")

    def _note_key_frame(self, at_us: int, frame: Frame) -> None:
        self.key_frames_us.append(at_us)
        if frame.size is not None:
            width, height = self.size or (0, 0)
            self.size = max(width, frame.size[0]), max(height, frame.size[1])
