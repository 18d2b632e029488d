"""An address is proven, not claimed."""

import gc
import weakref

import pytest

from signaling.relay.connection import Connection
from signaling.relay.control import (
    ConnectionClose,
    ConnectionRestart,
    ConnectionState,
    Direction,
    DownAnswer,
    Remote,
)
from signaling.relay.relay import Refusal
from tests.signaling.relay.conftest import RunningRelay
from tests.signaling.relay.media_client import CAMERA_SSRC, MediaClient, new_credentials, rtp

SECOND_US = 1_000_000


async def sees(viewer: MediaClient, up: MediaClient, sequence: int) -> None:
    """``viewer`` gets the packet that ``up`` sends now."""
    up.send_rtp(rtp(CAMERA_SSRC, sequence))
    wanted = sequence.to_bytes(2, "big")
    await viewer.until(lambda: any(packet[2:4] == wanted for packet in viewer.rtp))


async def test_a_check_with_the_wrong_password_gets_no_answer(running: RunningRelay) -> None:
    client = running.client()
    running.relay.open_up(client.up_order("a1"))
    client.send(client.check(pwd="x" * 24))
    await client.until(lambda: running.dropped.get("stun_unsigned") == 1)
    client.far = new_credentials()
    client.send_check()
    await client.until(lambda: running.dropped.get("stun_unknown") == 1)
    assert not client.check_answered


async def test_dtls_and_media_from_an_unproven_address_are_dropped(running: RunningRelay) -> None:
    client = running.client()
    running.relay.open_up(client.up_order("a1"))
    client.send(b"\x16\xfe\xfd" + bytes(60))
    client.send(rtp(CAMERA_SSRC, 1))
    await client.until(lambda: running.dropped.get("foreign_address") == 2)


async def test_a_viewer_that_moved_is_followed_after_it_answered(running: RunningRelay) -> None:
    up = await running.up()
    viewer = await running.down()
    await sees(viewer, up, 1)
    viewer.move()
    await viewer.check_until_answered()
    viewer.send_check()
    await viewer.until(lambda: running.is_sent_to("b1", viewer))
    await sees(viewer, up, 2)


async def test_media_does_not_move_to_an_address_that_cannot_answer(
    running: RunningRelay,
) -> None:
    """Someone who overheard a check repeats it from elsewhere: it is signed, and proves nothing."""
    up = await running.up()
    viewer = await running.down()
    thief = running.client()
    thief.far, thief.local, thief.answers_checks = viewer.far, viewer.local, False
    thief.send(viewer.check())
    await thief.until(lambda: thief.check_answered)
    running.later_us += 300_000
    await thief.pump(0.15)
    await sees(viewer, up, 1)
    assert not thief.sealed
    assert running.is_sent_to("b1", viewer)


async def test_an_address_serves_one_connection_only(running: RunningRelay) -> None:
    up = await running.up()
    other = running.client()
    running.relay.open_up(other.up_order("a2"))
    up.far, up.local = other.far, other.local
    up.send_check()
    await up.until(lambda: running.dropped.get("address_taken") == 1)
    running.later_us += 16 * SECOND_US
    up.check_answered = False
    await up.check_until_answered()


async def test_sending_stops_without_valid_checks_and_goes_on_with_them(
    running: RunningRelay,
) -> None:
    up = await running.up()
    viewer = await running.down()
    await sees(viewer, up, 1)
    viewer.answers_checks = False
    running.later_us += 16 * SECOND_US
    await viewer.until(lambda: running.viewer().route is None)
    viewer.take()
    before = len(viewer.rtp)
    up.send_rtp(rtp(CAMERA_SSRC, 2))
    await up.until(lambda: running.source().tracks[1].packets == 2)
    await viewer.pump(0.02)
    assert len(viewer.rtp) == before
    viewer.send_check()
    await viewer.until(lambda: running.viewer().route is not None)
    await sees(viewer, up, 3)


async def test_an_abandoned_connection_is_closed_and_its_viewers_with_it(
    running: RunningRelay,
) -> None:
    up = await running.up()
    viewer = await running.down()
    up.answers_checks = viewer.answers_checks = False
    running.later_us += 61 * SECOND_US
    await up.until(lambda: len(running.edge.reasons()) == 2)
    assert "abandoned" in running.edge.reasons().values()
    assert not running.relay.held().connections
    assert not running.relay.ports[0].owners, "the addresses are free again"


