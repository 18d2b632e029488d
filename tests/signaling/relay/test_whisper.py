"""A connection up that is for one participant alone."""

import pytest

from signaling.relay.control import Hold
from signaling.relay.relay import Refusal
from tests.signaling.relay.conftest import RunningRelay
from tests.signaling.relay.media_client import AUDIO_SSRC, CAMERA_SSRC, OPUS, rtp
from tests.signaling.relay.test_forward import tap_order

WINDOW, AGENT, SUPERVISOR = "aa", "bb", "cc"


async def test_no_packet_of_a_whisper_reaches_the_window_or_the_record(
    running: RunningRelay,
) -> None:
    """The window is in the room, sees the agent, and even an order of the edge opens no way."""
    await running.up("a1", participant_id=WINDOW)
    agent = await running.up("a2", participant_id=AGENT)
    window = await running.down("a2", "b1", participant_id=WINDOW, primary=True)
    await running.relay.open_tap(tap_order())
    whisper = await running.up("a3", participant_id=SUPERVISOR, only_to=AGENT)
    heard = await running.down("a3", "b3", participant_id=AGENT, primary=True)
    for viewer in (WINDOW, SUPERVISOR, "dd"):
        order = running.client().down_order("b9", "a3", participant_id=viewer)
        with pytest.raises(Refusal, match="alone"):
            running.relay.open_down(order)
    secret = [rtp(AUDIO_SSRC, n, payload_type=OPUS, payload=b"secret%d" % n) for n in range(40)]
    for number, packet in enumerate(secret):
        whisper.send_rtp(packet)
        agent.send_rtp(rtp(CAMERA_SSRC, number, payload=b"open"))
    for on in (True, False):
        running.relay.hold(Hold(request_id="0", room_id="1", on=on))
    agent.send_rtp(rtp(CAMERA_SSRC, 40, payload=b"last"))
    await heard.until(lambda: len(heard.rtp) == len(secret))
    await window.until(lambda: any(b"last" in packet for packet in window.rtp))
    assert list(heard.rtp) == secret
    assert not any(b"secret" in packet for packet in window.rtp)
    assert not any(b"secret" in packet for _, packet in running.tap.packets)
    assert any(b"open" in packet for _, packet in running.tap.packets)
    assert [viewer.participant_id for viewer in running.source("a3").viewers] == [AGENT]


async def test_a_whisper_is_not_recorded_by_a_tap_that_opens_later(running: RunningRelay) -> None:
    whisper = await running.up("a3", participant_id=SUPERVISOR, only_to=AGENT)
    joined = await running.up("a4", participant_id=SUPERVISOR)
    await running.relay.open_tap(tap_order())
    whisper.send_rtp(rtp(AUDIO_SSRC, 1, payload_type=OPUS, payload=b"secret"))
    joined.send_rtp(rtp(AUDIO_SSRC, 1, payload_type=OPUS, payload=b"for all"))
    await joined.until(lambda: bool(running.tap.packets))
    await joined.pump(0.05)
    assert [b"for all" in packet for _, packet in running.tap.packets] == [True]
