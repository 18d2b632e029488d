"""Runs every bench and leaves its figures for scripts/write_figures.py.

Each measurement is a process of its own, one after the other: a bench that shares its interpreter
with the last one measures the last one's garbage.
"""

import json
import subprocess
import sys
from typing import Any

from tests.figures import write_figures

CALLS = (1, 8, 24)
DEADLINE_S = 300


def run(module: str, *arguments: str) -> dict[str, Any]:
    """The JSON object that a bench printed last. Raises ``CalledProcessError``."""
    command = [sys.executable, "-m", f"tests.bench.{module}", *arguments]
    print(f"bench: {module} {' '.join(arguments)}", flush=True)
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, timeout=DEADLINE_S
    )
    measured: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return measured


def relay_row(measured: dict[str, Any]) -> list[object]:
    return [
        measured["calls"],
        measured["forwarded_per_s"],
        measured["relay_floors"],
        measured["all_floors"],
        measured["forward_p50_ms"],
        measured["forward_p99_ms"],
        measured["loop_lag_p99_ms"],
        measured["lost_share"],
        measured["resident_mb_per_call"],
        measured["generator_late_share"],
        measured["floor_us"],
    ]


def main() -> None:
    relays = [run("relay_load", str(calls)) for calls in CALLS]
    naive = run("naive_load")
    write_figures(
        "relay",
        "Relay and recorder under load",
        [
            "calls", "packets forwarded a second", "floors a packet, relay",
            "floors a packet, relay and recorder", "forwarding p50 ms", "forwarding p99 ms",
            "loop lag p99 ms", "lost", "MB a call", "sent late by the generator", "floor µs",
        ],
        [relay_row(each) for each in relays],
        command="make bench",
        note="A call sends voice, 720p and a 1080p document up, voice and 720p down; recording and "
        "feedback on. Goals at 24 calls: relay ≤ 16 floors, all ≤ 24, p99 ≤ 10 ms, lag ≤ 20 ms, "
        "≤ 4 MB a call.",
    )  # fmt: skip
    write_figures(
        "naive",
        "Against the naive server",
        ["server", "packets forwarded a second", "floors a packet", "cores"],
        [
            ["aiortc MediaRelay + MediaRecorder, 1 call", *_naive(naive)],
            ["Shipinban, 1 call", relays[0]["forwarded_per_s"], relays[0]["all_floors"], "–"],
            ["ratio", "–", naive["all_floors"] / relays[0]["all_floors"], "–"],
        ],
        command="make bench",
        note="Goal: ≥ 100 times cheaper a packet at one call.",
    )


def _naive(measured: dict[str, Any]) -> list[object]:
    return [measured["forwarded_per_s"], measured["all_floors"], measured["cores"]]


if __name__ == "__main__":
    main()