async def test_a_connection_that_does_not_come_up_is_closed_at_its_deadline(
    running: RunningRelay,
) -> None:
    client = running.client()
    running.relay.open_up(client.up_order("a1"))
    await client.check_until_answered()
    running.later_us += 21 * SECOND_US
    await client.until(lambda: running.edge.reasons() == {"a1": "connect_deadline"})


async def test_connections_being_set_up_are_bounded(running: RunningRelay) -> None:
    client = running.client()
    limit = running.relay.context.settings.half_open_per_participant
    for number in range(limit):
        client.far = new_credentials()
        running.relay.open_up(client.up_order(f"a{number:x}", participant_id="e1"))
    client.far = new_credentials()
    with pytest.raises(Refusal, match="too many"):
        running.relay.open_up(client.up_order("af", participant_id="e1"))
    running.relay.open_up(client.up_order("af", participant_id="e2"))


async def test_an_ice_restart_keeps_keys_and_streams(running: RunningRelay) -> None:
    up = await running.up()
    viewer = await running.down()
    await sees(viewer, up, 1)
    viewer.move()
    old_far = viewer.far
    viewer.far, viewer.local = new_credentials(), new_credentials()
    order = ConnectionRestart(request_id="0", connection_id="b1", local_ice=viewer.far)
    running.relay.restart(order)
    running.relay.restart(order)
    viewer.check_answered = False
    await viewer.check_until_answered()
    running.relay.answer_down(DownAnswer(request_id="0", connection_id="b1", remote=viewer.remote))
    await viewer.until(lambda: running.is_sent_to("b1", viewer))
    await sees(viewer, up, 2)
    viewer.far = old_far
    viewer.send_check()
    await viewer.until(lambda: running.dropped.get("stun_unsigned", 0) > 0)


async def test_media_waits_for_the_description_that_names_the_certificate(
    running: RunningRelay,
) -> None:
    up = await running.up()
    viewer = running.client()
    running.relay.open_down(viewer.down_order("b1", "a1"))
    await viewer.connect()
    up.send_rtp(rtp(CAMERA_SSRC, 1))
    await up.until(lambda: running.source().tracks[1].packets == 1)
    await viewer.pump(0.02)
    assert not viewer.sealed
    running.relay.answer_down(viewer.answer_order("b1"))
    await sees(viewer, up, 2)


@pytest.mark.parametrize("direction", Direction)
async def test_another_certificate_than_the_one_named_is_refused(
    running: RunningRelay, direction: Direction
) -> None:
    wrong = "AB:" * 31 + "AB"
    await running.up()
    client = running.client()
    remote = Remote(ice=client.local, fingerprint=wrong)
    if direction is Direction.UP:
        running.relay.open_up(client.up_order("c1", remote=remote))
    else:
        running.relay.open_down(client.down_order("c1", "a1"))
        running.relay.answer_down(DownAnswer(request_id="0", connection_id="c1", remote=remote))
    await client.connect()
    await client.until(lambda: running.edge.reasons() == {"c1": "fingerprint_mismatch"})


async def test_silence_and_its_end_are_told(running: RunningRelay) -> None:
    up = await running.up()
    up.send_rtp(rtp(CAMERA_SSRC, 1))
    await up.until(lambda: running.source().tracks[1].packets == 1)
    running.later_us += 1_600_000
    await up.until(lambda: running.source().state is ConnectionState.SILENT)
    up.send_rtp(rtp(CAMERA_SSRC, 2))
    await up.until(lambda: running.source().state is ConnectionState.CONNECTED)


async def test_who_never_sent_is_not_silent(running: RunningRelay) -> None:
    """A browser without devices declares SSRCs all the same; its call must not end for it."""
    await running.up()
    running.later_us += 10_000_000
    running.relay.check(running.clock())
    assert running.source().state is ConnectionState.CONNECTED


async def test_a_client_that_says_goodbye_is_closed_at_once(running: RunningRelay) -> None:
    up = await running.up()
    viewer = await running.down()
    up.say_goodbye()
    await up.until(lambda: running.edge.reasons() == {"a1": "client_closed", "b1": "source_closed"})
    await viewer.until(lambda: viewer.goodbye)


async def test_a_closed_connection_leaves_nothing_behind(running: RunningRelay) -> None:
    up = await running.up()
    viewer = await running.down()
    await sees(viewer, up, 1)
    remains: list[weakref.ref[Connection]] = [
        weakref.ref(running.source()),
        weakref.ref(running.viewer()),
    ]
    running.relay.close_connection(ConnectionClose(request_id="0", connection_id="a1"))
    running.edge.said.clear()
    gc.collect()
    assert [each() for each in remains] == [None, None]
    assert running.relay.closed == 2
    assert not running.relay.ports[0].owners
