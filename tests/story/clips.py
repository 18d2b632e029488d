"""Small files as a camera and a document camera would make them: VP8 and Opus, half-second keys."""

import io
import math
from array import array
from fractions import Fraction
from pathlib import Path

import av

FRAMES_A_SECOND = 15
SAMPLE_RATE = 48_000
TONE_HZ = 440


def write_clip(path: Path, seconds: int = 2, *, sound: bool = True) -> Path:
    """A moving grey ramp of 160 × 120 and, with ``sound``, a quiet tone."""
    with av.open(str(path), "w", format="webm") as file:
        video = file.add_stream("libvpx", rate=FRAMES_A_SECOND)
        assert isinstance(video, av.VideoStream)
        video.width, video.height, video.pix_fmt = 160, 120, "yuv420p"
        video.codec_context.gop_size = FRAMES_A_SECOND // 2
        audio = file.add_stream("libopus", rate=SAMPLE_RATE) if sound else None
        for number in range(seconds * FRAMES_A_SECOND):
            file.mux(video.encode(_picture(number)))
            if isinstance(audio, av.AudioStream):
                file.mux(audio.encode(_tone(number)))
        for stream in (video, audio):
            if isinstance(stream, av.VideoStream | av.AudioStream):
                file.mux(stream.encode(None))
    return path


def _picture(number: int) -> av.VideoFrame:
    frame = av.VideoFrame(160, 120, "yuv420p")
    rows, plane = 120, frame.planes[0]
    line = bytes((column + 4 * number) % 256 for column in range(plane.line_size))
    plane.update(line * rows)
    for plane in frame.planes[1:]:
        plane.update(bytes([128]) * plane.buffer_size)
    frame.pts, frame.time_base = number, Fraction(1, FRAMES_A_SECOND)
    return frame


def _tone(number: int) -> av.AudioFrame:
    count = SAMPLE_RATE // FRAMES_A_SECOND
    start = number * count
    wave = (math.sin(math.tau * TONE_HZ * (start + at) / SAMPLE_RATE) for at in range(count))
    frame = av.AudioFrame("s16", "mono", count)
    frame.planes[0].update(array("h", (int(6_000 * value) for value in wave)).tobytes())
    frame.rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
    return frame


def decoded(content: bytes, kind: str) -> int:
    """How many frames of ``video`` or ``audio`` the file plays; raises what PyAV raises."""
    with av.open(io.BytesIO(content), "r") as file:
        (stream,) = (each for each in file.streams if each.type == kind)
        return len(list(file.decode(stream)))
