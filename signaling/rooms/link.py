"""How a participant's link is, as the others are told: connected, silent or lost.

Two things can go away: the room socket and the media of the connection up. A participant whose
socket is gone, or whose media has been silent for a while, is *lost*; the call waits for a grace
time, counted from the first sign. Nobody counts as silent while the room is on hold, and who never
sent media (a listener, a page still starting) is judged by the socket alone.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class LinkState(StrEnum):
    CONNECTED = "connected"
    SILENT = "silent"
    LOST = "lost"


@dataclass(slots=True)
class Link:
    """Pure arithmetic over one clock in seconds; nothing here waits."""

    silent_to_lost_s: float
    grace_s: float
    now_s: float
    """When the participant was expected first: nobody may stay away from the start."""
    state: LinkState = LinkState.LOST
    _socket_gone_s: float | None = field(init=False)
    _media_gone_s: float | None = field(init=False, default=None)
    _media_closed: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._socket_gone_s = self.now_s

    def expect(self, now_s: float) -> None:
        """The call begins: who is away now has the whole grace time from here."""
        if self._socket_gone_s is not None:
            self._socket_gone_s = now_s
        if self._media_gone_s is not None:
            self._media_gone_s = now_s

    def socket_opened(self) -> None:
        self._socket_gone_s = None

    def socket_closed(self, now_s: float) -> None:
        if self._socket_gone_s is None:
            self._socket_gone_s = now_s

    def media_came(self) -> None:
        self._media_gone_s = None
        self._media_closed = False

    def media_silent(self, now_s: float) -> None:
        if self._media_gone_s is None:
            self._media_gone_s = now_s

    def media_closed(self, now_s: float) -> None:
        self.media_silent(now_s)
        self._media_closed = True

    @property
    def deadline_s(self) -> float | None:
        """When the call is lost for want of this participant; ``None`` while all is well."""
        gone = [since for since in (self._socket_gone_s, self._media_gone_s) if since is not None]
        return min(gone) + self.grace_s if gone else None

    def judge(self, now_s: float) -> LinkState:
        """The state now."""
        if self._socket_gone_s is not None or self._media_closed:
            return LinkState.LOST
        if self._media_gone_s is None:
            return LinkState.CONNECTED
        silent_s = now_s - self._media_gone_s
        return LinkState.LOST if silent_s >= self.silent_to_lost_s else LinkState.SILENT

    def next_change_s(self, now_s: float) -> float | None:
        """When :meth:`judge` will say something else, or the deadline comes, by itself."""
        times = [self.deadline_s]
        if self._media_gone_s is not None:
            times.append(self._media_gone_s + self.silent_to_lost_s)
        return min((time for time in times if time is not None and time > now_s), default=None)
