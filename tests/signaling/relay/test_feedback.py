"""Who tells the source how the network is, what is resent, and how often a picture is asked for."""

from functools import partial

from signaling.relay import rtcp, twcc
from signaling.relay.control import (
    ConnectionClose,
    KeyFrameRequest,
    PrimarySet,
    StillPriority,
    TrackKind,
)
from tests.signaling.relay.conftest import RunningRelay
from tests.signaling.relay.media_client import (
    AUDIO_SSRC,
    CAMERA_SSRC,
    DOCUMENT_SSRC,
    OPUS,
    MediaClient,
    lines,
    rtp,
)
from tests.signaling.relay.test_forward import tap_order

VIEWER_SSRC = 900
SECOND_US = 1_000_000


def packets(client: MediaClient, kind: int, shape: int) -> list[rtcp.Packet]:
    """The feedback messages of one shape that ``client`` was sent, oldest first."""
    found = [packet for compound in client.rtcp for packet in rtcp.parse(compound)]
    return [packet for packet in found if (packet.kind, packet.count) == (kind, shape)]


def feedbacks(client: MediaClient) -> list[rtcp.Packet]:
    return packets(client, 205, rtcp.TRANSPORT_CC)


def requests(client: MediaClient, ssrc: int = CAMERA_SSRC) -> int:
    """How many key frames were asked of ``client``."""
    return sum(each.media_ssrc == ssrc for each in packets(client, 206, rtcp.PICTURE_LOSS))


def _asked(client: MediaClient, ssrc: int, times: int) -> bool:
    return requests(client, ssrc) == times


def reference(packet: rtcp.Packet) -> int:
    return int.from_bytes(packet.raw[16:19], "big")


def viewer_feedback(first: int, at: int) -> bytes:
    """As a browser would report two packets; ``at``: its own reference time."""
    arrivals = [at * twcc.REFERENCE_US, at * twcc.REFERENCE_US + 1_000]
    return twcc.encode(VIEWER_SSRC, CAMERA_SSRC, twcc.Feedback(first, at, arrivals), 250)


async def flow(up: MediaClient, count: int, first: int = 0, ssrc: int = CAMERA_SSRC) -> None:
    for number in range(first, first + count):
        up.send_rtp(rtp(ssrc, number, transport=number))
    await up.pump(0.005)


async def test_without_a_viewer_the_server_reports_every_arrival(running: RunningRelay) -> None:
    up = await running.up()
    for number in (0, 1, 3, 4):
        up.send_rtp(rtp(CAMERA_SSRC, number, transport=number))
    await up.until(lambda: bool(feedbacks(up)))
    read = twcc.decode(feedbacks(up)[0].raw)
    assert read is not None
    assert read.first == 0
    assert [arrival >= 0 for arrival in read.arrivals] == [True, True, False, True, True]


async def test_a_line_without_the_transport_wide_number_does_not_end_feedback(
    running: RunningRelay,
) -> None:
    voice, *videos = lines()
    plain = voice.model_copy(update={"transport_cc_id": None})
    up = await running.up(lines=[plain, *videos])
    await flow(up, 3)
    await up.until(lambda: bool(feedbacks(up)))


async def test_the_server_asks_for_a_loss_before_it_acknowledges_beyond(
    running: RunningRelay,
) -> None:
    up = await running.up()
    for number in (0, 1, 3):
        up.send_rtp(rtp(CAMERA_SSRC, number, transport=number))
        up.send_rtp(rtp(AUDIO_SSRC, number, payload_type=OPUS, transport=100 + number))
    await up.until(lambda: bool(feedbacks(up)))
    kinds = [packet.count for compound in up.rtcp for packet in rtcp.parse(compound)]
    assert kinds.index(rtcp.GENERIC_NACK) < kinds.index(rtcp.TRANSPORT_CC)
    asked = packets(up, 205, rtcp.GENERIC_NACK)
    assert {(each.media_ssrc, *rtcp.nack_sequences(each)) for each in asked} == {
        (AUDIO_SSRC, 2),
        (CAMERA_SSRC, 2),
    }


async def test_the_primary_viewer_is_the_only_author_from_its_first_word(
    running: RunningRelay,
) -> None:
    up = await running.up()
    await flow(up, 3)
    await up.until(lambda: bool(feedbacks(up)))
    primary = await running.down(connection_id="b1", primary=True)
    other = await running.down(connection_id="b2")
    server_last = feedbacks(up)[-1]
    up.rtcp.clear()
    for turn in range(12):
        await flow(up, 2, first=3 + 2 * turn)
        other.send_rtcp(viewer_feedback(3 + 2 * turn, at=9_000))
        primary.send_rtcp(viewer_feedback(3 + 2 * turn, at=50 + turn))
        await up.pump(0.03)
    senders = [each.sender_ssrc for each in feedbacks(up)]
    first_word = senders.index(VIEWER_SSRC)
    assert set(senders[first_word:]) == {VIEWER_SSRC}
    seen = [reference(each) for each in feedbacks(up)[first_word:]]
    assert len(seen) >= 10
    assert seen[-1] - seen[0] == len(seen) - 1, "one clock, one author"
    leap = seen[0] - reference(server_last)
    assert 1_000 <= leap < 1_100


