"""A selector that rests between two looks: one wake-up then serves all that came meanwhile.

A wake-up of the interpreter costs as much as forwarding several packets. While the process rests it
sleeps in the kernel; when the rest is over it looks at once, and if nothing has come it waits for
the first packet, which is then served without delay.
"""

import selectors
import time


class RestingSelector(selectors.EpollSelector):
    """For one loop. Timers run in time; sockets are heard of when the rest is over."""

    def __init__(self) -> None:
        super().__init__()
        self._until_s = 0.0

    def rest_until(self, when_s: float) -> None:
        """``when_s``: by the monotonic clock. Several may ask: the longest rest counts."""
        self._until_s = max(self._until_s, when_s)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        rest_s = self._until_s - time.monotonic()
        if rest_s <= 0:
            return super().select(timeout)
        if timeout is not None and timeout <= rest_s:
            if timeout > 0:
                time.sleep(timeout)
            return []
        time.sleep(rest_s)
        return super().select(None if timeout is None else timeout - rest_s)
