"""``python -m tests.bench.naive_load``: one call through the naive server, in floors a packet."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import av
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSessionDescription,
)

from tests.bench.measure import Floor, Usage
from village_client.encoded_file import EncodedTrack, read_tracks

WARM_S = 5.0
WINDOW_S = 15.0
FILE_S = 4


def write_media(path: Path, width: int, height: int, rate: int, bitrate_bps: int) -> None:
    """Moving grain over a still picture, a key frame each second, a tone beside it."""
    random = Random(3)
    with av.open(str(path), "w", format="webm") as file:
        video = file.add_stream("libvpx", rate=rate)
        assert isinstance(video, av.VideoStream)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.bit_rate = bitrate_bps
        video.codec_context.gop_size = rate
        video.options = {"deadline": "realtime", "cpu-used": "8"}
        audio = file.add_stream("libopus", rate=48_000)
        assert isinstance(audio, av.AudioStream)
        audio.layout = "mono"
        audio.bit_rate = 26_000
        for number in range(FILE_S * rate):
            file.mux(video.encode(_picture(width, height, number, rate, random)))
        file.mux(video.encode(None))
        for number in range(FILE_S * 50):
            sound = av.AudioFrame(format="s16", layout="mono", samples=960)
            sound.sample_rate, sound.pts = 48_000, number * 960
            sound.planes[0].update(random.randbytes(1920))
            file.mux(audio.encode(sound))
        file.mux(audio.encode(None))


def _picture(width: int, height: int, number: int, rate: int, random: Random) -> av.VideoFrame:
    picture = av.VideoFrame(width, height, "yuv420p")
    grain = random.randbytes(4096)
    for plane in picture.planes:
        size = plane.buffer_size
        still = (grain[:64] + bytes([number % 200]) * 960) * (size // 1024 + 1)
        plane.update(still[:size])
    picture.pts, picture.time_base = number, Fraction(1, rate)
    return picture


class Counter:
    """What arrives at a viewer, taken in front of the decoder."""

    def __init__(self) -> None:
        self.packets = 0

    def attach(self, receiver: RTCRtpReceiver) -> None:
        async def count(packet: Any, arrival_time_ms: int) -> None:  # noqa: ANN401
            self.packets += 1

        receiver._handle_rtp_packet = count  # type: ignore[method-assign]


def new_peer() -> RTCPeerConnection:
    return RTCPeerConnection(
        RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
    )


async def negotiate(
    server: asyncio.subprocess.Process, peer: RTCPeerConnection, direction: str, name: str
) -> None:
    assert server.stdin is not None and server.stdout is not None
    await peer.setLocalDescription(await peer.createOffer())
    asked = {"direction": direction, "name": name, "sdp": peer.localDescription.sdp}
    server.stdin.write(json.dumps(asked).encode() + b"\n")
    async with asyncio.timeout(30):
        answer = json.loads(await server.stdout.readuntil(b"\n"))
    await peer.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))


async def send(
    server: asyncio.subprocess.Process, name: str, tracks: list[MediaStreamTrack]
) -> RTCPeerConnection:
    peer = new_peer()
    for track in tracks:
        peer.addTransceiver(track, direction="sendonly")
    await negotiate(server, peer, "up", name)
    return peer


async def watch(
    server: asyncio.subprocess.Process, source: str, kinds: list[str], counter: Counter
) -> RTCPeerConnection:
    peer = new_peer()
    for kind in kinds:
        counter.attach(peer.addTransceiver(kind, direction="recvonly").receiver)
    await negotiate(server, peer, "down", source)
    return peer


def tracks_of(path: Path) -> tuple[EncodedTrack, EncodedTrack]:
    read = read_tracks(path)
    return read["audio"], read["video"]


async def measure(folder: Path) -> dict[str, float]:
    camera, document = folder / "camera.webm", folder / "document.webm"
    write_media(camera, 1280, 720, 15, 691_000)
    write_media(document, 1920, 1080, 5, 921_000)
    floor = Floor(folder)
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.naive_server", str(folder),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env={**os.environ}, limit=1 << 20,
    )  # fmt: skip
    counter = Counter()
    try:
        voice, face = tracks_of(camera)
        await send(server, "window", [voice, face, read_tracks(document)["video"]])
        voice, face = tracks_of(camera)
        await send(server, "agent", [voice, face])
        await watch(server, "window", ["audio", "video", "video"], counter)
        await watch(server, "agent", ["audio", "video"], counter)
        await asyncio.sleep(WARM_S)
        floor.begin(WINDOW_S)
        before, packets_before = Usage.of([server.pid]), counter.packets
        await asyncio.sleep(WINDOW_S)
        used_s = Usage.of([server.pid]).cpu_s - before.cpu_s
        packets = counter.packets - packets_before
        floor_us = await asyncio.to_thread(floor.mean_us)
    finally:
        server.kill()
        await server.wait()
    return {
        "forwarded_per_s": packets / WINDOW_S,
        "floor_us": floor_us,
        "all_floors": used_s * 1e6 / max(1, packets) / floor_us,
        "cores": used_s / WINDOW_S,
    }


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="shipinban-bench-") as folder:
        result = asyncio.run(measure(Path(folder)))
    print(json.dumps(result), flush=True)
    # aiortc's peers are abandoned: their close can hang.
    os._exit(0)


if __name__ == "__main__":
    main()
