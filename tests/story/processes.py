"""The processes of a node, found below its watcher: to be killed, and only those."""

import os
import signal
import time
from pathlib import Path

MODULE = "shipinban.processes."


def tree(pid: int) -> list[int]:
    """``pid`` and everything that descends from it, parents first."""
    found = [pid]
    for parent in found:
        found.extend(children(parent))
    return found


def children(pid: int) -> list[int]:
    try:
        listed = [task.read_text() for task in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    return [int(child) for line in listed for child in line.split()]


def parts(watcher: int) -> dict[str, int]:
    """Process ids of ``edge``, ``relay`` and ``recorder``, as far as they run."""
    found = {}
    for pid in children(watcher):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        for word in words:
            if word.startswith(MODULE.encode()):
                found[word.decode().removeprefix(MODULE)] = pid
    return found


def kill_tree(pid: int) -> list[int]:
    """SIGKILL to all of it at once; no process gets time to see another one end."""
    pids = tree(pid)
    for each in pids:
        os.kill(each, signal.SIGSTOP)
    for each in pids:
        os.kill(each, signal.SIGKILL)
    return pids


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_gone(pids: list[int], deadline_s: float) -> None:
    """Raises ``AssertionError`` naming those that still run then."""
    until_s = time.monotonic() + deadline_s
    while left := [pid for pid in pids if alive(pid)]:
        assert time.monotonic() < until_s, f"still running: {left}"
        time.sleep(0.05)
