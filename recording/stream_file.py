"""One stream: a participant's audio and camera, or the document, as one file on the call's clock."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from operator import itemgetter

from casework.vocabulary import StreamKind
from recording import opus
from recording.control import StreamCounts, StreamReport
from recording.depacketize import Frame
from recording.lanes import AudioLane, Placed, Spans, VideoLane
from recording.matroska import Block, TrackEntry
from recording.webm_file import AUDIO_TRACK, VIDEO_TRACK, WebmFile
from signaling.relay.control import Line, TrackKind

_CODEC_IDS = {"opus": "A_OPUS", "vp8": "V_VP8", "vp9": "V_VP9"}
_AFTER_HOLD_US = 2_000_000
"""A loss that a hold explains (the first picture after it takes a moment) is not told twice."""

STREAM_OF = {
    TrackKind.AUDIO: StreamKind.AUDIO_CAMERA,
    TrackKind.CAMERA: StreamKind.AUDIO_CAMERA,
    TrackKind.DOCUMENT: StreamKind.DOCUMENT,
}


class StreamFile:
    """Frames come in any order of tracks and leave in order of time, a horizon later."""

    def __init__(self, participant_id: str, kind: StreamKind, file: WebmFile) -> None:
        self.participant_id, self.kind, self.file = participant_id, kind, file
        self.gaps, self.filler, self.unplayed = Spans(), Spans(), Spans()
        self.counts = StreamCounts()
        """Of the tracks that have ended; those of the file itself are added in the report."""
        self._holds = Spans()
        self._audio = AudioLane(self.gaps, self.filler, self.unplayed)
        name = "document" if kind is StreamKind.DOCUMENT else "camera"
        self._video = VideoLane(self.gaps, name)
        self._codecs: dict[int, str] = {}
        self._declared: dict[int, tuple[int, int] | None] = {}
        self._waiting: list[tuple[int, int, str, Frame]] = []
        self._sources: dict[int, str] = {}
        self._newest_us: dict[int, int] = {}
        self._start_ms: int | None = None
        self._end_us = 0

    def accepts(self, line: Line) -> bool:
        """Tells of a (further) source. ``False``: it has another codec than the file."""
        number = _number(line.kind)
        codec = line.codec.lower()
        return self._codecs.setdefault(number, codec) == codec

    def push(self, kind: TrackKind, source: str, at_us: int, frame: Frame) -> None:
        """``source``: the connection that it came by. Frames of one kind keep their order,
        whatever their times say: each refers to the one before."""
        number = _number(kind)
        at_us = self._newest_us[number] = max(at_us, self._newest_us.get(number, 0))
        self._waiting.append((at_us, number, source, frame))

    def hold(self, from_us: int, to_us: int) -> None:
        self._holds.add(from_us, to_us, "hold")

    def advance(self, horizon_us: int) -> None:
        """Writes what lies before the horizon. Raises ``OSError``."""
        if not self._waiting:
            return
        self._waiting.sort(key=itemgetter(0))
        count = bisect_left(self._waiting, horizon_us, key=itemgetter(0))
        due, self._waiting = self._waiting[:count], self._waiting[count:]
        for at_us, number, source, frame in due:
            if self._sources.setdefault(number, source) == source:
                self._place(number, at_us, frame)
            else:  # a reconnect: what was sent in between is missing
                self._sources[number] = source
                self._place(number, at_us, replace(frame, after_loss=True))

    def finish(self) -> None:
        """Writes everything and closes the file for good. Raises ``OSError``."""
        self.advance(1 << 62)
        self._video.finish(self._end_us)
        if not self.is_empty:
            self.file.finish(self.duration_ms)

    @property
    def is_empty(self) -> bool:
        """Nothing playable came, so there is no file."""
        return self._start_ms is None

    @property
    def start_offset_ms(self) -> int:
        return self._start_ms or 0

    @property
    def duration_ms(self) -> int:
        return max(-(-self._end_us // 1_000) - self.start_offset_ms, 1) if self._end_us else 0

    @property
    def key_frames_ms(self) -> list[int]:
        return [at_us // 1_000 for at_us in self._video.key_frames_us]

    def report(self, sha256: str, header_bytes: int, header_sha256: str) -> StreamReport:
        """All gaps there are; see :func:`recording.closing.shorten` for the short form."""
        return StreamReport(
            participant_id=self.participant_id,
            kind=self.kind,
            file_name=self.file.name,
            codecs=[self._codecs[track.number] for track in self.file.header.tracks],
            size_bytes=self.file.size,
            start_offset_ms=self.start_offset_ms,
            duration_ms=self.duration_ms,
            sha256=sha256,
            header_bytes=header_bytes,
            header_sha256=header_sha256,
            gaps=self._all_gaps(),
            filler=[(a // 1_000, b // 1_000) for a, b, _reason in self.filler.spans],
            unplayed=[(a // 1_000, b // 1_000) for a, b, _reason in self.unplayed.spans],
            key_frames_ms=self.key_frames_ms,
            counts=self.counts.plus(left_out=self._video.left_out),
        )

    def _place(self, number: int, at_us: int, frame: Frame) -> None:
        if number == AUDIO_TRACK:
            self._write(AUDIO_TRACK, self._audio.place(at_us, frame))
            return
        self._write(AUDIO_TRACK, self._audio.fill_until(at_us))
        self._write(VIDEO_TRACK, self._video.place(at_us, frame))

    def _all_gaps(self) -> list[tuple[int, int, str]]:
        start_us = self.start_offset_ms * 1_000
        seen_holds = [
            (max(a, start_us), min(b, self._end_us), reason)
            for a, b, reason in self._holds.spans
            if b > start_us and a < self._end_us
        ]
        losses = [
            span
            for span in self.gaps.spans
            if not self._holds.covers(span[0], span[1], _AFTER_HOLD_US)
        ]
        return sorted((a // 1_000, b // 1_000, reason) for a, b, reason in seen_holds + losses)

    def _write(self, number: int, placed: Iterable[Placed]) -> None:
        for frame in placed:
            if self._start_ms is None:
                self._start_ms = self.file.header.start_offset_ms = frame.at_us // 1_000
            self._declare(number)
            at_ms = max((frame.at_us + 500) // 1_000 - self._start_ms, 0)
            block = Block(number, at_ms, frame.key, frame.payload, frame.discard_us * 1_000)
            self.file.add(block)
            self._end_us = max(self._end_us, self._audio.end_us, self._video.end_us)

    def _declare(self, number: int) -> None:
        size = self._video.size if number == VIDEO_TRACK else None
        if number not in self._declared or self._declared[number] != size:
            self._declared[number] = size
            self.file.declare(self._entry(number))

    def _entry(self, number: int) -> TrackEntry:
        codec_id = _CODEC_IDS[self._codecs[number]]
        if number == AUDIO_TRACK:
            return TrackEntry(number, codec_id, "audio", opus.head())
        return TrackEntry(number, codec_id, self.kind, size=self._video.size or (1, 1))


def _number(kind: TrackKind) -> int:
    return AUDIO_TRACK if kind is TrackKind.AUDIO else VIDEO_TRACK
