"""The relay's writer of packet logs and the recorder, as processes of their own that are killed."""

import mmap
import os
import pickle
import sys
import time
from pathlib import Path

from recording.log_writer import PacketLogWriter
from recording.recorder import RecorderSettings, run
from signaling.relay.control import TapOpen
from tests.recording.conftest import line  # noqa: F401 - what is unpickled names it


def relay(call: str, accepted: str, *orders: str) -> None:
    """Writes the packets of ``call`` into every log, each at its time; says in ``accepted`` when the
    last one was taken."""
    opened = [TapOpen.model_validate_json(order) for order in orders]
    writer = PacketLogWriter()
    taps = [writer(order) for order in opened]
    tracks, events = pickle.loads(Path(call).read_bytes())  # noqa: S301 - our own
    for tap in taps:
        for number, agreed in tracks:
            tap.add_track(number, "aa", "c1", agreed)
    sys.stdout.write("running\n")
    sys.stdout.flush()
    told = mmap.mmap(os.open(accepted, os.O_RDWR), 8)
    for at_us, name, track, *rest in events:
        due_us = at_us + opened[0].started_monotonic_us
        time.sleep(max(due_us - time.monotonic_ns() // 1000, 0) / 1e6)
        now_us = time.monotonic_ns() // 1000
        for tap in taps:
            if name == "rtp":
                tap.rtp(track, now_us, bytes(rest[0]))
            else:
                tap.sender_report(track, now_us, *rest)
        if name == "rtp":
            told[:] = now_us.to_bytes(8, "big")


def recorder(socket_path: str, archive: str) -> None:
    root = Path(archive)
    settings = RecorderSettings(
        root, root.with_name("node.key"), repeat_report_s=0.3, end_grace_s=0.5, first_pause_s=0.2
    )
    run(Path(socket_path), settings)
