"""One SSRC of an up connection: what the forwarding path knows of it."""

from dataclasses import dataclass
from typing import Any

from signaling.relay.control import Line, TrackKind
from signaling.relay.key_frames import (
    GateTimes,
    KeyFrameGate,
    begins_key_frame,
    is_seen,
    is_too_large,
)
from signaling.relay.losses import Losses
from signaling.relay.port import Address
from signaling.relay.ring import Ring
from signaling.relay.rtcp import ReportBlock
from signaling.relay.rtp import payload_offset
from signaling.relay.settings import RelaySettings
from signaling.relay.srtp import SrtpPair

Target = tuple[Any, Any, Address, SrtpPair]
"""SRTP session, ``sendto`` of the socket, and address of one receiver; and the owner of the
session, which is a bare C pointer, so that it lives as long as anybody may use it."""


@dataclass(frozen=True, slots=True)
class Source:
    """The line that a stream belongs to, and how it is numbered."""

    line: Line
    index: int
    """Of the m-line: 0 to 2."""
    track: int
    """Number of the track in the room's log."""


class Stream:
    """The attributes that :mod:`signaling.relay.forward` reads and writes for every packet.

    ``targets`` are the receivers, a tuple that is replaced as a whole when anything changes.
    """

    __slots__ = (
        "_first",
        "_previous_counts",
        "_sender_report",
        "bytes",
        "extended",
        "gate",
        "index",
        "kind",
        "last_report",
        "last_us",
        "line",
        "losses",
        "lost_fraction",
        "next_sequence",
        "packets",
        "payload_type",
        "repairs",
        "ring",
        "ssrc",
        "targets",
        "timestamp",
        "track",
        "video",
    )

    def __init__(
        self,
        source: Source,
        ssrc: int,
        payload_type: int,
        settings: RelaySettings,
        repairs: "Stream | None" = None,
    ) -> None:
        self.line = source.line
        self.index = source.index
        self.track = source.track
        self.kind: TrackKind = source.line.kind
        self.video = self.kind is not TrackKind.AUDIO
        self.ssrc = ssrc
        self.payload_type = payload_type
        self.repairs = repairs
        self.targets: tuple[Target, ...] = ()
        self.next_sequence = -1
        self.extended = 0
        """Newest sequence number with its cycles, as of the last :meth:`advance`."""
        self.timestamp = -1
        self.packets = 0
        self.bytes = 0
        self.last_us = 0
        self.ring = Ring(_ring_size(settings, source.line.kind) if repairs is None else 1)
        self.losses = Losses() if source.line.nack and repairs is None else None
        gap, congested = settings.key_frame_gap_s, settings.key_frame_gap_congested_s
        times = GateTimes(int(gap * 1e6), int(congested * 1e6))
        self.gate = KeyFrameGate(times, seen=is_seen(source.line.codec))
        self.lost_fraction = 0.0
        """Of the last second, between the client and the relay."""
        self._first = 0
        self._previous_counts = (0, 0)
        self._sender_report = (0, 0)
        self.last_report: tuple[int, int] | None = None
        """NTP and RTP time of the last sender report: a tap that opens later needs it at once."""

    def jumped(self, sequence: int, now_us: int) -> None:
        """A number that is not the next one: the first, a late one, or one behind a gap."""
        expected = self.next_sequence
        if expected < 0:
            self.extended = self._first = sequence
            self._previous_counts = (sequence - 1, 0)
        else:
            ahead = (sequence - expected) & 0xFFFF
            if ahead >= 0x8000:
                if self.losses is not None:
                    self.losses.arrived(sequence)
                return
            if self.losses is not None and not self.losses.gap(expected, ahead, now_us):
                self.gate.wish()
        self.next_sequence = (sequence + 1) & 0xFFFF

    def new_frame(self, packet: memoryview, timestamp: int, now_us: int) -> bool:
        """The first packet of another timestamp; ``packet`` is exactly the packet.

        False for a picture that claims to be larger than anybody should decode.
        """
        # A late packet of an older frame is no new one.
        if self.timestamp >= 0 and (timestamp - self.timestamp) & 0xFFFFFFFF >= 0x80000000:
            return True
        self.timestamp = timestamp
        self.gate.ended()
        codec, payload = self.line.codec, packet[payload_offset(packet) :]
        if begins_key_frame(codec, payload):
            self.gate.began(now_us)
        return not is_too_large(codec, payload)

    def advance(self) -> int:
        """Brings :attr:`extended` up to date; exact if called before half a cycle has passed."""
        if self.next_sequence >= 0:
            highest = (self.next_sequence - 1) & 0xFFFF
            self.extended += (highest - self.extended) & 0xFFFF
        return self.extended

    def note_sender_report(self, ntp: int, rtp_timestamp: int, now_us: int) -> None:
        self._sender_report = (ntp >> 16 & 0xFFFFFFFF, now_us)
        self.last_report = (ntp, rtp_timestamp)

    def report(self, now_us: int) -> ReportBlock:
        """What a receiver says of this stream (RFC 3550 §6.4); begins a new interval of loss."""
        extended = self.advance()
        expected = extended - self._first + 1
        before, packets_before = self._previous_counts
        lost = extended - before - (self.packets - packets_before)
        self.lost_fraction = max(0.0, lost / max(1, extended - before))
        self._previous_counts = (extended, self.packets)
        last_report, since_us = self._sender_report
        delay = (now_us - since_us) * 65_536 // 1_000_000 if last_report else 0
        total = max(0, expected - self.packets)
        return ReportBlock(
            self.ssrc, self.lost_fraction, total, extended, 0, last_report, delay & 0xFFFFFFFF
        )


def _ring_size(settings: RelaySettings, kind: TrackKind) -> int:
    return {
        TrackKind.AUDIO: settings.ring_packets_audio,
        TrackKind.CAMERA: settings.ring_packets_camera,
        TrackKind.DOCUMENT: settings.ring_packets,
    }[kind]
