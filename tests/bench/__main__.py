"""Runs every bench and leaves its figures for scripts/write_figures.py.

Each measurement is a process of its own, one after the other: a bench that shares its interpreter
with the last one measures the last one's garbage.
"""

import json
import os
import subprocess
import sys
from statistics import median
from typing import Any

from tests.figures import write_figures

CALLS = (1, 8, 24)
REPEATS = 3
DEADLINE_S = 1_800
"""Writing a million cases is most of it."""
PAGE_CALLS = 20
MOST_LATE = 0.02
"""Of the packets: a generator that sent more of them late has measured the machine's other work."""


def run(module: str, *arguments: str) -> dict[str, Any]:
    """The JSON object that a bench printed last. Raises ``CalledProcessError``."""
    command = [sys.executable, "-m", f"tests.bench.{module}", *arguments]
    print(f"bench: {module} {' '.join(arguments)}", flush=True)
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, timeout=DEADLINE_S
    )
    measured: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return measured


def run_repeatedly(calls: int) -> dict[str, Any] | None:
    """Medians of the readings that count; ``None`` when none does."""
    readings = [run("relay_load", str(calls)) for _ in range(REPEATS)]
    counting = [each for each in readings if each["generator_late_share"] <= MOST_LATE]
    if not counting:
        return None
    return {name: median(each[name] for each in counting) for name in counting[0]} | {
        "readings": f"{len(counting)} of {REPEATS}"
    }


def relay_row(calls: int, measured: dict[str, Any] | None) -> list[object]:
    if measured is None:
        return [calls, *("–",) * 13, f"0 of {REPEATS}: the generator was late"]
    return [
        calls,
        measured["forwarded_per_s"],
        measured["relay_floors"],
        measured["recorder_floors"],
        measured["edge_floors"],
        measured["all_floors"],
        measured["forward_p50_ms"],
        measured["forward_p99_ms"],
        measured["loop_lag_p99_ms"],
        measured["lost_share"],
        measured["resident_mb_per_call"],
        measured["generator_late_share"],
        measured["generator_cores"],
        measured["floor_us"],
        measured["readings"],
    ]


def main() -> None:
    one_call = write_relay()
    write_pages()
    write_evidence()
    write_reports()
    write_judging()
    write_journal()
    write_naive(one_call)


def write_relay() -> dict[str, Any] | None:
    """What one call costs is returned, unless no reading counts."""
    relays = {calls: run_repeatedly(calls) for calls in CALLS}
    write_figures(
        "relay",
        "A node under load",
        [
            "calls", "packets forwarded a second", "relay", "recorder", "edge", "all",
            "forwarding p50 ms", "p99 ms", "loop lag p99 ms", "lost", "MB a call",
            "sent late by the generator", "generator's cores", "floor µs", "readings",
        ],
        [relay_row(calls, measured) for calls, measured in relays.items()],
        command="make bench",
        note="Floors a forwarded packet, by process. A call sends voice, 720p and a 1080p document "
        "up, voice and 720p down; recording and feedback on. The edge is that of an idle node "
        "beside; the bench gives relay and recorder their orders itself. Medians; a reading does "
        "not count when the generator sent more than 2 % of the packets late. Goals at 24 calls: "
        "relay ≤ 16 floors, all ≤ 24, p99 ≤ 10 ms, lag ≤ 20 ms, ≤ 4 MB a call.",
    )  # fmt: skip
    return relays[1]


def write_pages() -> None:
    pages = run("first_frame", str(PAGE_CALLS))
    write_figures(
        "first_frame",
        "At the pages",
        ["what", "goal", "median", "nine in ten"],
        [
            ["accept clicked → first frame of the window's camera, ms", "800", *_frames(pages)],
            ["page asked for → with the agent, s", "2", *_pages(pages)],
        ],
        command="make bench",
        note=f"{PAGE_CALLS} calls between two pages of one Chromium, which encodes, decodes and "
        "draws everything on the node's own two cores; load average at the end "
        f"{os.getloadavg()[0]:.1f}.",
    )


