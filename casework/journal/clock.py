"""The journal's two clocks: wall time in UTC, and the machine's own clock since its boot.

A wall clock that is set back by more than two seconds is not followed: the entry's time goes on
from the last good one by the monotonic clock, so a later act never bears an earlier time. It is
logged, and work goes on. The order of the journal is its sequence, never its times.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from casework.database import new_id

_log = structlog.get_logger(__name__)

BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")
STEP_BACK_MS = 2_000


def read_boot_id(file: Path = BOOT_ID_FILE) -> str:
    """The machine's, as Linux tells it; where there is none, one for this process."""
    try:
        return file.read_text("ascii").strip()
    except OSError:
        return new_id()


@dataclass(frozen=True, slots=True)
class Moment:
    at_ms: int
    """UTC, milliseconds since 1970."""
    monotonic_ms: int
    boot_id: str


class JournalClock:
    """One a process."""

    def __init__(
        self,
        boot_id: str,
        *,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._boot_id = boot_id
        self._wall = wall
        self._monotonic = monotonic
        self._latest: Moment | None = None
        self._held = False

    def read(self) -> Moment:
        monotonic_ms = int(self._monotonic() * 1000)
        at_ms = int(self._wall() * 1000)
        if self._latest is not None:
            expected_ms = self._latest.at_ms + monotonic_ms - self._latest.monotonic_ms
            held = at_ms < expected_ms - STEP_BACK_MS
            if held and not self._held:
                _log.error("journal.clock_set_back", by_ms=expected_ms - at_ms)
            self._held = held
            at_ms = expected_ms if held else max(at_ms, self._latest.at_ms)
        self._latest = Moment(at_ms, monotonic_ms, self._boot_id)
        return self._latest


CLOCK = JournalClock(read_boot_id())
