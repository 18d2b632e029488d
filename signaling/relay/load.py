"""Whether a viewer's link carries what is sent, judged by the viewer's own feedback.

Only for viewers that are not the source's primary one: those must not slow the source down, so
they lose tracks on their own connection instead, the face first, then the document, never voice.
"""

from signaling.relay.control import TrackKind
from signaling.relay.settings import RelaySettings
from signaling.relay.twcc import Arrivals, Feedback

LEVELS: tuple[frozenset[TrackKind], ...] = (
    frozenset(),
    frozenset({TrackKind.CAMERA}),
    frozenset({TrackKind.CAMERA, TrackKind.DOCUMENT}),
)
"""What is withheld at each level."""
_WINDOW_US = 1_000_000
_FEWEST = 10
"""Packets in a window that say anything."""
_DRIFT_US = 1_000
"""A second: the least delay seen is let rise so slowly, for clocks that drift apart."""


class Load:
    """Counts a window of a second at a time; :attr:`withheld` follows."""

    def __init__(self, settings: RelaySettings, line_kinds: tuple[TrackKind, ...]) -> None:
        self._settings = settings
        self._kinds = line_kinds
        self._level = 0
        self._window_us = 0
        self._sent = 0
        self._lost = 0
        self._delay_us = 0
        self._least_delay_us: int | None = None
        self._bad = 0
        self._retry_us = 0
        self._pause_s = settings.restore_first_s
        self._spared_until_us = 0

    @property
    def withheld(self) -> frozenset[TrackKind]:
        return LEVELS[self._level]

    def read(self, feedback: Feedback, sent: Arrivals) -> None:
        """``sent``: when each packet came to the relay, and so left it for this viewer."""
        for offset, arrived_us in enumerate(feedback.arrivals):
            known = sent.at((feedback.first + offset) & 0xFFFF)
            if known is None or self._kinds[known[1]] in self.withheld:
                continue
            self._sent += 1
            if arrived_us < 0:
                self._lost += 1
            else:
                self._delay_us = arrived_us - known[0]
                least = self._least_delay_us
                self._least_delay_us = (
                    self._delay_us if least is None else min(least, self._delay_us)
                )

    def judge(self, now_us: int) -> bool:
        """Called a few times a second; whether :attr:`withheld` has changed."""
        if now_us - self._window_us < _WINDOW_US:
            return False
        self._window_us = now_us
        bad = self._is_bad()
        self._sent = self._lost = 0
        if self._least_delay_us is not None:
            self._least_delay_us += _DRIFT_US
        if now_us < self._spared_until_us:
            return False
        self._bad = self._bad + 1 if bad else 0
        if self._bad >= self._settings.withhold_windows and self._level + 1 < len(LEVELS):
            return self._withhold(now_us)
        if self._level and not bad and now_us >= self._retry_us:
            return self._restore(now_us)
        return False

    def _is_bad(self) -> bool:
        if self._sent < _FEWEST:
            return False
        delay_us = self._delay_us - (self._least_delay_us or 0)
        return (
            self._lost > self._settings.withhold_loss * self._sent
            or delay_us > self._settings.withhold_delay_s * 1e6
        )

    def _withhold(self, now_us: int) -> bool:
        self._level += 1
        self._bad = 0
        self._retry_us = now_us + int(self._pause_s * 1e6)
        self._pause_s = min(2 * self._pause_s, self._settings.restore_longest_s)
        self._spare(now_us)
        return True

    def _restore(self, now_us: int) -> bool:
        self._level -= 1
        self._retry_us = now_us + int(self._pause_s * 1e6)
        return True

    def _spare(self, now_us: int) -> None:
        """What was queued for the link still shows for a while: not this level's fault."""
        self._spared_until_us = now_us + 2 * _WINDOW_US
