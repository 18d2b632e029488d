"""A connection up: one participant's voice, camera and document, and the feedback to its sender."""

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from signaling.relay import rtcp, twcc
from signaling.relay.connection import Connection
from signaling.relay.context import RelayContext
from signaling.relay.control import (
    ConnectionStatistics,
    Direction,
    Line,
    TrackKind,
    TrackStatistics,
    UpOpen,
)
from signaling.relay.forward import forwarder
from signaling.relay.losses import REORDER_US
from signaling.relay.srtp import SrtpPair
from signaling.relay.stream import Source, Stream
from signaling.relay.tap import Tap

if TYPE_CHECKING:
    from signaling.relay.down import DownConnection
    from signaling.relay.room import Room

SERVER = "server"
"""The author of feedback while no primary viewer is."""
REPORT_US = 1_000_000
DEFAULT_ROUND_TRIP_US = 100_000
RECORD_WAITS_US = 200_000
"""The record's first key frame is the one that the first viewer asks for, if that one comes soon:
a source takes a request every 300 ms, and a person who waits for a picture goes first."""
RATE_BURST_S = 0.5
"""How much of a second's allowance may come at once: a key frame is a burst."""


class UpConnection(Connection):
    direction: ClassVar[Direction] = Direction.UP

    def __init__(
        self, context: RelayContext, room: "Room", order: UpOpen, first_track: int, now_us: int
    ) -> None:
        super().__init__(context, room, order, now_us)
        self.lines: tuple[Line, ...] = tuple(order.lines)
        self.first_track = first_track
        self.only_to = order.only_to
        """For as long as the connection lives: nobody else gets a packet of it, nor does the tap."""
        self.streams: dict[int, Stream] = {}
        self.tracks: list[Stream] = []
        """The streams proper, without retransmissions, in the order of the lines."""
        for index, line in enumerate(order.lines):
            self._add_line(Source(line, index, first_track + index))
        numbers = (line.transport_cc_id for line in order.lines)
        self.transport_cc_id = next((each for each in numbers if each is not None), 0)
        """One extension id for all lines of a bundle (RFC 8843 §9.2); 0 for none."""
        self.arrivals = twcc.Arrivals()
        self.tap: Tap | None = None
        self.tapped_us = 0
        """When the tap was opened."""
        self.held = False
        self.viewers: list[DownConnection] = []
        self.primary: DownConnection | None = None
        self.still_priority = False
        self._bytes_per_us = order.max_bitrate_bps / 8e6
        self._most_bytes = order.max_bitrate_bps / 8 * RATE_BURST_S
        self._packets_per_us = context.settings.packets_per_s / 1e6
        self._most_packets = context.settings.packets_per_s * RATE_BURST_S
        self.bytes_left = 0.0
        self.packets_left = 0.0
        self._refilled_us = now_us
        self._ssrc = secrets.randbelow(0xFFFFFFFE) + 1
        self._reference = twcc.ReferenceTime(context.settings.author_step_s)
        self._next_feedback_us = 0
        self._next_report_us = 0
        self._previous: dict[int, tuple[int, int]] = {}

    def _add_line(self, source: Source) -> None:
        line, settings = source.line, self.context.settings
        if line.ssrc is None:
            return
        stream = Stream(source, line.ssrc, line.payload_type, settings)
        self.tracks.append(stream)
        self.streams[line.ssrc] = stream
        if line.rtx_ssrc is not None and line.rtx_payload_type is not None:
            self.streams[line.rtx_ssrc] = Stream(
                source, line.rtx_ssrc, line.rtx_payload_type, settings, repairs=stream
            )

    def _media_receiver(self, srtp: SrtpPair) -> Callable[[int, int], None]:
        self.bytes_left = self._most_bytes
        self.packets_left = self._most_packets
        return forwarder(self.context, self, srtp)

    # --- RTCP of the source --------------------------------------------------------------------

    def receive_rtcp(self, size: int, now_us: int) -> None:
        """Sender reports and descriptions go on as they are; all else ends here."""
        compound = self.open_rtcp(size, now_us)
        if compound is None:
            return
        passed: list[bytes] = []
        for packet in rtcp.parse(compound):
            if packet.kind == rtcp.Kind.SENDER_REPORT:
                self._note_sender_report(packet, now_us)
            elif packet.kind != rtcp.Kind.DESCRIPTION:
                continue
            if packet.sender_ssrc in self.streams:
                passed.append(packet.raw)
        if not self.held and passed:
            forwarded = b"".join(passed)
            for viewer in self.viewers:
                viewer.send_rtcp(forwarded)

    def _note_sender_report(self, packet: rtcp.Packet, now_us: int) -> None:
        stream = self.streams.get(packet.sender_ssrc)
        times = rtcp.sender_report(packet)
        if stream is None or times is None:
            return
        ntp, rtp_timestamp = times
        stream.note_sender_report(ntp, rtp_timestamp, now_us)
        if self.tap is not None and not self.held and stream.repairs is None:
            self.tap.sender_report(stream.track, now_us, ntp, rtp_timestamp)

    # --- feedback to the source ----------------------------------------------------------------

    def author(self, now_us: int) -> "DownConnection | None":
        """Whose feedback the source hears: the primary viewer's, or (``None``) the server's."""
        viewer = self.primary
        if viewer is None or viewer.route is None:
            return None
        silence_us = self.context.settings.author_silence_s * 1e6
        return viewer if now_us - viewer.last_feedback_us <= silence_us else None

    def pass_feedback(self, viewer: "DownConnection", raw: bytes, now_us: int) -> None:
        """The primary viewer's congestion feedback, on the one clock that the source sees."""
        own = int.from_bytes(raw[16:19], "big")
        reference, count = self._reference.place(viewer.connection_id, own, now_us)
        self.arrivals.skip()
        self._ask_for_losses(now_us)
        self.send_rtcp(twcc.with_reference(raw, reference, count))

    def want_key_frame(self, ssrc: int, *, joining: bool = False) -> None:
        stream = self.streams.get(ssrc)
        if stream is not None and stream.video:
            (stream.repairs or stream).gate.wish(joining=joining)

    def want_key_frames(self, *, joining: bool) -> None:
        for stream in self.tracks:
            self.want_key_frame(stream.ssrc, joining=joining)

    def tick(self, now_us: int) -> None:
        """Each 20 ms while connected: first what was lost, then what has arrived."""
        self._refill(now_us)
        self._ask_for_losses(now_us)
        self._ask_for_key_frames(now_us)
        if now_us >= self._next_feedback_us:
            interval_us = int(self.context.settings.feedback_interval_s * 1e6)
            self._next_feedback_us = max(self._next_feedback_us + interval_us, now_us)
            if self.author(now_us) is None:
                self._write_feedback(now_us)
        if now_us >= self._next_report_us:
            self._next_report_us = now_us + REPORT_US
            blocks = [stream.report(now_us) for stream in self.streams.values() if stream.packets]
            if self.author(now_us) is None and blocks:
                self.send_rtcp(rtcp.receiver_report(self._ssrc, blocks))

    def _refill(self, now_us: int) -> None:
        """What may come until the next tick, of the agreed bit rate and of the packet rate."""
        elapsed_us = now_us - self._refilled_us
        self._refilled_us = now_us
        gained = self._bytes_per_us * elapsed_us
        self.bytes_left = min(self._most_bytes, max(0.0, self.bytes_left) + gained)
        gained = self._packets_per_us * elapsed_us
        self.packets_left = min(self._most_packets, max(0.0, self.packets_left) + gained)

    def _ask_for_losses(self, now_us: int, least_age_us: int = REORDER_US) -> None:
        for stream in self.tracks:
            losses = stream.losses
            if losses is None or not losses.missing:
                continue
            round_trip_us = self.ice.round_trip_us or DEFAULT_ROUND_TRIP_US
            asked = losses.due(now_us, round_trip_us, least_age_us)
            if asked:
                self.send_rtcp(rtcp.generic_nack(self._ssrc, stream.ssrc, asked))

    def _ask_for_key_frames(self, now_us: int) -> None:
        if self.held:
            return
        for stream in self.tracks:
            if stream.gate.wished and stream.gate.take(now_us, congested=self._is_congested()):
                self.send_rtcp(rtcp.picture_loss(self._ssrc, stream.ssrc))

    def _is_congested(self) -> bool:
        limit = self.context.settings.congested_loss
        if self.primary is not None and self.primary.lost_fraction > limit:
            return True
        return any(stream.lost_fraction > limit for stream in self.tracks)

    def _write_feedback(self, now_us: int) -> None:
        # A sender forgets what is acknowledged: nothing is passed over without being asked for.
        self._ask_for_losses(now_us, least_age_us=0)
        first, arrivals = self.arrivals.unreported()
        media_ssrc = self.tracks[0].ssrc if self.tracks else 0
        for feedback in twcc.cut(first, arrivals):
            reference, count = self._reference.place(SERVER, feedback.reference, now_us)
            placed = twcc.Feedback(feedback.first, reference, feedback.arrivals)
            self.send_rtcp(twcc.encode(self._ssrc, media_ssrc, placed, count))
        self.arrivals.skip()

    # --- the record ----------------------------------------------------------------------------

    def wish_recorded_key_frames(self, now_us: int) -> None:
        """So that a record can be entered anywhere; not while a thin uplink carries a still."""
        if self.tap is None or self.held or self.still_priority:
            return
        settings = self.context.settings
        for stream in self.tracks:
            document = stream.kind is TrackKind.DOCUMENT
            longest_s = (
                settings.recorded_document_key_frame_s
                if document
                else settings.recorded_camera_key_frame_s
            )
            last_us = stream.gate.last_us
            begun = last_us >= self.tapped_us
            due_us = last_us + longest_s * 1e6 if begun else self.tapped_us + RECORD_WAITS_US
            if stream.video and now_us >= due_us:
                stream.gate.wish()

    # --- figures -------------------------------------------------------------------------------

    def expects_media(self, now_us: int) -> bool:
        """Not of who never sent any: a browser declares SSRCs for absent devices too."""
        del now_us
        return any(stream.packets for stream in self.tracks) and not self.held

    def statistics(self, now_us: int, seconds: float) -> ConnectionStatistics:
        tracks: list[TrackStatistics] = []
        for stream in self.tracks:
            packets, octets = self._previous.get(stream.ssrc, (0, 0))
            self._previous[stream.ssrc] = (stream.packets, stream.bytes)
            age_ms = (now_us - stream.last_us) // 1000 if stream.last_us else None
            tracks.append(
                TrackStatistics(
                    kind=stream.kind,
                    bitrate_bps=int((stream.bytes - octets) * 8 / seconds),
                    packets_per_s=(stream.packets - packets) / seconds,
                    lost_fraction=stream.lost_fraction,
                    last_packet_age_ms=age_ms,
                )
            )
        round_trip_us = self.ice.round_trip_us
        return ConnectionStatistics(
            connection_id=self.connection_id,
            participant_id=self.participant_id,
            direction=self.direction,
            tracks=tracks,
            round_trip_ms=None if round_trip_us is None else round_trip_us / 1000,
        )
