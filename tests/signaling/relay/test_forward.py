"""What goes up comes down unchanged, and only that."""

from functools import partial

from signaling.relay import rtcp
from signaling.relay.control import Hold, RoomOpen, TapClose, TapFailed, TapOpen
from tests.signaling.relay.conftest import RunningRelay
from tests.signaling.relay.media_client import (
    AUDIO_SSRC,
    CAMERA_RTX,
    CAMERA_SSRC,
    DOCUMENT_SSRC,
    OPUS,
    RTX,
    rtp,
)


def tap_order() -> TapOpen:
    return TapOpen(
        request_id="0",
        room_id="1",
        recording_id="c1",
        log_path="unused",
        key_base64="A" * 44,
        started_monotonic_us=0,
    )


async def test_every_viewer_gets_each_packet_unchanged(running: RunningRelay) -> None:
    up = await running.up()
    viewers = [await running.down(connection_id=each) for each in ("b1", "b2")]
    sent = [
        rtp(AUDIO_SSRC, 1, payload_type=OPUS, transport=1, payload=b"voice"),
        rtp(CAMERA_SSRC, 65_535, transport=2, timestamp=9),
        rtp(CAMERA_SSRC, 0, transport=3, timestamp=9, marker=True),
        rtp(DOCUMENT_SSRC, 7, transport=4, payload=bytes(1_150)),
    ]
    for packet in sent:
        up.send_rtp(packet)
    for viewer in viewers:
        await viewer.until(partial(viewer.has_received, len(sent)))
        assert list(viewer.rtp) == sent
    assert running.relay.counters.forwarded == 2 * len(sent)


async def test_a_participant_sees_itself_in_a_check_room(running: RunningRelay) -> None:
    up = await running.up(participant_id="e1")
    echo = await running.down(participant_id="e1", primary=True)
    up.send_rtp(rtp(CAMERA_SSRC, 5))
    await echo.until(lambda: bool(echo.rtp))


async def test_unagreed_ssrcs_and_payload_types_do_not_pass(running: RunningRelay) -> None:
    up = await running.up()
    viewer = await running.down()
    for ssrc in range(1_000, 1_400):
        up.send_rtp(rtp(ssrc, 1))
    up.send_rtp(rtp(CAMERA_SSRC, 1, payload_type=100))
    await up.until(lambda: running.dropped.get("unknown_ssrc") == 401)
    up.send_rtp(rtp(CAMERA_SSRC, 2))
    await viewer.until(lambda: bool(viewer.rtp))
    assert len(viewer.rtp) == 1


async def test_a_repeated_or_forged_packet_does_not_pass(running: RunningRelay) -> None:
    up = await running.up()
    viewer = await running.down()
    sealed = up.seal(rtp(CAMERA_SSRC, 1))
    up.send(sealed)
    up.send(sealed)
    up.send(sealed[:-1] + bytes((sealed[-1] ^ 1,)))
    await up.until(lambda: running.dropped.get("srtp") == 2)
    await viewer.pump(0.02)
    assert len(viewer.rtp) == 1


async def test_sender_reports_and_descriptions_pass_and_nothing_else(
    running: RunningRelay,
) -> None:
    up = await running.up()
    viewer = await running.down()
    report = rtcp.build(200, 0, CAMERA_SSRC.to_bytes(4, "big") + bytes(range(20)))
    description = rtcp.build(202, 1, CAMERA_SSRC.to_bytes(4, "big") + b"\x01\x02ab\0\0\0\0")
    goodbye = rtcp.build(203, 1, CAMERA_SSRC.to_bytes(4, "big"))
    up.send_rtcp(report + description + goodbye)
    await viewer.until(lambda: bool(viewer.rtcp))
    assert list(viewer.rtcp) == [report + description]


async def test_the_tap_gets_declared_tracks_packets_and_sender_reports(
    running: RunningRelay,
) -> None:
    up = await running.up()
    up.send_rtp(rtp(CAMERA_SSRC, 1))
    await up.until(lambda: running.source().tracks[1].packets == 1)
    await running.relay.open_tap(tap_order())
    tap = running.tap
    assert {track: line.kind.value for track, line in tap.tracks.items()} == {
        0: "audio",
        1: "camera",
        2: "document",
    }
    packet = rtp(CAMERA_SSRC, 2, transport=9)
    up.send_rtp(packet)
    ntp = 0x1234_5678_9ABC_DEF0
    body = CAMERA_SSRC.to_bytes(4, "big") + ntp.to_bytes(8, "big") + bytes((0, 0, 1, 0)) + bytes(8)
    up.send_rtcp(rtcp.build(200, 0, body))
    await up.until(lambda: bool(tap.reports))
    assert tap.packets == [(1, packet)]
    assert tap.reports == [(1, ntp, 256)]
    running.relay.close_tap(TapClose(request_id="0", room_id="1", recording_id="c1"))
    assert tap.closed


