"""``python -m tests.bench.evidence_load [SECONDS]``: what proving a recording costs a packet.

One call is followed from its log twice, with evidence and without, then sealed and verified; CPU of
this process in floors a packet, the floor being sampled in the same seconds.
"""

import base64
import json
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from recording.archive import Archive
from recording.closing import close_recording
from recording.control import RecordingStart
from recording.evidence.call_evidence import CallEvidence
from recording.follower import Follower
from recording.keys import new_data_key
from recording.log_writer import LogTap
from signaling.relay.control import TrackKind
from tests.bench.measure import Floor
from tests.bench.traffic import AGENT, WINDOW, plan
from tests.recording.conftest import Place, line
from tests.recording.evidence.calls import NODE_KEY, RecordedCall

KINDS = tuple(TrackKind)
GROUP_CHUNKS = 10
"""Two seconds of log, as the recorder chains them; a head each ten seconds."""
RECORD_EVERY_US = 200_000


def write_call(place: Place, seconds: float) -> int:
    """The packet log of one call, written every 200 ms of it; the number of packets."""
    tap = LogTap(place.order(), buffer_bytes=64 << 20)
    packets = []
    for side, kinds in enumerate((WINDOW, AGENT)):
        tracks = {kind.ssrc: side * 3 + number for number, kind in enumerate(kinds)}
        for number, _kind in enumerate(kinds):
            participant, connection = ("aa", "c1") if side == 0 else ("bb", "c2")
            tap.add_track(side * 3 + number, participant, connection, line(KINDS[number]))
        packets += [
            (each.at_us, tracks[each.ssrc], each.plain)
            for each in plan(kinds, seconds, Random(side))
        ]
    packets.sort(key=lambda packet: packet[0])
    next_us = RECORD_EVERY_US
    for at_us, track, plain in packets:
        if at_us >= next_us:
            tap.flush()
            next_us += RECORD_EVERY_US
        tap.rtp(track, at_us, plain)
    tap.close()
    tap.flush()
    tap.file.close()
    return len(packets)


def order_of(place: Place) -> RecordingStart:
    return RecordingStart(
        request_id="1",
        recording_id=place.recording_id,
        call_id="c",
        county_id="d",
        started_ms=1_700_000_000_000,
        folder=place.folder,
        key_base64=base64.b64encode(place.key).decode(),
        longest_call_s=3_600,
    )


@dataclass
class Cost:
    follow_s: float
    close_s: float
    close_wall_s: float
    megabytes: float


def record(place: Place, *, prove: bool) -> tuple[Cost, RecordedCall]:
    """CPU seconds of following the log and of closing."""
    order = order_of(place)
    call = RecordedCall(place, NODE_KEY)
    with place.archive.folder(place.folder) as folder:
        evidence = CallEvidence(folder, place.key, order, NODE_KEY) if prove else None
        if evidence is not None:
            evidence.open()
        follower = Follower(folder, order, evidence)
        follow_s = cpu_s(lambda: _follow(follower, call))
        wall_s = time.perf_counter()
        outcomes = []
        close_s = cpu_s(lambda: outcomes.append(close_recording(follower)))
        wall_s = time.perf_counter() - wall_s
        if evidence is not None:
            evidence.close()
        follower.close()
    call.outcome = outcomes[0]
    if call.outcome.seal is not None:
        call.heads.append(call.outcome.seal.head)
    size = sum(stream.size_bytes for stream in call.outcome.streams) / 1e6
    return Cost(follow_s, close_s, wall_s, size), call


def _follow(follower: Follower, call: RecordedCall) -> None:
    turn, evidence = 0, follower.evidence
    while follower.step(GROUP_CHUNKS):
        turn += 1
        if evidence is not None:
            evidence.take_groups(follower.files())
            if turn % 5 == 0:
                evidence.beat()
                head = evidence.take_head()
                if head is not None:
                    call.heads.append(head)


def cpu_s(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def measure(folder: Path, seconds: float) -> dict[str, float]:
    archive = Archive(folder / "archive")
    floor = Floor(folder)
    places = [
        Place(archive, archive.create_folder(), new_data_key(), secrets.token_hex(8))
        for _ in range(2)
    ]
    packets, _ = (write_call(place, seconds) for place in places)
    floor.begin(10.0)
    plain, _ = record(places[0], prove=False)
    proved, call = record(places[1], prove=True)
    found: list[str] = []
    verify_s = cpu_s(lambda: found.extend(call.first_faults()))
    floor_us = floor.mean_us()
    archive.close()
    if found:
        raise RuntimeError(found[0])

    def floors(cost_s: float) -> float:
        return round(cost_s * 1e6 / packets / floor_us, 2)

    return {
        "packets": packets,
        "megabytes": round(proved.megabytes, 1),
        "hashing_and_chaining": floors(proved.follow_s - plain.follow_s),
        "sealing": floors(proved.close_s - plain.close_s),
        "reading_back": floors(plain.close_s),
        "verifying": floors(verify_s),
        "writing": floors(plain.follow_s),
        "ready_s": round(proved.close_wall_s, 2),
        "ready_cpu_s": round(proved.close_s, 2),
        "floor_us": round(floor_us, 2),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        wanted = float(sys.argv[1]) if len(sys.argv) > 1 else 600.0
        print(json.dumps(measure(Path(made), wanted)))