async def test_a_silent_author_is_replaced_and_comes_back_with_another_leap(
    running: RunningRelay,
) -> None:
    up = await running.up()
    primary = await running.down(primary=True)
    await flow(up, 2)
    primary.send_rtcp(viewer_feedback(0, at=50))
    await up.until(lambda: any(each.sender_ssrc == VIEWER_SSRC for each in feedbacks(up)))
    running.later_us += 310_000
    up.rtcp.clear()
    await flow(up, 2, first=2)
    await up.until(lambda: bool(feedbacks(up)))
    server = feedbacks(up)[-1]
    assert server.sender_ssrc != VIEWER_SSRC
    primary.send_rtcp(viewer_feedback(2, at=60))
    await up.until(lambda: feedbacks(up)[-1].sender_ssrc == VIEWER_SSRC)
    assert 1_000 <= reference(feedbacks(up)[-1]) - reference(server) < 1_100


async def test_authorship_follows_the_edge_s_word_and_ends_with_the_connection(
    running: RunningRelay,
) -> None:
    await running.up()
    first = await running.down(connection_id="b1", primary=True)
    second = await running.down(connection_id="b2")
    running.relay.set_primary(PrimarySet(request_id="0", connection_id="b2", primary=True))
    first.send_rtcp(viewer_feedback(0, at=5))
    second.send_rtcp(viewer_feedback(0, at=5))
    await second.until(lambda: running.source().author(running.clock()) is running.viewer("b2"))
    running.relay.close_connection(ConnectionClose(request_id="0", connection_id="b2"))
    assert running.source().author(running.clock()) is None
    assert running.source().primary is None


async def test_reports_of_the_author_alone_reach_the_source(running: RunningRelay) -> None:
    up = await running.up()
    primary = await running.down(connection_id="b1", primary=True)
    other = await running.down(connection_id="b2")
    await flow(up, 2)
    block = rtcp.ReportBlock(CAMERA_SSRC, 0.5, 1, 1, 0, 0, 0)
    other.send_rtcp(rtcp.receiver_report(7, [block]))
    primary.send_rtcp(viewer_feedback(0, at=5))
    primary.send_rtcp(rtcp.receiver_report(8, [block]))
    await up.until(lambda: 8 in {each.sender_ssrc for each in packets(up, 201, 1)})
    assert 7 not in {each.sender_ssrc for each in packets(up, 201, 1)}
    remb = rtcp.build(206, 15, bytes(8) + b"REMB" + bytes(8))
    primary.send_rtcp(remb)
    await up.pump(0.03)
    assert not packets(up, 206, 15)


async def test_the_ring_answers_once_in_a_while_with_the_packet_unchanged(
    running: RunningRelay,
) -> None:
    up = await running.up()
    viewer = await running.down()
    voice = rtp(AUDIO_SSRC, 7, payload_type=OPUS, payload=b"voice")
    up.send_rtp(voice)
    await viewer.until(lambda: bool(viewer.rtp))
    ask = rtcp.generic_nack(VIEWER_SSRC, AUDIO_SSRC, [6, 7])
    for _ in range(3):
        viewer.send_rtcp(ask)
    await viewer.until(lambda: viewer.repeats == 1)
    await viewer.pump(0.03)
    assert viewer.repeats == 1
    running.later_us += 160_000
    viewer.send_rtcp(ask)
    await viewer.until(lambda: viewer.repeats == 2)
    running.later_us += 600_000
    viewer.send_rtcp(ask)
    await viewer.pump(0.05)
    assert viewer.repeats == 2, "too old to be of use"
    assert len(set(viewer.sealed)) == 1


async def test_a_repair_that_was_lost_too_is_sent_again_a_round_trip_later(
    running: RunningRelay,
) -> None:
    up = await running.up()
    viewer = await running.down()
    up.send_rtp(rtp(AUDIO_SSRC, 7, payload_type=OPUS, payload=b"voice"))
    await viewer.until(lambda: bool(viewer.rtp))
    ice = running.connection("b1").ice
    await viewer.until(lambda: ice.round_trip_us is not None)
    ask = rtcp.generic_nack(VIEWER_SSRC, AUDIO_SSRC, [7])
    for repair in range(1, 6):
        viewer.send_rtcp(ask)
        await viewer.until(lambda wanted=repair: viewer.repeats == wanted)  # type: ignore[misc]
        running.later_us += 100_000


