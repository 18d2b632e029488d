"""What a recording of the test camera proves: which picture and which beep came when.

The test camera, the sample document and the beep run on one clock, which both pictures carry as a
QR code (``C123T8200``: camera, frame 123, 8,200 ms). So a decoded file tells for each of its frames
when it was filmed, and the recording's own times can be held against it.
"""

import io
import re
from array import array
from dataclasses import dataclass
from statistics import median

import av
import zxingcpp
from PIL.Image import Image

MARK = re.compile(r"([CD])(\d+)T(\d+)")
LOUD = 0.05
"""Share of full scale above which a sample belongs to a beep; the tone is at 0.2."""
QUIET_S = 0.5
STEP = 48
"""Samples looked at together: one millisecond."""


@dataclass(frozen=True)
class Filmed:
    source: str
    frame: int
    clock_ms: int
    """By the test camera's clock."""
    recorded_ms: float
    """On the call's clock."""


def marks(content: bytes, start_offset_ms: int) -> list[Filmed]:
    """Every frame of the file whose code can be read."""
    found = []
    with av.open(io.BytesIO(content), "r") as file:
        for frame in file.decode(video=0):
            mark = read_mark(frame.to_image().convert("L"))  # type: ignore[no-untyped-call]
            if mark is not None and frame.time is not None:
                source, number, clock_ms = mark
                recorded_ms = frame.time * 1000 + start_offset_ms
                found.append(Filmed(source, number, clock_ms, recorded_ms))
    return found


def read_mark(picture: Image) -> tuple[str, int, int] | None:
    for code in zxingcpp.read_barcodes(picture):
        if match := MARK.fullmatch(code.text):
            return match[1], int(match[2]), int(match[3])
    return None


def beeps(content: bytes, start_offset_ms: int) -> list[float]:
    """When each beep begins, in ms on the call's clock."""
    begun: list[float] = []
    last_loud_s = -1.0
    with av.open(io.BytesIO(content), "r") as file:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000)
        for frame in file.decode(audio=0):
            for sound in resampler.resample(frame):
                assert sound.time is not None
                samples = array("h", bytes(sound.planes[0])[: sound.samples * 2])
                for index in range(0, len(samples), STEP):
                    if max(map(abs, samples[index : index + STEP])) < LOUD * 32_768:
                        continue
                    at_s = sound.time + index / 48_000
                    if at_s - last_loud_s > QUIET_S:
                        begun.append(at_s * 1000 + start_offset_ms)
                    last_loud_s = at_s
    return begun


def shift_ms(filmed: list[Filmed]) -> float:
    """By how much the call's clock is ahead of the test camera's, in this file."""
    return median(each.recorded_ms - each.clock_ms for each in filmed)


def beep_shift_ms(begun: list[float], near_ms: float) -> float:
    """The same by ear: a beep begins at each whole second of the test camera's clock."""
    shifts = []
    for at_ms in begun:
        second = round((at_ms - near_ms) / 1000)
        shifts.append(at_ms - second * 1000)
    return median(shifts)