async def test_a_tap_hears_at_once_of_the_last_report_that_came_before_it(
    running: RunningRelay,
) -> None:
    up = await running.up()
    for ntp, rtp_time in ((1 << 40, 7), (2 << 40, 256)):
        times = ntp.to_bytes(8, "big") + rtp_time.to_bytes(4, "big")
        up.send_rtcp(rtcp.build(200, 0, CAMERA_SSRC.to_bytes(4, "big") + times + bytes(8)))
    await up.until(lambda: running.source().tracks[1].last_report == (2 << 40, 256))
    await running.relay.open_tap(tap_order())
    assert running.tap.reports == [(1, 2 << 40, 256)]


async def test_a_retransmission_reaches_the_tap_as_the_original_and_only_once(
    running: RunningRelay,
) -> None:
    up = await running.up()
    viewer = await running.down()
    await running.relay.open_tap(tap_order())
    lost = rtp(CAMERA_SSRC, 11, timestamp=5, payload=b"\x10\x01lost")
    repair = rtp(
        CAMERA_RTX, 900, timestamp=5, payload_type=RTX, payload=(11).to_bytes(2, "big") + lost[12:]
    )
    probe = rtp(
        CAMERA_RTX, 901, timestamp=5, payload_type=RTX, payload=(10).to_bytes(2, "big") + b"probe"
    )
    for packet in (rtp(CAMERA_SSRC, 10), rtp(CAMERA_SSRC, 12), repair, probe):
        up.send_rtp(packet)
    await viewer.until(lambda: len(viewer.rtp) == 4)
    assert repair in viewer.rtp, "viewers get the retransmission itself"
    assert [packet[2:4] for _, packet in running.tap.packets] == [b"\0\x0a", b"\0\x0c", b"\0\x0b"]
    assert running.tap.packets[-1] == (1, lost)


async def test_during_a_hold_nothing_reaches_tap_or_viewers(running: RunningRelay) -> None:
    up = await running.up()
    viewer = await running.down()
    await running.relay.open_tap(tap_order())
    running.relay.hold(Hold(request_id="0", room_id="1", on=True))
    up.send_rtp(rtp(CAMERA_SSRC, 1))
    up.send_rtcp(rtcp.build(200, 0, CAMERA_SSRC.to_bytes(4, "big") + bytes(20)))
    await up.until(lambda: running.dropped.get("held") == 1)
    running.relay.hold(Hold(request_id="0", room_id="1", on=False))
    up.send_rtp(rtp(CAMERA_SSRC, 2))
    await viewer.until(lambda: bool(viewer.rtp))
    assert [packet[2:4] for packet in viewer.rtp] == [b"\0\x02"]
    assert not viewer.rtcp
    assert [packet[2:4] for _, packet in running.tap.packets] == [b"\0\x02"]
    assert running.tap.holds == [True, False]


async def test_a_source_beyond_its_rate_is_cut_back(running: RunningRelay) -> None:
    up = await running.up(max_bitrate_bps=100_000)
    for sequence in range(100):
        up.send_rtp(rtp(CAMERA_SSRC, sequence, payload=bytes(1_100)))
    await up.until(lambda: running.dropped.get("rate", 0) > 80)


async def test_a_failed_tap_is_reported_once_and_the_call_goes_on(running: RunningRelay) -> None:
    up = await running.up()
    viewer = await running.down()
    await running.relay.open_tap(tap_order())
    running.tap.failed = "the disk is full"
    await up.until(lambda: any(isinstance(each, TapFailed) for each in running.edge.said))
    await up.pump(0.25)
    failures = [each for each in running.edge.said if isinstance(each, TapFailed)]
    assert [(each.recording_id, each.reason) for each in failures] == [("c1", "the disk is full")]
    up.send_rtp(rtp(CAMERA_SSRC, 1))
    await viewer.until(lambda: bool(viewer.rtp))


async def test_orders_said_twice_change_nothing(running: RunningRelay) -> None:
    up = await running.up()
    running.relay.open_room(RoomOpen(request_id="9", room_id="1"))
    assert len(running.relay.held().connections) == 1
    up.send_rtp(rtp(CAMERA_SSRC, 1))
    await up.until(lambda: running.source().tracks[1].packets == 1)
    figures = running.relay.statistics(1.0)[0].tracks[1]
    assert figures.packets_per_s == 1
    assert figures.bitrate_bps == len(rtp(CAMERA_SSRC, 1)) * 8
