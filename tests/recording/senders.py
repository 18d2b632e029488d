"""Synthetic senders: real VP8 and Opus frames, packetized as a browser does, with a clock of their
own, so that a test knows when each frame was captured and what became of it."""

import io
import math
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any

import av

from recording.log_writer import LogTap
from signaling.relay.control import TrackKind
from tests.recording.conftest import line

MTU_BYTES = 1_100
NTP_EPOCH_US = 3_900_000_000_000_000


@cache
def vp8_frames(count: int = 150, rate: int = 15) -> list[bytes]:
    """Encoded pictures with some grain, a key frame each second."""
    grain = Random(5)

    def plane(number: int, size: int) -> bytes:
        return b"".join(grain.randbytes(9) + bytes([number % 200]) * 55 for _ in range(size // 64))

    return _encode_vp8(count, rate, plane)


@cache
def flashing_vp8_frames(rate: int = 15) -> list[bytes]:
    """A second of black pictures of which the first is white."""
    return _encode_vp8(rate, rate, lambda number, size: bytes([235 if number == 0 else 16]) * size)


def _encode_vp8(count: int, rate: int, luma: Callable[[int, int], bytes]) -> list[bytes]:
    with av.open(io.BytesIO(), mode="w", format="webm") as container:
        stream = container.add_stream("libvpx", rate=rate)
        stream.width, stream.height = 128, 96
        stream.pix_fmt = "yuv420p"
        stream.options = {"deadline": "realtime", "g": str(rate), "cpu-used": "8"}
        stream.bit_rate = 300_000
        frames = []
        for number in range(count):
            frame = av.VideoFrame(128, 96, "yuv420p")
            for index, plane in enumerate(frame.planes):
                size = plane.buffer_size
                plane.update(bytes([128]) * size if index else luma(number, size))
            frame.pts = number
            frames += [bytes(packet) for packet in stream.encode(frame)]
        frames += [bytes(packet) for packet in stream.encode(None)]
    return frames


@cache
def opus_packets(count: int = 500) -> list[bytes]:
    """20 ms packets of a tone."""
    return _encode_opus(count, lambda _number: 8_000)


@cache
def beeping_opus_packets() -> list[bytes]:
    """A second that begins with a beep of 100 ms."""
    return _encode_opus(50, lambda number: 16_000 if number < 5 else 0)


def _encode_opus(count: int, loudness: Callable[[int], int]) -> list[bytes]:
    with av.open(io.BytesIO(), mode="w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=48_000)
        stream.layout = "mono"
        stream.options = {"application": "lowdelay"}
        packets = []
        for number in range(count):
            frame = av.AudioFrame(format="s16", layout="mono", samples=960)
            times = range(number * 960, number * 960 + 960)
            height = loudness(number)
            tone = (round(height * math.sin(t * 880 * math.pi / 48_000)) for t in times)
            frame.planes[0].update(array("h", tone).tobytes())
            frame.sample_rate = 48_000
            frame.pts = number * 960
            packets += [bytes(packet) for packet in stream.encode(frame)]
    return packets[:count]


@dataclass
class Sent:
    """One frame: when it was captured on the call's clock, and whether all of it arrived."""

    at_us: int
    payload: bytes
    arrived: bool


@dataclass
class Network:
    """Delay, loss and disorder of an uplink; the same seed gives the same run."""

    seed: int = 1
    delay_us: int = 20_000
    jitter_us: int = 5_000
    loss: float = 0.0
    reorder: float = 0.0
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def arrival_us(self, sent_us: int) -> int | None:
        if self.random.random() < self.loss:
            return None
        late = 60_000 if self.random.random() < self.reorder else 0
        return sent_us + self.delay_us + self.random.randrange(self.jitter_us + 1) + late


@dataclass
class Sender:
    """One participant's up connection. ``skew_us``: how far its clock is from the call's."""

    tap: LogTap
    network: Network
    participant: str = "aa"
    connection: str = "c1"
    first_track: int = 0
    skew_us: int = 123_456_789
    rtp_start: int = 0xFFFF_F000
    sequence_start: int = 65_500
    drift: float = 0.0
    """How much faster the sound card's clock runs than the computer's."""
    sound: Callable[[], list[bytes]] = opus_packets
    pictures: Callable[[], list[bytes]] = vp8_frames
    events: list[tuple[int, int, tuple[Any, ...]]] = field(default_factory=list)
    sent: dict[TrackKind, list[Sent]] = field(default_factory=dict)
    sequences: dict[TrackKind, int] = field(default_factory=dict)

    def declare(self, *kinds: TrackKind) -> None:
        for kind in kinds:
            self.tap.add_track(self._track(kind), self.participant, self.connection, line(kind))

    def audio(self, from_us: int, to_us: int, held: tuple[int, int] = (0, 0)) -> None:
        packets = self.sound()
        count = round((to_us - from_us) * (1 + self.drift)) // 20_000
        for number in range(count):
            at_us = from_us + round(number * 20_000 / (1 + self.drift))
            timestamp = from_us * 48 // 1_000 + number * 960
            payload = packets[number % len(packets)]
            self._send(TrackKind.AUDIO, at_us, timestamp, [(payload, True)], payload, held)

    def video(
        self,
        kind: TrackKind,
        from_us: int,
        to_us: int,
        rate: int = 15,
        held: tuple[int, int] = (0, 0),
    ) -> None:
        frames = self.pictures()
        for number, at_us in enumerate(range(from_us, to_us, 1_000_000 // rate)):
            frame = frames[number % len(frames)]
            pieces = [frame[at : at + MTU_BYTES] for at in range(0, len(frame), MTU_BYTES)]
            payloads = [
                (
                    bytes([0x90 if n == 0 else 0x80, 0x80, number & 0x7F]) + piece,
                    n + 1 == len(pieces),
                )
                for n, piece in enumerate(pieces)
            ]
            self._send(kind, at_us, at_us * 9 // 100, payloads, frame, held)

    def reports(self, kind: TrackKind, from_us: int, to_us: int, every_us: int) -> None:
        """``round`` and the network's delay make them as inexact as real ones."""
        rate = 48 * (1 + self.drift) if kind is TrackKind.AUDIO else 90
        for at_us in range(from_us, to_us, every_us):
            ntp = ((NTP_EPOCH_US + at_us + self.skew_us) << 32) // 1_000_000
            timestamp = (self.rtp_start + round(at_us * rate / 1_000)) & 0xFFFF_FFFF
            arrival_us = at_us + self.network.delay_us
            event = ("sender_report", self._track(kind), arrival_us, ntp, timestamp)
            self.events.append((arrival_us, len(self.events), event))

    def shift(self, by_us: int) -> None:
        """Moves all arrivals, from the call's clock to the machine's."""
        self.events = [
            (at_us + by_us, order, (name, track, arrival_us + by_us, *rest))
            for at_us, order, (name, track, arrival_us, *rest) in self.events
        ]

    def flush(self, *others: "Sender") -> None:
        """Hands everything to the tap in order of arrival, emptying its buffer on the way."""
        events = self.events + [event for other in others for event in other.events]
        for number, (_at_us, _order, event) in enumerate(sorted(events, key=lambda e: e[:2])):
            name, *arguments = event
            getattr(self.tap, str(name))(*arguments)
            if number % 50 == 49:
                assert not self.tap.flush()

    def _track(self, kind: TrackKind) -> int:
        return self.first_track + list(TrackKind).index(kind)

    def _send(
        self,
        kind: TrackKind,
        at_us: int,
        timestamp: int,
        payloads: list[tuple[bytes, bool]],
        frame: bytes,
        held: tuple[int, int],
    ) -> None:
        arrived = True
        for payload, marker in payloads:
            sequence = self.sequences.get(kind, self.sequence_start)
            self.sequences[kind] = sequence + 1
            arrival_us = self.network.arrival_us(at_us)
            if arrival_us is None or held[0] <= at_us < held[1]:
                arrived = False
                continue
            agreed = line(kind)
            head = bytes([0x80, marker << 7 | agreed.payload_type])
            head += (sequence & 0xFFFF).to_bytes(2, "big")
            head += ((self.rtp_start + timestamp) & 0xFFFF_FFFF).to_bytes(4, "big")
            packet = head + (agreed.ssrc or 0).to_bytes(4, "big") + payload
            event = ("rtp", self._track(kind), arrival_us, memoryview(packet))
            self.events.append((arrival_us, len(self.events), event))
        self.sent.setdefault(kind, []).append(Sent(at_us, frame, arrived))
