"""How late the loop runs what is due: the figure that says whether packets wait."""

import asyncio
from collections import deque

PERIOD_S = 0.01
SAMPLES = 500
"""Five seconds."""


class LoopLag:
    """Run :meth:`measure` as a child of the service; ask :meth:`p99_ms` now and then."""

    def __init__(self) -> None:
        self._late_s: deque[float] = deque(maxlen=SAMPLES)

    async def measure(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + PERIOD_S
            await asyncio.sleep(PERIOD_S)
            self._late_s.append(max(0.0, loop.time() - due))

    def p99_ms(self) -> float:
        if not self._late_s:
            return 0.0
        ordered = sorted(self._late_s)
        return ordered[int(0.99 * (len(ordered) - 1))] * 1000
