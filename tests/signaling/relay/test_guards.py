"""What strangers and misbehaving peers send does no harm, and is counted rather than logged."""

import random
import socket
import struct
from collections.abc import Iterator
from functools import partial

import pytest

from signaling.relay import rtcp, stun
from signaling.relay.settings import RelaySettings
from tests.signaling.relay.conftest import RunningRelay, running_relay
from tests.signaling.relay.media_client import AUDIO_SSRC, CAMERA_SSRC, OPUS, rtp
from tests.signaling.relay.test_forward import tap_order

PLAIN_ALERT = bytes((21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40))


@pytest.fixture
def stranger(running: RunningRelay) -> Iterator[socket.socket]:
    """Someone elsewhere who knows the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(running.address)
        yield sender


async def test_empty_datagrams_and_forged_alerts_do_not_stop_a_handshake(
    running: RunningRelay, stranger: socket.socket
) -> None:
    client = running.client()
    running.relay.open_up(client.up_order("a1"))
    for turn in range(100):
        stranger.send(b"")
        stranger.send(PLAIN_ALERT)
        if turn == 50:
            await client.check_until_answered()
            client.send(b"")
            # Even with the client's own address: an alert in the clear proves nothing.
            client.send(PLAIN_ALERT)
    await client.connect()
    await client.until(lambda: running.connection("a1").srtp is not None)
    assert running.dropped["empty"] == 101
    assert running.dropped["foreign_address"] == 100


async def test_a_call_goes_on_under_random_datagrams(
    running: RunningRelay, stranger: socket.socket
) -> None:
    up = await running.up()
    viewer = await running.down()
    noise = random.Random(5)
    for turn in range(20):
        for _ in range(50):
            stranger.send(noise.randbytes(noise.randrange(1_500)))
            up.send(noise.randbytes(noise.randrange(1, 1_500)))
        up.send_rtp(rtp(CAMERA_SSRC, turn))
        await viewer.until(partial(viewer.has_received, turn + 1))
    assert running.edge.reasons() == {}


async def test_malformed_stun_is_counted_and_never_answered(
    running: RunningRelay, stranger: socket.socket
) -> None:
    up = await running.up()
    viewer = await running.down()
    head = bytes((0, 1, 0, 8)) + (0x2112A442).to_bytes(4, "big")
    for turn in range(200):
        for _ in range(100):
            stranger.send(head + bytes(12) + b"\x00\x06\xff\xff" + bytes(4))
        if turn % 10 == 0:
            up.send_rtp(rtp(AUDIO_SSRC, turn, payload_type=OPUS))
        await up.pump(0.001)
    await viewer.until(lambda: len(viewer.rtp) == 20)
    counted = running.dropped.get("stun_malformed", 0) + running.dropped.get("stun_rate", 0)
    assert counted > 15_000, "the kernel may have dropped some"
    stranger.setblocking(False)
    with pytest.raises(BlockingIOError):
        stranger.recv(100)


async def test_malformed_rtcp_of_a_valid_peer_is_dropped(running: RunningRelay) -> None:
    up = await running.up()
    viewer = await running.down(primary=True)
    noise = random.Random(6)
    for client in (up, viewer):
        for kind in range(200, 208):
            for size in range(0, 40, 4):
                body = bytes(4) + noise.randbytes(size)
                client.send_rtcp(rtcp.build(kind, noise.randrange(32), body))
                broken = bytearray(rtcp.build(kind, 1, body))
                broken[3] += 3
                client.send_rtcp(bytes(broken))
            await client.pump(0.02)
    up.send_rtp(rtp(CAMERA_SSRC, 1))
    await viewer.until(lambda: bool(viewer.rtp))
    assert running.edge.reasons() == {}


async def test_a_viewer_cannot_make_the_server_keep_endless_state(running: RunningRelay) -> None:
    await running.up()
    viewer = await running.down()
    for ssrc in range(1, 101):
        viewer.send_rtcp(rtcp.picture_loss(ssrc, CAMERA_SSRC))
    viewer.send_rtp(rtp(CAMERA_SSRC, 1))
    await viewer.until(lambda: running.dropped.get("rtcp_sender") == 84)
    await viewer.until(lambda: running.dropped.get("media_from_viewer") == 1)


async def test_rtcp_beyond_its_rate_is_dropped(running: RunningRelay) -> None:
    await running.up()
    viewer = await running.down()
    for _ in range(600):
        viewer.send_rtcp(rtcp.picture_loss(1, CAMERA_SSRC))
    await viewer.until(lambda: running.dropped.get("rtcp_rate", 0) > 100)


async def test_a_handshake_survives_lost_flights(running: RunningRelay) -> None:
    client = running.client()
    client.lose_next = 1
    running.relay.open_up(client.up_order("a1"))
    await client.connect()
    await client.until(lambda: running.connection("a1").srtp is not None)
    assert client.lose_next == 0


async def test_a_defect_in_one_call_is_counted_and_the_others_go_on(
    running: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = await running.up("a1"), await running.up("a2")
    viewer = await running.down("a2")
    monkeypatch.setattr(running.source("a1"), "receive_media", _raise)
    monkeypatch.setattr(running.source("a1"), "tick", _raise)
    broken.send_rtp(rtp(CAMERA_SSRC, 1))
    await broken.until(lambda: running.dropped.get("defect", 0) > 1)
    sound.send_rtp(rtp(CAMERA_SSRC, 1))
    await viewer.until(lambda: bool(viewer.rtp))


def _raise(*_arguments: int) -> None:
    raise RuntimeError("a defect")


async def test_a_picture_that_claims_to_be_huge_reaches_nobody_and_ends_its_connection(
    running: RunningRelay,
) -> None:
    """A few bytes that would take a viewer's browser a gigabyte to decode."""
    up = await running.up()
    viewer = await running.down()
    await running.relay.open_tap(tap_order())
    up.send_rtp(rtp(CAMERA_SSRC, 1, timestamp=3_000, payload=_key_frame(1280, 720)))
    await viewer.until(partial(viewer.has_received, 1))
    up.send_rtp(rtp(CAMERA_SSRC, 2, timestamp=9_000, payload=_key_frame(16_383, 16_383)))
    await viewer.until(lambda: running.edge.reasons().get("a1") == "picture_size")
    assert viewer.has_received(1)
    assert len(running.tap.packets) == 1
    assert running.dropped["picture_size"] == 1


