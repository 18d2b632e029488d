"""The measuring tape: floors, and the CPU and memory of processes."""

import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
SOURCE = Path(__file__).with_name("floor.c")


class Floor:
    """Samples the floor beside what is measured; :attr:`mean_us` once it is over."""

    def __init__(self, folder: Path) -> None:
        self._program = folder / "floor"
        command = ["gcc", "-O2", "-Wall", "-o", str(self._program), str(SOURCE)]
        subprocess.run(command, check=True)
        self._running: subprocess.Popen[str] | None = None

    def begin(self, seconds: float) -> None:
        command = [str(self._program), f"{seconds:.1f}"]
        self._running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def mean_us(self) -> float:
        """Waits for the samples. Raises ``RuntimeError`` when there are none."""
        assert self._running is not None
        printed, _ = self._running.communicate(timeout=60)
        samples = [float(line) for line in printed.split()]
        if self._running.returncode != 0 or not samples:
            raise RuntimeError("the floor was not measured")
        return mean(samples)


@dataclass(frozen=True)
class Usage:
    cpu_s: float
    """User and system, threads included."""
    resident_bytes: int

    @classmethod
    def of(cls, pids: Iterable[int]) -> "Usage":
        """Of all these processes together."""
        cpu_s, resident = 0.0, 0
        for pid in pids:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            cpu_s += (int(fields[11]) + int(fields[12])) / TICKS_PER_S
            resident += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf(
                "SC_PAGE_SIZE"
            )
        return cls(cpu_s, resident)


def percentile(values: list[float], share: float) -> float:
    """Of unsorted values; 0 when there are none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
