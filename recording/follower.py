"""Reads a packet log as it grows and turns it into the stream files of one recording.

Everything here is a function of the log alone (its arrival times are the only clock), so reading
the same log again, after the recorder was killed, gives the same blocks; what is on disk already
is skipped (:mod:`recording.webm_file`).
"""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from casework.vocabulary import StreamKind
from recording import packet_log
from recording.archive import LOG, stream_label
from recording.chunk_file import ChunkReader, Damaged, Sealer
from recording.control import RecordingSalvage, RecordingStart
from recording.depacketize import Depacketizer, Frame, depacketizer
from recording.evidence.call_evidence import CallEvidence
from recording.keys import file_name
from recording.matroska import header_size
from recording.packet_log import Begin, End, Kind, Record
from recording.review.levels import LevelMeter
from recording.rtp import Packet, Reorder, parse
from recording.stream_file import STREAM_OF, StreamFile
from recording.timeline import LATEST_US, SenderClock, TrackTimeline
from recording.webm_file import WebmFile
from signaling.relay.control import Line, TrackKind

AUDIO_WINDOW_US = 200_000
VIDEO_WINDOW_US = 500_000
"""How long a hole waits for a retransmission. Longer for pictures: a late repair saves all of them
up to the next key frame, and the recorder, unlike a listener, loses nothing by waiting."""
HORIZON_US = LATEST_US + VIDEO_WINDOW_US
"""Frames are written this long after they arrived, when none before them can come any more: a queue
on the way delays sound by up to two seconds, and a hole holds up pictures. Nothing is written that
is newer than what waits for its sender report (:mod:`recording.timeline`)."""
STEP_CHUNKS = 64
"""Log chunks read in one step, so that recordings take turns."""


@dataclass
class FollowedTrack:
    participant_id: str
    connection_id: str
    line: Line
    stream: StreamFile
    reorder: Reorder
    depacketizer: Depacketizer
    timeline: TrackTimeline
    first_at_us: int | None = None
    """Since when a key frame is waited for, or was."""
    last_at_us: int = 0
    key_at_us: int | None = None
    """When the last key frame came that nothing was lost after."""
    foreign_packets: int = 0
    """Not RTP, or another payload type than agreed."""


@dataclass
class LogState:
    """What the log said of itself so far."""

    started_us: int | None = None
    records: int = 0
    """Since the last BEGIN."""
    interruptions: list[str] = field(default_factory=list)
    ended: bool = False
    """The last record was END."""
    inconsistent: str = ""
    """Why the log can't be trusted to be whole, if so: it is then kept."""