def _key_frame(width: int, height: int) -> bytes:
    """The first bytes of a VP8 key frame behind their descriptor (RFC 7741, RFC 6386 9.1)."""
    return b"\x10\x10\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height)


async def test_one_source_of_checks_is_cut_back_and_no_other(
    running: RunningRelay, stranger: socket.socket
) -> None:
    settings = running.relay.context.settings
    most = int(settings.stun_burst + settings.stun_per_source_per_s)
    client = running.client()
    running.relay.open_up(client.up_order("a1"))
    check = stun.binding_request(bytes(12), "nobody:else", "x" * 22)
    for _ in range(2 * most):
        stranger.send(check)
    await client.connect()
    await client.until(lambda: running.connection("a1").srtp is not None)
    heard = running.dropped["stun_unknown"]
    assert settings.stun_burst <= heard < 2 * most
    assert running.dropped["stun_rate"] == 2 * most - heard


async def test_a_source_of_very_many_small_packets_is_cut_back() -> None:
    """Far below the agreed bit rate: each packet costs as much as a large one."""
    async with running_relay(RelaySettings(packets_per_s=100)) as running:
        up = await running.up()
        viewer = await running.down()
        for sequence in range(300):
            up.send_rtp(rtp(AUDIO_SSRC, sequence, payload_type=OPUS, payload=b"\x78"))
        await up.until(lambda: running.dropped.get("rate", 0) >= 200)
        await viewer.pump(0.05)
        assert 0 < len(viewer.rtp) <= 100
