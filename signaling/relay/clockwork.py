"""All that is regular in the process that forwards, run by one timer.

Each wake-up of the loop costs as much as several packets: so there is one for all that is due, and
hardly any while no room is open.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from signaling.relay.beat import next_beat
from signaling.relay.loop_lag import LoopLag

TICK_S = 0.02
IDLE_S = 1.0
_SLACK_S = 0.001


@dataclass
class Regular:
    interval_s: float
    act: Callable[[], None]
    due_s: float = 0.0


class Clockwork:
    """Ticks each 20 ms while there is something to tick for. Also measures the loop's lag."""

    def __init__(
        self,
        tick: Callable[[], None],
        is_idle: Callable[[], bool],
        regular: Sequence[Regular],
        lag: LoopLag,
    ) -> None:
        self._tick, self._is_idle, self._regular, self._lag = tick, is_idle, regular, lag
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._broken: asyncio.Future[None] | None = None
        self._due_s = 0.0
        self._idles = False

    async def run(self) -> None:
        """Until cancelled. Raises what an act raises."""
        self._loop = asyncio.get_running_loop()
        self._broken = self._loop.create_future()
        self._arm(self._loop)
        try:
            await self._broken
        finally:
            if self._timer is not None:
                self._timer.cancel()

    def wake(self) -> None:
        """To be called when an order may have ended the idleness."""
        if self._idles and self._loop is not None and not self._is_idle():
            if self._timer is not None:
                self._timer.cancel()
            self._arm(self._loop)

    def _arm(self, loop: asyncio.AbstractEventLoop) -> None:
        self._idles = self._is_idle()
        self._due_s = next_beat(loop.time(), IDLE_S if self._idles else TICK_S)
        self._timer = loop.call_at(self._due_s, self._beat, loop)

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        now_s = loop.time()
        self._lag.note(now_s - self._due_s)
        try:
            if not self._idles:
                self._tick()
            for each in self._regular:
                if now_s >= each.due_s - _SLACK_S:
                    each.due_s = next_beat(now_s, each.interval_s)
                    each.act()
        except Exception as error:  # noqa: BLE001 - whoever runs the clockwork is told
            if self._broken is not None and not self._broken.done():
                self._broken.set_exception(error)
            return
        self._arm(loop)