async def test_what_is_resent_to_one_viewer_has_a_budget(running: RunningRelay) -> None:
    up = await running.up()
    viewer = await running.down()
    for batch in range(10):
        await flow(up, 25, 25 * batch, DOCUMENT_SSRC)
    await viewer.until(lambda: len(viewer.rtp) == 250)
    viewer.send_rtcp(rtcp.generic_nack(VIEWER_SSRC, DOCUMENT_SSRC, range(250)))
    await viewer.until(lambda: running.dropped.get("resend_budget") == 1)
    assert 100 < viewer.repeats < 250


async def test_a_picture_is_asked_for_a_joining_viewer_at_once_then_once_a_second(
    running: RunningRelay,
) -> None:
    up = await running.up()
    before = requests(up)
    viewer = await running.down()
    await up.until(lambda: requests(up) == before + 1)
    assert requests(up, DOCUMENT_SSRC) >= 1
    for _ in range(30):
        viewer.send_rtcp(rtcp.picture_loss(VIEWER_SSRC, CAMERA_SSRC))
        await up.pump(0.005)
    assert requests(up) == before + 1
    running.later_us += SECOND_US
    viewer.send_rtcp(rtcp.picture_loss(VIEWER_SSRC, CAMERA_SSRC))
    await up.until(lambda: requests(up) == before + 2)


async def test_the_record_leaves_the_first_request_to_a_viewer_that_comes_at_once(
    running: RunningRelay,
) -> None:
    """A source takes no second request for a while; a person waits, a record does not."""
    up = await running.up()
    await running.relay.open_tap(tap_order())
    await up.pump(0.1)
    assert requests(up) == 0
    await running.down()
    await up.until(lambda: requests(up) == 1)


async def test_the_record_gets_key_frames_unless_a_still_has_the_uplink(
    running: RunningRelay,
) -> None:
    up = await running.up()
    await running.relay.open_tap(tap_order())
    await up.until(lambda: requests(up) > 0)
    gate = running.source().tracks[1].gate
    running.relay.set_still_priority(StillPriority(request_id="0", connection_id="a1", on=True))
    running.later_us += 11 * SECOND_US
    before = requests(up)
    await up.pump(0.25)
    assert requests(up) == before
    running.relay.set_still_priority(StillPriority(request_id="0", connection_id="a1", on=False))
    await up.until(lambda: requests(up) > before)
    up.send_rtp(rtp(CAMERA_SSRC, 1, timestamp=90_000, payload=b"\x10\x00key"))
    await up.until(lambda: gate.last_us > 0)
    up.send_rtp(rtp(CAMERA_SSRC, 2, timestamp=99_000))
    running.later_us += 2 * SECOND_US
    before = requests(up)
    await up.pump(0.25)
    assert requests(up) == before, "there was one two seconds ago"


async def test_the_edge_may_ask_for_a_key_frame_too(running: RunningRelay) -> None:
    up = await running.up()
    await running.down()
    await up.until(lambda: requests(up, DOCUMENT_SSRC) == 1)
    for count, name in enumerate(("a1", "b1"), start=2):
        running.later_us += SECOND_US
        order = KeyFrameRequest(request_id="0", connection_id=name, kind=TrackKind.DOCUMENT)
        running.relay.request_key_frame(order)
        await up.until(partial(_asked, up, DOCUMENT_SSRC, count))


async def test_a_listener_on_a_poor_link_loses_video_and_the_primary_viewer_does_not(
    running: RunningRelay,
) -> None:
    up = await running.up()
    primary = await running.down(connection_id="b1", primary=True)
    listener = await running.down(connection_id="b2")
    number = 0
    for _ in range(6):
        await flow(up, 40, first=number)
        lossy = [running.clock() + each * 1_000 if each % 2 else -1 for each in range(40)]
        raw = twcc.encode(
            7, CAMERA_SSRC, twcc.Feedback(number, lossy[1] // twcc.REFERENCE_US, lossy), 0
        )
        listener.send_rtcp(raw)
        await listener.pump(0.02)
        primary.take()
        running.later_us += SECOND_US
        number += 40
        await up.pump(0.11)
    assert TrackKind.CAMERA in running.viewer("b2").load.withheld
    before = len(listener.rtp), len(primary.rtp)
    up.send_rtp(rtp(CAMERA_SSRC, number))
    up.send_rtp(rtp(AUDIO_SSRC, 1, payload_type=OPUS))
    await primary.until(lambda: len(primary.rtp) == before[1] + 2)
    await listener.until(lambda: len(listener.rtp) == before[0] + 1)
    assert listener.rtp[-1][8:12] == AUDIO_SSRC.to_bytes(4, "big")
    assert running.viewer("b1").load.withheld == set()
