"""A connection down: what one viewer is sent of one source, and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from signaling.relay import rtcp, twcc
from signaling.relay.connection import Connection
from signaling.relay.context import RelayContext
from signaling.relay.control import (
    ConnectionStatistics,
    Direction,
    DownOpen,
    TrackStatistics,
)
from signaling.relay.load import Load
from signaling.relay.rates import TokenBucket
from signaling.relay.rtp import padding_packet
from signaling.relay.srtp import SrtpPair
from signaling.relay.stream import Stream, Target

if TYPE_CHECKING:
    from signaling.relay.room import Room
    from signaling.relay.up import UpConnection

STEP = 8_192
"""Withheld packets after which the viewer's SRTP is moved along."""
_FAR_STEP = 16_384
_REPEATS_REMEMBERED = 1_024
_ASKED_AT_ONCE = 256
"""Read of one NACK message."""
_SHORTEST_REPEAT_US = 20_000
NEVER_US = -1 << 40


@dataclass(slots=True)
class Flow:
    """One stream of the source towards this viewer.

    Both ends of SRTP infer the high bits of a packet's index (its rollover counter) from the last
    packet seen, and lose each other when half a cycle of 65,536 goes by unseen. So while packets
    are withheld, an empty packet under the number of a withheld one is sent now and then. That
    number is never sent with another content: the ring answers only for packets forwarded while
    the flow was open.
    """

    stream: Stream
    open: bool = False
    begun: bool = False
    since_us: int = 0
    reached: int = 0
    """Extended sequence number up to which the viewer's SRTP has come, while not open."""


