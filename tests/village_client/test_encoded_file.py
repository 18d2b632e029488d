import asyncio
from fractions import Fraction
from pathlib import Path

import av
import pytest
from aiortc.mediastreams import MediaStreamError

from casework.errors import Invalid
from village_client.encoded_file import first_picture, read_tracks


def write_video(
    path: Path, *, codec: str = "libvpx", key_every: int = 15, frames: int = 30
) -> Path:
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=15)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        stream.codec_context.gop_size = key_every
        for number in range(frames):
            frame = av.VideoFrame(160, 120, "yuv420p")
            # Left to what the memory held, pictures differ so much that each becomes a key frame.
            for plane in frame.planes:
                plane.update(bytes([128]) * plane.buffer_size)
            frame.pts, frame.time_base = number, Fraction(1, 15)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


async def test_a_track_gives_the_files_bytes_paced_and_begins_again_at_its_end(
    tmp_path: Path,
) -> None:
    path = write_video(tmp_path / "camera.webm", frames=6, key_every=3)
    with av.open(str(path)) as file:
        stored = [bytes(packet) for packet in file.demux(video=0) if packet.size]
    track = read_tracks(path)["video"]
    begun_s = asyncio.get_running_loop().time()
    received = [await track.recv() for _ in range(8)]
    assert asyncio.get_running_loop().time() - begun_s >= 7 / 15 - 0.01
    assert [bytes(packet) for packet in received] == [*stored, *stored[:2]]
    positions = [packet.pts or 0 for packet in received]
    assert positions == sorted(positions)
    track.stop()
    with pytest.raises(MediaStreamError):
        await track.recv()


def test_a_file_that_goes_longer_than_a_second_without_a_key_frame_is_refused(
    tmp_path: Path,
) -> None:
    path = write_video(tmp_path / "camera.webm", key_every=60, frames=40)
    with pytest.raises(Invalid) as refused:
        read_tracks(path)
    assert refused.value.code == "media_file.key_frames"
    assert "ffmpeg" in refused.value.text


def test_another_codec_is_refused_with_the_way_to_convert(tmp_path: Path) -> None:
    path = write_video(tmp_path / "camera.webm", codec="libvpx-vp9")
    with pytest.raises(Invalid) as refused:
        read_tracks(path)
    assert refused.value.code == "media_file.codec"


@pytest.mark.parametrize("content", [None, b"", b"not a media file"])
def test_what_is_no_media_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "camera.webm"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Invalid) as refused:
        read_tracks(path)
    assert refused.value.code == "media_file.unreadable"


def test_the_first_picture_is_a_jpeg(tmp_path: Path) -> None:
    assert first_picture(write_video(tmp_path / "document.webm")).startswith(b"\xff\xd8\xff")
