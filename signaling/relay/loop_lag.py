"""How late the loop runs what is due: the figure that says whether packets wait."""

from collections import deque

SAMPLES = 500
"""Ten seconds of the relay's clockwork."""


class LoopLag:
    """Told by whoever slept how late it woke."""

    def __init__(self) -> None:
        self._late_s: deque[float] = deque(maxlen=SAMPLES)

    def note(self, late_s: float) -> None:
        self._late_s.append(max(0.0, late_s))

    def p99_ms(self) -> float:
        """0 before the first sample."""
        if not self._late_s:
            return 0.0
        ordered = sorted(self._late_s)
        return ordered[int(0.99 * (len(ordered) - 1))] * 1000