def write_journal() -> None:
    journals = {kind: run("journal_rate", kind) for kind in ("sqlite", "postgresql")}
    verified = run("journal_verify")
    write_figures(
        "journal",
        "The journal",
        ["what", "goal", "SQLite", "PostgreSQL"],
        [
            ["acts a second, 8 writers", "300, 1,000", *_of(journals, "entries_per_s")],
            ["act → number, half of them, ms", "–", *_of(journals, "sequenced_p50_ms")],
            ["act → number, 99 of 100, ms", "200", *_of(journals, "sequenced_p99_ms")],
            ["1,000,000 entries verified, s", "60", verified["verified_s"], "the same file"],
        ],
        command="make bench",
        note="Durable commits. On PostgreSQL each writer is a process; writers, sequencer and "
        f"database share two cores; load average at the end {os.getloadavg()[0]:.1f}.",
    )


def write_naive(one: dict[str, Any] | None) -> None:
    """``one``: what Shipinban costs at one call."""
    naive = run("naive_load")
    if one is None:
        return
    write_figures(
        "naive",
        "Against the naive server",
        ["server", "packets forwarded a second", "floors a packet", "cores"],
        [
            ["aiortc MediaRelay + MediaRecorder, 1 call", *_naive(naive)],
            ["Shipinban, 1 call", one["forwarded_per_s"], one["all_floors"], "–"],
            ["ratio", "–", naive["all_floors"] / one["all_floors"], "–"],
        ],
        command="make bench",
        note="Goal: ≥ 100 times cheaper a packet at one call.",
    )


def write_judging() -> None:
    measured = run("judging")
    write_figures(
        "page-judging",
        "Until a page taken is judged",
        ["what", "goal", "median", "nine in ten"],
        [["page taken → its faults told, ms", "300", measured["p50_ms"], measured["p90_ms"]]],
        command="make bench",
        note="The window's own code in Chromium: a picture of the document camera's full size "
        "(3840 × 2160) is handed to the worker, made smaller there, and judged; load average at "
        f"the end {os.getloadavg()[0]:.1f}.",
    )


def write_evidence() -> None:
    measured, ready = run("evidence_load"), run("evidence_ready")
    shown = ("hashing_and_chaining", "sealing", "reading_back", "verifying", "writing")
    write_figures(
        "evidence",
        "Proving a recording",
        ["step", "floors a packet"],
        [[name.replace("_", " "), measured[name]] for name in shown]
        + [
            ["call of ten minutes ended → ready to play, s (goal 2)", ready["ready_s"]],
            ["of it CPU, s", measured["ready_cpu_s"]],
        ],
        command="make bench",
        note=f"One call of ten minutes, {measured['packets']} packets, {measured['megabytes']} MB, "
        f"floor {measured['floor_us']} µs. Hashing, chaining and sealing come on top of forwarding "
        "with the log; goal together ≤ 6. Reading back and writing are there without evidence, "
        "too; verifying is the edge's second reading, after the call. Goal: ready ≤ 2 s.",
    )


def write_reports() -> None:
    measured = {kind: run("report_load", kind) for kind in ("sqlite", "postgresql")}
    write_figures(
        "reports",
        "Reports over a million cases",
        ["what", "goal", "SQLite", "PostgreSQL"],
        [
            ["cases", "1,000,000", *_of(measured, "cases")],
            ["slowest report, s", "2", *_of(measured, "slowest_s")],
            ["median report, s", "–", *_of(measured, "median_s")],
            ["counting one day ahead, ms", "–", *_of(measured, "day_ms")],
        ],
        command="make bench",
        note="Every breakdown over the whole time and the last month, for the county, a town, a "
        "window, an item and an agent, each with the period before; slowest on SQLite: "
        f"{measured['sqlite']['slowest']}, on PostgreSQL: {measured['postgresql']['slowest']}. "
        f"Load average at the end {os.getloadavg()[0]:.1f}.",
    )


def _of(journals: dict[str, dict[str, Any]], name: str) -> list[object]:
    return [journals["sqlite"][name], journals["postgresql"][name]]


def _frames(pages: dict[str, Any]) -> list[object]:
    return [pages["first_frame_median_ms"], pages["first_frame_p90_ms"]]


def _pages(pages: dict[str, Any]) -> list[object]:
    return [pages["page_median_s"], pages["page_p90_s"]]


def _naive(measured: dict[str, Any]) -> list[object]:
    return [measured["forwarded_per_s"], measured["all_floors"], measured["cores"]]


if __name__ == "__main__":
    main()
