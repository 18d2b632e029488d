"""A real browser through the relay: voice, camera, document; hold; ICE restart of both halves."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from signaling.relay.control import ConnectionRestart, DownAnswer, DownOpen, Hold, UpOpen
from signaling.sdp.local import LocalTransport, new_ice_credentials
from signaling.sdp.parse import UpOffer, parse_down_answer, parse_up_offer
from signaling.sdp.write import down_offer, up_answer
from tests.signaling.relay.conftest import RunningRelay

START_UP = """async () => {
  const draw = (width, height, fps) => {
    const canvas = Object.assign(document.createElement('canvas'), { width, height })
    const pen = canvas.getContext('2d')
    let frame = 0
    setInterval(() => {
      pen.fillStyle = '#fff'
      pen.fillRect(0, 0, width, height)
      pen.fillStyle = '#000'
      for (let y = 20; y < height; y += 24) pen.fillText(`row ${y} of frame ${frame}`, 9, y)
      frame += 1
    }, 1000 / fps)
    return canvas.captureStream(fps).getVideoTracks()[0]
  }
  const camera = draw(1280, 720, 15)
  const page = draw(1920, 1080, 5)
  camera.contentHint = 'motion'
  page.contentHint = 'text'
  const context = new AudioContext()
  const sink = context.createMediaStreamDestination()
  const tone = context.createOscillator()
  tone.connect(sink)
  tone.start()
  const sendonly = { direction: 'sendonly' }
  window.up = new RTCPeerConnection({ iceServers: [], bundlePolicy: 'max-bundle' })
  up.addTransceiver(sink.stream.getAudioTracks()[0], sendonly)
  up.addTransceiver(camera, { ...sendonly, sendEncodings: [{ maxBitrate: 800000 }] })
  up.addTransceiver(page, {
    ...sendonly, sendEncodings: [{ maxBitrate: 2500000, maxFramerate: 5, priority: 'high' }],
  })
  await up.setLocalDescription()
  return up.localDescription.sdp
}"""
RESTART_UP = """async () => {
  up.restartIce()
  await up.setLocalDescription()
  return up.localDescription.sdp
}"""
TAKE_ANSWER = "async (sdp) => up.setRemoteDescription({ type: 'answer', sdp })"
TAKE_OFFER = """async (sdp) => {
  if (!window.down) {
    window.down = new RTCPeerConnection({ iceServers: [], bundlePolicy: 'max-bundle' })
    down.ontrack = ({ track }) => {
      const shown = document.createElement(track.kind)
      Object.assign(shown, { muted: true, autoplay: true, srcObject: new MediaStream([track]) })
      document.body.append(shown)
    }
  }
  await down.setRemoteDescription({ type: 'offer', sdp })
  await down.setLocalDescription()
  return down.localDescription.sdp
}"""
RECEIVED = """async () => {
  const found = { state: down.connectionState }
  for (const each of (await down.getStats()).values()) {
    if (each.type === 'inbound-rtp') found[each.mid] = each
  }
  return found
}"""


class Story:
    """One page that is both the source and its viewer, and the edge's part of their set-up."""

    def __init__(self, running: RunningRelay, page: Page) -> None:
        self._relay = running.relay
        self._page = page
        self._lines: list[Any] = []

    def _transport(self) -> LocalTransport:
        addresses = tuple(port.candidate for port in self._relay.ports)
        return LocalTransport(new_ice_credentials(), self._relay.fingerprint, addresses)

    async def _answer_up(self, offer: UpOffer, local: LocalTransport) -> None:
        await self._page.evaluate(TAKE_ANSWER, up_answer(offer.lines, local, 1_500_000))

    async def _offer_down(self, local: LocalTransport) -> None:
        sdp = await self._page.evaluate(TAKE_OFFER, down_offer(self._lines, local, "a"))
        remote = parse_down_answer(sdp)
        self._relay.answer_down(DownAnswer(request_id="0", connection_id="b1", remote=remote))

    async def start(self) -> None:
        offer, local = parse_up_offer(await self._page.evaluate(START_UP)), self._transport()
        self._lines = list(offer.lines)
        self._relay.open_up(
            UpOpen(
                request_id="0",
                room_id="1",
                participant_id="a",
                connection_id="a1",
                local_ice=local.ice,
                remote=offer.remote,
                lines=self._lines,
            )
        )
        await self._answer_up(offer, local)
        local = self._transport()
        self._relay.open_down(
            DownOpen(
                request_id="0",
                room_id="1",
                participant_id="b",
                connection_id="b1",
                source_connection_id="a1",
                primary=True,
                local_ice=local.ice,
            )
        )
        await self._offer_down(local)

    async def restart_up(self) -> None:
        offer, local = parse_up_offer(await self._page.evaluate(RESTART_UP)), self._transport()
        order = ConnectionRestart(
            request_id="0", connection_id="a1", local_ice=local.ice, remote=offer.remote.ice
        )
        self._relay.restart(order)
        await self._answer_up(offer, local)

    async def restart_down(self) -> None:
        local = self._transport()
        self._relay.restart(
            ConnectionRestart(request_id="0", connection_id="b1", local_ice=local.ice)
        )
        await self._offer_down(local)

    async def received(self) -> dict[str, Any]:
        """The viewer's figures by mid: 0 voice, 1 camera, 2 document."""
        figures: dict[str, Any] = await self._page.evaluate(RECEIVED)
        return figures

    async def sees_more(self) -> dict[str, Any]:
        """Waits until some more frames of both videos have been decoded."""
        before = await self.received()
        async with asyncio.timeout(20):
            while True:
                await asyncio.sleep(0.1)
                now = await self.received()
                if all(_frames(now, mid) >= _frames(before, mid) + 5 for mid in ("1", "2")):
                    return now


def _frames(figures: dict[str, Any], mid: str) -> int:
    frames: int = figures.get(mid, {}).get("framesDecoded", 0)
    return frames


@pytest.fixture
async def story(running: RunningRelay) -> AsyncIterator[Story]:
    async with async_playwright() as playwright:
        arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=arguments
        )
        yield Story(running, await browser.new_page())
        await browser.close()


@pytest.mark.alone
@pytest.mark.browser
async def test_voice_camera_and_document_through_hold_and_restarts(
    running: RunningRelay, story: Story
) -> None:
    await story.start()
    seen = await story.sees_more()
    assert seen["state"] == "connected"
    assert (seen["2"]["frameWidth"], seen["2"]["frameHeight"]) == (1920, 1080)
    assert seen["0"]["packetsReceived"] > 0
    assert running.source().author(running.clock()) is running.viewer()

    running.relay.hold(Hold(request_id="0", room_id="1", on=True))
    await asyncio.sleep(0.5)
    before = await story.received()
    await asyncio.sleep(0.5)
    held = await story.received()
    assert [held[mid]["packetsReceived"] for mid in "012"] == [
        before[mid]["packetsReceived"] for mid in "012"
    ]
    running.relay.hold(Hold(request_id="0", room_id="1", on=False))
    await story.sees_more()

    await story.restart_up()
    await story.sees_more()
    await story.restart_down()
    seen = await story.sees_more()
    assert seen["state"] == "connected"
    assert running.edge.reasons() == {}
    unexpected = set(running.dropped) - {"held", "stun_unasked", "stun_unsigned"}
    assert not unexpected, running.dropped