class DownConnection(Connection):
    direction: ClassVar[Direction] = Direction.DOWN

    def __init__(
        self,
        context: RelayContext,
        room: "Room",
        order: DownOpen,
        source: "UpConnection",
        now_us: int,
    ) -> None:
        super().__init__(context, room, order, now_us)
        self.source = source
        self.last_feedback_us = NEVER_US
        self.lost_fraction = 0.0
        self._flows = {ssrc: Flow(stream) for ssrc, stream in source.streams.items()}
        self._lost: dict[int, float] = {}
        self._previous: dict[int, tuple[int, int]] = {}
        settings = context.settings
        self.load = Load(settings, tuple(line.kind for line in source.lines))
        self._resend_budget = TokenBucket(settings.resend_per_s, settings.resend_burst)
        self._resent: dict[tuple[int, int], int] = {}

    def _media_receiver(self, srtp: SrtpPair) -> Callable[[int, int], None]:
        del srtp
        return self._receive

    # --- what the viewer says ------------------------------------------------------------------

    def _receive(self, size: int, now_us: int) -> None:
        if not 192 <= self.context.received.view[1] <= 223:
            self.context.counters.dropped["media_from_viewer"] += 1
            return
        compound = self.open_rtcp(size, now_us)
        if compound is None:
            return
        self.last_media_us = now_us
        for packet in rtcp.parse(compound):
            self._handle(packet, now_us)

    def _handle(self, packet: rtcp.Packet, now_us: int) -> None:
        if packet.kind == rtcp.Kind.RECEIVER_REPORT:
            self._read_report(packet, now_us)
        elif rtcp.is_transport_feedback(packet, rtcp.TRANSPORT_CC):
            self._read_feedback(packet, now_us)
        elif rtcp.is_transport_feedback(packet, rtcp.GENERIC_NACK):
            self._resend(packet, now_us)
        else:
            for ssrc in rtcp.wants_key_frame(packet):
                flow = self._flows.get(ssrc)
                if flow is not None and flow.open:
                    self.source.want_key_frame(ssrc)

    def _read_feedback(self, packet: rtcp.Packet, now_us: int) -> None:
        if self.source.primary is self:
            self.last_feedback_us = now_us
            self.source.pass_feedback(self, packet.raw, now_us)
            return
        feedback = twcc.decode(packet.raw)
        if feedback is None:
            self.context.counters.dropped["feedback"] += 1
        else:
            self.load.read(feedback, self.source.arrivals)

    def _read_report(self, packet: rtcp.Packet, now_us: int) -> None:
        for block in rtcp.report_blocks(packet):
            if block.ssrc in self._flows:
                self._lost[block.ssrc] = block.lost_fraction
        self.lost_fraction = max(self._lost.values(), default=0.0)
        if self.source.author(now_us) is self:
            self.source.send_rtcp(packet.raw)

    def _resend(self, packet: rtcp.Packet, now_us: int) -> None:
        """The ring answers; the source is asked by the server for what it lost on its way here."""
        flow = self._flows.get(packet.media_ssrc)
        if flow is None or not flow.open:
            return
        settings = self.context.settings
        not_before_us = max(flow.since_us, now_us - int(settings.ring_age_s * 1e6))
        for sequence in islice(rtcp.nack_sequences(packet), _ASKED_AT_ONCE):
            stored = flow.stream.ring.find(sequence, not_before_us)
            if stored is None or not self._may_resend(flow.stream.ssrc, sequence, now_us):
                continue
            if not self._resend_budget.take(now_us):
                self.context.counters.dropped["resend_budget"] += 1
                return
            self.send_rtp(stored)

    def _may_resend(self, ssrc: int, sequence: int, now_us: int) -> bool:
        """Not twice within a round trip or so: the first one may still be on its way."""
        repeat_us = self._repeat_us()
        if now_us - self._resent.get((ssrc, sequence), NEVER_US) < repeat_us:
            return False
        if len(self._resent) >= _REPEATS_REMEMBERED:
            self._resent = {k: t for k, t in self._resent.items() if now_us - t < repeat_us}
        self._resent[ssrc, sequence] = now_us
        return True

    def _repeat_us(self) -> float:
        """A lost repair is asked for again a round trip later; where it is short, an answer withheld
        for longer would cost one of the few tries that a packet has before it is too old."""
        longest_us = self.context.settings.ring_repeat_s * 1e6
        round_trip_us = self.ice.round_trip_us
        if round_trip_us is None:
            return longest_us
        return min(longest_us, max(_SHORTEST_REPEAT_US, round_trip_us))

    # --- what the viewer is sent ---------------------------------------------------------------

    def target(self, stream: Stream) -> Target | None:
        """Where packets of ``stream`` go now, or ``None`` while they are withheld."""
        route, srtp = self.route, self.srtp
        if route is None or srtp is None or self.source.held:
            return None
        if self.source.primary is not self and stream.kind in self.load.withheld:
            return None
        return srtp.sending, route.port.sendto, route.address, srtp

    def set_open(self, stream: Stream, is_open: bool, now_us: int) -> bool:
        """Begins or ends a flow. True when it has begun: the viewer needs a key frame."""
        flow = self._flows[stream.ssrc]
        if flow.open == is_open:
            return False
        if is_open:
            self._catch_up(flow)
            flow.since_us = now_us
        else:
            flow.reached = stream.advance()
        flow.open = is_open
        flow.begun = flow.begun or is_open
        return is_open

    def keep_in_step(self) -> None:
        """Moves the viewer's SRTP along while packets are withheld."""
        if self.route is None:
            return
        for flow in self._flows.values():
            if flow.begun and not flow.open:
                self._catch_up(flow)

    def _catch_up(self, flow: Flow) -> None:
        newest = flow.stream.advance()
        while flow.begun and newest - flow.reached >= STEP:
            # The last step takes a number that has arrived, so no late packet can have it; those
            # further back are beyond the replay window of the source's SRTP.
            near = newest - flow.reached <= _FAR_STEP + STEP
            flow.reached = newest if near else flow.reached + _FAR_STEP
            stream = flow.stream
            timestamp = max(0, stream.timestamp)
            sequence = flow.reached & 0xFFFF
            self.send_rtp(padding_packet(stream.ssrc, stream.payload_type, sequence, timestamp))

    # --- time and figures ----------------------------------------------------------------------

    def judge_load(self, now_us: int) -> None:
        """Withholds tracks from a viewer whose link does not carry them."""
        if self.source.primary is not self and self.srtp is not None and self.load.judge(now_us):
            self.room.route_changed(self, now_us)

    def expects_media(self, now_us: int) -> bool:
        """A viewer that is being sent something reports at least once a second."""
        silent_us = self.context.settings.silent_s * 1e6
        return any(
            flow.open and now_us - flow.stream.last_us < silent_us / 2
            for flow in self._flows.values()
        )

    def statistics(self, now_us: int, seconds: float) -> ConnectionStatistics:
        tracks: list[TrackStatistics] = []
        for stream in self.source.tracks:
            flow = self._flows[stream.ssrc]
            packets, octets = self._previous.get(stream.ssrc, (stream.packets, stream.bytes))
            self._previous[stream.ssrc] = (stream.packets, stream.bytes)
            passed = int(flow.open)
            age_ms = (now_us - stream.last_us) // 1000 if stream.last_us else None
            tracks.append(
                TrackStatistics(
                    kind=stream.kind,
                    bitrate_bps=int((stream.bytes - octets) * 8 / seconds) * passed,
                    packets_per_s=(stream.packets - packets) / seconds * passed,
                    lost_fraction=self._lost.get(stream.ssrc, 0.0),
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
