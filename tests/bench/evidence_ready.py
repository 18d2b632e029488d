"""``python -m tests.bench.evidence_ready [SECONDS]``: how long after a call its recording can be played.

A recorder as its own process follows the log of a long call; then the call ends. Measured from the
order to close it until the outcome is reported: from then on supervision plays it.
"""

import asyncio
import json
import secrets
import sys
import tempfile
from pathlib import Path
from time import monotonic

from recording.archive import Archive
from recording.control import RecordingClose, RecordingProgress
from recording.keys import new_data_key
from tests.bench.evidence_load import order_of, write_call
from tests.recording.conftest import Place
from tests.recording.recorder_process import edge, kill, start

CAUGHT_UP_S = 300


async def measure(folder: Path, seconds: float) -> dict[str, object]:
    archive = Archive(folder / "archive")
    place = Place(archive, archive.create_folder(), new_data_key(), secrets.token_hex(8))
    write_call(place, seconds)
    recorder = await start(folder / "recorder.sock", archive.root)
    try:
        async with edge(folder / "recorder.sock") as connected:
            await connected.order(order_of(place))
            async with asyncio.timeout(CAUGHT_UP_S):
                while True:
                    progress = await connected.wait_for(RecordingProgress)
                    if progress.duration_ms >= seconds * 1_000 - 10_000:
                        break
            began_s = monotonic()
            await connected.order(RecordingClose(request_id="2", recording_id=place.recording_id))
            outcome = (await connected.closed()).outcome
            ready_s = monotonic() - began_s
    finally:
        await kill(recorder)
        archive.close()
    size = sum(stream.size_bytes for stream in outcome.streams) / 1e6
    return {"ready_s": round(ready_s, 2), "megabytes": round(size, 1), "state": outcome.state}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        wanted = float(sys.argv[1]) if len(sys.argv) > 1 else 600.0
        print(json.dumps(asyncio.run(measure(Path(made), wanted))))
