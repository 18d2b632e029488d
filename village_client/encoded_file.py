"""Tracks that send a media file's encoded packets as they are, paced by their timestamps.

Nothing is decoded or encoded: VP8 and Opus from a WebM or Matroska file go out in the order and at
the speed in which they were made, again from the start when the file ends.
"""

import asyncio
import io
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Literal

import av
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from casework.errors import Invalid

LONGEST_KEY_FRAME_INTERVAL_S = 1.0
"""A viewer that joins late, or lost a packet, waits for the next key frame: nobody can ask a file
for one."""

CODECS = {"audio": "opus", "video": "vp8"}
CONVERT = "Convert with: ffmpeg -i FILE -c:v libvpx -g 15 -r 15 -c:a libopus OUT.webm"


_MICROSECONDS = Fraction(1, 1_000_000)


@dataclass(frozen=True, slots=True)
class EncodedFrame:
    payload: bytes
    position_us: int
    key: bool


class EncodedTrack(MediaStreamTrack):
    """One stream of a file, held in memory as encoded frames."""

    def __init__(self, kind: Literal["audio", "video"], frames: list[EncodedFrame]) -> None:
        super().__init__()
        self.kind = kind
        self._frames = frames
        self._length_us = _length_us(frames)
        self._next = 0
        self._rounds = 0
        self._started_s: float | None = None

    async def recv(self) -> "av.Packet[av.stream.Stream]":
        """The next frame, when it is due. Raises ``MediaStreamError`` once stopped."""
        if self.readyState != "live":
            raise MediaStreamError
        loop = asyncio.get_running_loop()
        if self._started_s is None:
            self._started_s = loop.time()
        frame = self._frames[self._next]
        position_us = frame.position_us + self._rounds * self._length_us
        await asyncio.sleep(max(0.0, self._started_s + position_us / 1e6 - loop.time()))
        self._next += 1
        if self._next == len(self._frames):
            self._next, self._rounds = 0, self._rounds + 1
        packet: av.Packet[av.stream.Stream] = av.Packet(frame.payload)
        packet.time_base = _MICROSECONDS
        packet.pts = position_us
        return packet


def read_tracks(path: Path) -> dict[str, EncodedTrack]:
    """The file's VP8 and Opus tracks by kind (``video``, ``audio``).

    Raises ``Invalid`` for a file that can't be read, has another codec, or has no key frame for
    longer than :data:`LONGEST_KEY_FRAME_INTERVAL_S`: the text says how to make one that fits.
    """
    frames: dict[str, list[EncodedFrame]] = {}
    try:
        with av.open(str(path)) as file:
            wanted = [stream for stream in file.streams if stream.type in CODECS]
            for stream in wanted:
                _require_codec(path, stream)
            for packet in file.demux(*wanted):
                if packet.pts is not None and packet.time_base is not None and packet.size:
                    position_us = round(packet.pts * packet.time_base / _MICROSECONDS)
                    frame = EncodedFrame(bytes(packet), position_us, packet.is_keyframe)
                    frames.setdefault(packet.stream.type, []).append(frame)
    except (OSError, av.FFmpegError) as error:
        raise Invalid("media_file.unreadable", f"{path}: {error}") from error
    if "video" not in frames:
        raise Invalid("media_file.no_video", f"{path} has no video")
    _require_key_frames(path, frames["video"])
    tracks = {"video": EncodedTrack("video", frames["video"])}
    if "audio" in frames:
        tracks["audio"] = EncodedTrack("audio", frames["audio"])
    return tracks


def first_picture(path: Path) -> bytes:
    """The file's first picture as JPEG: what a station hands over for a page.

    Raises ``Invalid`` as :func:`read_tracks` does.
    """
    try:
        with av.open(str(path)) as file:
            picture = next(file.decode(video=0)).to_image()  # type: ignore[no-untyped-call]
    except (OSError, av.FFmpegError, StopIteration) as error:
        raise Invalid("media_file.unreadable", f"{path}: {error}") from error
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=92)
    return written.getvalue()


def _require_codec(path: Path, stream: av.stream.Stream) -> None:
    codec = stream.codec_context.name.removeprefix("lib")
    if codec != CODECS[stream.type]:
        raise Invalid(
            "media_file.codec",
            f"{path} has {stream.type} in {codec}; needed is {CODECS[stream.type]}. {CONVERT}",
        )


def _require_key_frames(path: Path, frames: list[EncodedFrame]) -> None:
    key_us = [frame.position_us for frame in frames if frame.key]
    steps = pairwise([*key_us, frames[0].position_us + _length_us(frames)])
    longest_s = max((later - earlier for earlier, later in steps), default=0) / 1e6
    if not key_us or longest_s > LONGEST_KEY_FRAME_INTERVAL_S + 0.05:
        raise Invalid(
            "media_file.key_frames",
            f"{path} goes {longest_s:.1f} s without a key frame; one is needed each second, since "
            f"nobody can ask a file for one. {CONVERT}",
        )


def _length_us(frames: list[EncodedFrame]) -> int:
    """Until the next round begins: the span and one usual step."""
    span_us = frames[-1].position_us - frames[0].position_us
    return span_us + (span_us // (len(frames) - 1) if len(frames) > 1 else 20_000)
