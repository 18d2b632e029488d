"""Chromium accepts what the server writes: the answer to its offer, and a mirrored down offer."""

import shutil

import pytest
from playwright.async_api import async_playwright

from signaling.sdp.local import LocalTransport
from signaling.sdp.parse import parse_down_answer, parse_up_offer
from signaling.sdp.write import down_offer, up_answer

OFFER = """async () => {
  const canvas = document.createElement('canvas')
  canvas.getContext('2d').fillRect(0, 0, 10, 10)
  const sound = new AudioContext().createMediaStreamDestination()
  window.source = new RTCPeerConnection({ iceServers: [], bundlePolicy: 'max-bundle' })
  source.addTransceiver(sound.stream.getAudioTracks()[0], { direction: 'sendonly' })
  source.addTransceiver(canvas.captureStream(5).getVideoTracks()[0], { direction: 'sendonly' })
  source.addTransceiver('video', { direction: 'sendonly' })
  await source.setLocalDescription()
  return source.localDescription.sdp
}"""
TAKE_ANSWER = """async (sdp) => {
  await source.setRemoteDescription({ type: 'answer', sdp })
  return source.getTransceivers().map((t) => t.currentDirection)
}"""
TAKE_OFFER = """async (sdp) => {
  window.viewer = new RTCPeerConnection({ iceServers: [], bundlePolicy: 'max-bundle' })
  const streams = []
  viewer.ontrack = (event) => streams.push(event.streams[0].id)
  await viewer.setRemoteDescription({ type: 'offer', sdp })
  await viewer.setLocalDescription()
  return { streams, sdp: viewer.localDescription.sdp }
}"""
RESTART = """async () => {
  source.restartIce()
  await source.setLocalDescription()
  return source.localDescription.sdp
}"""


@pytest.mark.browser
async def test_chromium_accepts_answer_restart_and_down_offer(local: LocalTransport) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = await browser.new_page()
        offer = parse_up_offer(await page.evaluate(OFFER))
        assert all(line.ssrc for line in offer.lines), "a line without a track is declared too"
        answer = up_answer(offer.lines, local, 500_000)
        assert await page.evaluate(TAKE_ANSWER, answer) == ["sendonly"] * 3

        restarted = parse_up_offer(await page.evaluate(RESTART))
        assert restarted.lines == offer.lines
        assert restarted.remote.fingerprint == offer.remote.fingerprint
        assert restarted.remote.ice != offer.remote.ice

        viewed = await page.evaluate(TAKE_OFFER, down_offer(offer.lines, local, "0198-aa"))
        assert viewed["streams"] == ["0198-aa-face", "0198-aa-face", "0198-aa-document"]
        parse_down_answer(viewed["sdp"])
        await browser.close()
