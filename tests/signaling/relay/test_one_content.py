"""AES-GCM's condition: one SSRC and packet index leaves a connection with one content only.

And its other side: however many packets are withheld, the viewer can open what comes after them.
"""

import random
from collections.abc import AsyncIterator

import pytest

from signaling.relay import rtcp
from signaling.relay.control import Hold
from signaling.relay.settings import RelaySettings
from tests.signaling.relay.conftest import RunningRelay, running_relay
from tests.signaling.relay.media_client import (
    AUDIO_SSRC,
    CAMERA_RTX,
    CAMERA_SSRC,
    OPUS,
    RTX,
    MediaClient,
    rtp,
)

CYCLE = 1 << 16


@pytest.fixture
async def fast() -> AsyncIterator[RunningRelay]:
    """A relay that takes as many packets as a test can make."""
    async with running_relay(RelaySettings(packets_per_s=1e6)) as relay:
        yield relay


def hold(relay: RunningRelay, *, on: bool) -> None:
    relay.relay.hold(Hold(request_id="0", room_id="1", on=on))


@pytest.mark.parametrize("count", [40_000, 70_000])
async def test_tens_of_thousands_held_back_leave_srtp_in_step(
    fast: RunningRelay, count: int
) -> None:
    up = await fast.up(max_bitrate_bps=20_000_000)
    viewer = await fast.down(primary=True)
    fast.inject("a1", up.seal(rtp(CAMERA_SSRC, 65_000, payload=b"\x10\x01before")))
    hold(fast, on=True)
    number = 65_001
    for turn in range(count):
        fast.inject("a1", up.seal(rtp(CAMERA_SSRC, number % CYCLE, payload=b"secret")))
        number += 1
        fast.later_us += 50
        if turn % 200 == 0:
            fast.relay.tick(fast.clock())
            fast.relay.check(fast.clock())
            viewer.take()
    assert fast.dropped["held"] == count
    hold(fast, on=False)
    after = rtp(CAMERA_SSRC, number % CYCLE, payload=b"\x10\x01after")
    fast.inject("a1", up.seal(after))
    # A packet that cannot be opened raises in the client.
    await viewer.until(lambda: after in viewer.rtp)
    assert len(viewer.rtp) < 20
    assert not any(packet.endswith(b"secret") for packet in viewer.rtp)
    assert {len(packet) for packet in viewer.rtp} <= {13, len(after), len(after) + 1}


def withhold(relay: RunningRelay, *, level: int) -> None:
    """As if the viewer's link had got worse or better."""
    viewer = relay.viewer()
    viewer.load._level = level
    viewer.room.route_changed(viewer, relay.clock())