class Follower:
    """One recording. Not thread-safe; every method may raise ``OSError`` and ``Damaged``."""

    def __init__(
        self,
        folder: int,
        order: RecordingStart | RecordingSalvage,
        evidence: CallEvidence | None = None,
    ) -> None:
        """``folder``: descriptor of the recording's folder, closed by the caller. ``evidence``:
        opened; ``None``: nothing is to be proved (tests of the files alone)."""
        self.order = order
        self.evidence = evidence
        self.recording_id = order.recording_id
        self.folder = folder
        self.key = base64.b64decode(order.key_base64, validate=True)
        self.log_name = file_name(self.key, self.recording_id, LOG)
        self.log = LogState()
        self.tracks: dict[int, FollowedTrack] = {}
        self.streams: dict[tuple[str, StreamKind], StreamFile] = {}
        self.levels = LevelMeter(order.longest_call_s)
        self.now_us = 0
        """The last arrival read, on the call's clock."""
        self._header_bytes = header_size(order.longest_call_s)
        self._reader: ChunkReader | None = None
        self._next_chunk = 0
        self._clocks: dict[str, SenderClock] = {}
        self._hold_from_us: int | None = None
        self._handlers: dict[int, Callable[[Record], None]] = {
            Kind.BEGIN: self._begin,
            Kind.TRACK: self._track,
            Kind.RTP: self._rtp,
            Kind.SENDER_REPORT: self._sender_report,
            Kind.HOLD: self._hold,
            Kind.END: self._end,
        }

    @property
    def has_log(self) -> bool:
        return self._reader is not None

    def step(self, chunks: int = STEP_CHUNKS) -> bool:
        """Reads some of what is new; ``False`` when there was nothing (more) to read."""
        if not self._open_log():
            return False
        assert self._reader is not None, "opened"  # noqa: S101
        self._reader.refresh()
        last = min(self._next_chunk + chunks, self._reader.chunk_count)
        if self._next_chunk >= last:
            return False
        while self._next_chunk < last:
            self._read_chunk(self._reader, self._next_chunk)
            self._next_chunk += 1
        return True

    def finish(self) -> None:
        """The log has no more: writes all that waits and closes the files."""
        self._end_tracks()
        if self._hold_from_us is not None:
            self._hold_ends(self.now_us)
        if self._reader is not None and self._reader.torn_bytes:
            self.log.interruptions.append("the log's last write was cut")
        for stream in self.streams.values():
            stream.finish()

    def close(self) -> None:
        """Gives back descriptors; nothing is written."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        for stream in self.streams.values():
            stream.file.close()

    def _open_log(self) -> bool:
        if self._reader is None:
            sealer = Sealer(self.key, self.recording_id, LOG)
            try:
                self._reader = ChunkReader(self.folder, self.log_name, sealer)
            except (FileNotFoundError, Damaged):
                return False  # not begun yet
        return True

    def _read_chunk(self, reader: ChunkReader, index: int) -> None:
        try:
            records = list(packet_log.unpack(reader.chunk(index)))
        except (Damaged, packet_log.BadRecord) as error:
            self.log.inconsistent = f"a part of the packet log is unreadable: {error}"
            return
        for record in records:
            self.log.records += 1
            handler = self._handlers.get(record.kind)
            if handler is not None:
                handler(record)
        self._advance()

    def _advance(self) -> None:
        for track in self.tracks.values():
            self._take(track, track.reorder.release(self.now_us))
            self._place(track, track.timeline.advance(self.now_us))
        for stream in self.streams.values():
            stream.advance(self._known_until_us(stream) - HORIZON_US)

    def _known_until_us(self, stream: StreamFile) -> int:
        """Up to when the times of all frames that arrived for the stream are known."""
        waiting = (
            track.timeline.waiting_since_us
            for track in self.tracks.values()
            if track.stream is stream
        )
        return min((since_us for since_us in waiting if since_us is not None), default=self.now_us)

    # --- records ---

    def _call_us(self, record: Record) -> int:
        at_us = record.at_us - (self.log.started_us or 0)
        if at_us < 0:
            return 0
        if at_us > self.now_us:
            self.now_us = at_us
        return at_us

    def _begin(self, record: Record) -> None:
        begin = Begin.model_validate_json(bytes(record.payload))
        if self.log.started_us is None:
            self.log.started_us = begin.started_monotonic_us
        elif not self.log.ended:
            self.log.interruptions.append("the relay was restarted")
        self._end_tracks()
        self.log.ended, self.log.records = False, 1

    def _track(self, record: Record) -> None:
        content = packet_log.Track.model_validate_json(bytes(record.payload))
        replaced = self.tracks.pop(record.track, None)
        if replaced is not None:
            self._finish_track(replaced)
        make = depacketizer(content.line.codec)
        if make is None:
            self.log.interruptions.append(f"{content.line.codec} can't be written")
            return
        stream = self._stream(content.participant_id, content.line.kind)
        if not stream.accepts(content.line):
            self.log.interruptions.append(f"{content.line.kind}: the codec changed")
            return
        audio = content.line.kind is TrackKind.AUDIO
        clock = self._clocks.setdefault(content.connection_id, SenderClock())
        self.tracks[record.track] = FollowedTrack(
            content.participant_id,
            content.connection_id,
            content.line,
            stream,
            Reorder(AUDIO_WINDOW_US if audio else VIDEO_WINDOW_US),
            make,
            TrackTimeline(clock, content.line.clock_rate_hz),
        )

    def _rtp(self, record: Record) -> None:
        at_us = self._call_us(record)
        track = self.tracks.get(record.track)
        if track is None:
            return
        packet = parse(record.payload, at_us)
        if packet is None or packet.payload_type != track.line.payload_type:
            track.foreign_packets += 1
            return
        track.last_at_us = at_us
        if track.line.kind is TrackKind.AUDIO:
            level_id = track.line.audio_level_id
            self.levels.note(track.participant_id, at_us, record.payload, level_id)
        if track.first_at_us is None:
            track.first_at_us = at_us
            self._retire_others(track)
        self._take(track, track.reorder.push(packet))

    def _sender_report(self, record: Record) -> None:
        self._call_us(record)
        track = self.tracks.get(record.track)
        if track is not None and len(record.payload) == packet_log.SENDER_REPORT.size:
            ntp, timestamp = packet_log.SENDER_REPORT.unpack(record.payload)
            self._place(track, track.timeline.sender_report(ntp, timestamp))

    def _hold(self, record: Record) -> None:
        at_us = self._call_us(record)
        if any(record.payload):
            self._hold_from_us = at_us if self._hold_from_us is None else self._hold_from_us
        elif self._hold_from_us is not None:
            self._hold_ends(at_us)

    def _end(self, record: Record) -> None:
        end = End.model_validate_json(bytes(record.payload))
        self.log.ended = True
        if end.failed:
            self.log.interruptions.append(end.failed)
        if end.records != self.log.records - 1:
            self.log.inconsistent = (
                f"the packet log holds {self.log.records - 1} records of {end.records}"
            )
        self._end_tracks()

    # --- packets, frames, files ---

    def _stream(self, participant_id: str, kind: TrackKind) -> StreamFile:
        stream_kind = STREAM_OF[kind]
        stream = self.streams.get((participant_id, stream_kind))
        if stream is None:
            label = stream_label(participant_id, stream_kind)
            name = file_name(self.key, self.recording_id, label)
            sealer = Sealer(self.key, self.recording_id, label)
            file = WebmFile(self.folder, name, sealer, self._header_bytes, self._chained_to(label))
            stream = StreamFile(participant_id, stream_kind, file)
            self.streams[participant_id, stream_kind] = stream
        return stream

    def _chained_to(self, label: str) -> Callable[[int], int] | None:
        if self.evidence is None:
            return None
        return partial(self.evidence.chained_to, label)

    def _take(self, track: FollowedTrack, packets: list[Packet]) -> None:
        for packet in packets:
            frame = track.depacketizer.push(packet)
            if frame is None:
                continue
            if frame.key:
                track.key_at_us = frame.arrival_us
            elif frame.after_loss and track.key_at_us is not None:
                track.key_at_us, track.first_at_us = None, frame.arrival_us
            self._place(track, track.timeline.push(frame))

    def _place(self, track: FollowedTrack, placed: list[tuple[int, Frame]]) -> None:
        for at_us, frame in placed:
            track.stream.push(track.line.kind, track.connection_id, at_us, frame)

    def _finish_track(self, track: FollowedTrack) -> None:
        self._take(track, track.reorder.drain())
        self._place(track, track.timeline.finish())
        track.stream.counts = track.stream.counts.plus(
            late_or_repeated=track.reorder.late_or_repeated,
            foreign_packets=track.foreign_packets,
            rejected_reports=track.timeline.rejected_reports,
        )

    def _retire_others(self, newest: FollowedTrack) -> None:
        """A connection that took over: what the old one still sends would mix two encoders."""
        for number, track in list(self.tracks.items()):
            same = track.stream is newest.stream and track.line.kind is newest.line.kind
            if same and track is not newest:
                self._finish_track(self.tracks.pop(number))

    def _end_tracks(self) -> None:
        for track in self.tracks.values():
            self._finish_track(track)
        self.tracks.clear()
        self._clocks.clear()

    def _hold_ends(self, at_us: int) -> None:
        if self._hold_from_us is not None:
            for stream in self.streams.values():
                stream.hold(self._hold_from_us, at_us)
        self._hold_from_us = None

    def files(self) -> Iterator[tuple[str, WebmFile]]:
        """Those that the evidence chain follows, by the name of their stream."""
        for label, stream in self.stream_labels():
            yield label, stream.file

    def stream_labels(self) -> Iterator[tuple[str, StreamFile]]:
        """The name under which each stream's chunks are sealed."""
        for (participant_id, kind), stream in self.streams.items():
            yield stream_label(participant_id, kind), stream
