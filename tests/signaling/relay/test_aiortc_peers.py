"""Real WebRTC peers of another make: aiortc up, aiortc down."""

import asyncio
from collections.abc import AsyncIterator, Callable

import aioice.ice
import pytest
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamTrack, VideoStreamTrack
from av import AudioFrame, VideoFrame

from signaling.relay.control import DownAnswer, DownOpen, UpOpen
from signaling.sdp.local import LocalTransport, new_ice_credentials
from signaling.sdp.parse import UpOffer, parse_down_answer, parse_up_offer
from signaling.sdp.write import down_offer, up_answer
from tests.signaling.relay.conftest import RunningRelay

NewPeer = Callable[[], RTCPeerConnection]


@pytest.fixture
async def new_peer(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[NewPeer]:
    """Makes peers that use loopback, which aioice leaves out by itself."""

    def loopback(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        del use_ipv4, use_ipv6
        return ["127.0.0.1"]

    monkeypatch.setattr(aioice.ice, "get_host_addresses", loopback)
    peers: list[RTCPeerConnection] = []

    def make() -> RTCPeerConnection:
        # Without MAX_BUNDLE the second video is lost; without servers none is asked.
        configuration = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        peers.append(RTCPeerConnection(configuration))
        return peers[-1]

    yield make
    async with asyncio.timeout(10):
        for peer in peers:
            await peer.close()


def transport(running: RunningRelay) -> LocalTransport:
    addresses = tuple(port.candidate for port in running.relay.ports)
    return LocalTransport(new_ice_credentials(), running.relay.fingerprint, addresses)


async def connect_up(running: RunningRelay, peer: RTCPeerConnection) -> UpOffer:
    for track in (AudioStreamTrack(), VideoStreamTrack(), VideoStreamTrack()):
        peer.addTransceiver(track, direction="sendonly")
    await peer.setLocalDescription(await peer.createOffer())
    offer = parse_up_offer(peer.localDescription.sdp)
    local = transport(running)
    running.relay.open_up(
        UpOpen(
            request_id="0",
            room_id="1",
            participant_id="a",
            connection_id="a1",
            local_ice=local.ice,
            remote=offer.remote,
            lines=list(offer.lines),
        )
    )
    answer = up_answer(offer.lines, local, 500_000)
    await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    return offer


async def connect_down(
    running: RunningRelay, peer: RTCPeerConnection, offer: UpOffer
) -> list[MediaStreamTrack]:
    tracks: list[MediaStreamTrack] = []
    peer.on("track", tracks.append)
    local = transport(running)
    running.relay.open_down(
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
    description = RTCSessionDescription(down_offer(offer.lines, local, "a"), "offer")
    await peer.setRemoteDescription(description)
    await peer.setLocalDescription(await peer.createAnswer())
    remote = parse_down_answer(peer.localDescription.sdp)
    running.relay.answer_down(DownAnswer(request_id="0", connection_id="b1", remote=remote))
    return tracks


async def test_voice_and_both_videos_reach_another_peer(
    running: RunningRelay, new_peer: NewPeer
) -> None:
    source, viewer = new_peer(), new_peer()
    offer = await connect_up(running, source)
    tracks = await connect_down(running, viewer, offer)
    assert [track.kind for track in tracks] == ["audio", "video", "video"]
    async with asyncio.timeout(20):
        voice, camera, document = [await track.recv() for track in tracks]
    assert isinstance(voice, AudioFrame)
    assert isinstance(camera, VideoFrame)
    assert isinstance(document, VideoFrame)
    assert (camera.width, camera.height) == (640, 480)