class Chaos:
    """A source and a viewer that do everything packets can suffer, in random order."""

    def __init__(self, relay: RunningRelay, up: MediaClient, viewer: MediaClient) -> None:
        self._relay = relay
        self._up = up
        self._viewer = viewer
        self._random = random.Random(7)
        self._next = {CAMERA_SSRC: 65_000, AUDIO_SSRC: 10, CAMERA_RTX: 1}
        self._late: list[tuple[int, bytes]] = []
        self._lost: list[int] = []
        self._content = 0

    def step(self) -> None:
        often = [self._send, self._send, self._send, self._lose, self._delay]
        self._random.choice([*often, self._deliver_late, self._repair, self._ask, self._skip])()

    def _packet(self, ssrc: int, number: int) -> bytes:
        self._content += 1
        payload_type = OPUS if ssrc == AUDIO_SSRC else VP8_BY_SSRC[ssrc]
        payload = b"\x10\x01" + self._content.to_bytes(4, "big")
        return rtp(ssrc, number % CYCLE, payload_type=payload_type, payload=payload)

    def _new(self, ssrc: int) -> bytes:
        number = self._next[ssrc]
        self._next[ssrc] += 1
        return self._up.seal(self._packet(ssrc, number))

    def _send(self) -> None:
        ssrc = self._random.choice([CAMERA_SSRC, AUDIO_SSRC])
        self._relay.inject("a1", self._new(ssrc))

    def _lose(self) -> None:
        self._lost.append(self._next[CAMERA_SSRC] % CYCLE)
        self._new(CAMERA_SSRC)

    def _delay(self) -> None:
        number = self._next[CAMERA_SSRC] % CYCLE
        self._late.append((number, self._new(CAMERA_SSRC)))

    def _deliver_late(self) -> None:
        if self._late:
            _, sealed = self._late.pop(self._random.randrange(len(self._late)))
            self._relay.inject("a1", sealed)

    def _repair(self) -> None:
        """A retransmission of something lost, of something that only is late, or in vain."""
        late = [number for number, _ in self._late]
        wanted = self._random.choice([*self._lost[-3:], *late[-3:], self._next[CAMERA_SSRC] - 3])
        wanted %= CYCLE
        number = self._next[CAMERA_RTX]
        self._next[CAMERA_RTX] += 1
        payload = wanted.to_bytes(2, "big") + b"repair" + number.to_bytes(3, "big")
        packet = rtp(CAMERA_RTX, number % CYCLE, payload_type=RTX, payload=payload)
        self._relay.inject("a1", self._up.seal(packet))

    def _ask(self) -> None:
        """The viewer wants any of the last packets, those it never was sent included."""
        ssrc = self._random.choice([CAMERA_SSRC, AUDIO_SSRC, CAMERA_RTX])
        newest = self._next[ssrc]
        asked = sorted((newest - self._random.randrange(60)) % CYCLE for _ in range(10))
        sealed = self._viewer.seal_rtcp(rtcp.generic_nack(9, ssrc, asked))
        self._relay.inject("b1", sealed)
        self._relay.later_us += 200_000

    def _skip(self) -> None:
        self._next[CAMERA_SSRC] += self._random.choice([1, 5, 200])

    def leap(self) -> None:
        """Far enough for the viewer's SRTP to be moved along."""
        self._next[CAMERA_SSRC] += 9_000

    @property
    def went_round(self) -> bool:
        """Whether equal sequence numbers may be different indices."""
        return self._next[CAMERA_SSRC] - 65_000 >= CYCLE


VP8_BY_SSRC = {CAMERA_SSRC: 96, CAMERA_RTX: RTX}


async def test_no_index_ever_carries_two_contents(fast: RunningRelay) -> None:
    up = await fast.up(max_bitrate_bps=20_000_000)
    viewer = await fast.down(primary=False)
    chaos = Chaos(fast, up, viewer)
    for turn in range(4_000):
        chaos.step()
        fast.relay.tick(fast.clock())
        if turn % 40 == 0:
            up.send_check()
            viewer.send_check()
            await viewer.pump(0.004)
        if turn % 97 == 0:
            hold(fast, on=turn // 97 % 3 == 1)
        if turn % 50 == 0:
            withhold(fast, level=turn // 50 % 3)
        if turn in {110, 1_265, 2_570}:
            chaos.leap()
        if turn % 61 == 0:
            fast.relay.check(fast.clock())
        up.take()
        viewer.take()
    assert not chaos.went_round
    contents: dict[tuple[bytes, bytes], bytes] = {}
    for sealed in viewer.sealed:
        # Sealed bytes are a function of index and content: the same index, the same bytes.
        assert contents.setdefault((sealed[8:12], sealed[2:4]), sealed) == sealed
    assert len(contents) > 500
    assert viewer.repeats > 50, "the ring was asked and answered"
    assert any(len(packet) == 13 for packet in viewer.rtp), "SRTP was moved along"


async def test_a_number_used_to_move_srtp_along_is_never_resent_with_its_content(
    fast: RunningRelay,
) -> None:
    up = await fast.up(max_bitrate_bps=20_000_000)
    viewer = await fast.down()
    fast.inject("a1", up.seal(rtp(CAMERA_SSRC, 1)))
    withhold(fast, level=1)
    fast.inject("a1", up.seal(rtp(CAMERA_SSRC, 9_000)))
    fast.relay.check(fast.clock())
    withhold(fast, level=0)
    resumed = rtp(CAMERA_SSRC, 9_001)
    fast.inject("a1", up.seal(resumed))
    fast.inject("b1", viewer.seal_rtcp(rtcp.generic_nack(9, CAMERA_SSRC, [9_000, 9_001])))
    await viewer.until(lambda: viewer.repeats == 1)
    assert [(packet[2:4], len(packet)) for packet in viewer.rtp] == [
        (b"\x00\x01", len(resumed)),
        ((9_000).to_bytes(2, "big"), 13),
        ((9_001).to_bytes(2, "big"), len(resumed)),
    ]
