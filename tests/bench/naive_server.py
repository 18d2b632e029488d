"""The server that everybody writes first: aiortc with ``MediaRelay`` and ``MediaRecorder``.

One call: a window sends voice, camera and document, an agent sends voice and camera, each is relayed
to the other, and everything is recorded. Offers arrive as JSON lines on standard input, answers
leave on standard output. What it costs is the measure that ours is told against.
"""

import asyncio
import json
import sys
from pathlib import Path

from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRecorder, MediaRelay
from aiortc.mediastreams import MediaStreamTrack


class NaiveServer:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._relay = MediaRelay()
        self._tracks: dict[str, list[MediaStreamTrack]] = {}
        self._recorders: list[MediaRecorder] = []
        self._peers: list[RTCPeerConnection] = []

    async def answer_up(self, name: str, sdp: str) -> str:
        peer = self._peer()
        tracks = self._tracks[name] = []
        peer.on("track", tracks.append)
        await peer.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        for number, track in enumerate(tracks):
            recorder = MediaRecorder(str(self._folder / f"{name}-{number}.webm"))
            recorder.addTrack(self._relay.subscribe(track))
            await recorder.start()
            self._recorders.append(recorder)
        return str(peer.localDescription.sdp)

    async def answer_down(self, source: str, sdp: str) -> str:
        peer = self._peer()
        await peer.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        waiting = list(self._tracks[source])
        for transceiver in peer.getTransceivers():
            for track in waiting:
                if track.kind == transceiver.kind:
                    transceiver.sender.replaceTrack(self._relay.subscribe(track))
                    transceiver.direction = "sendonly"
                    waiting.remove(track)
                    break
        await peer.setLocalDescription(await peer.createAnswer())
        return str(peer.localDescription.sdp)

    def _peer(self) -> RTCPeerConnection:
        configuration = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        peer = RTCPeerConnection(configuration)
        self._peers.append(peer)
        return peer


async def serve(folder: Path) -> None:
    server = NaiveServer(folder)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        asked = json.loads(line)
        answer = server.answer_up if asked["direction"] == "up" else server.answer_down
        sdp = await answer(asked["name"], asked["sdp"])
        print(json.dumps({"sdp": sdp}), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
