"""What is kept of a closed duty socket, so that its client may go on where it was."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from signaling.edge.sockets.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Kept:
    sign_in_id: str
    """Nobody else may take the socket up."""
    outbox: Outbox
    shown: Any
    """What the client was shown last: the next socket sends only what has changed since."""


class Resumable:
    """Bounded in number and time; the oldest is forgotten first."""

    def __init__(self, limit: int, keep_s: float) -> None:
        self._limit = limit
        self._keep_s = keep_s
        self._kept: OrderedDict[str, tuple[float, Kept]] = OrderedDict()

    def keep(self, socket_id: str, kept: Kept) -> None:
        now_s = asyncio.get_running_loop().time()
        self._forget(now_s)
        self._kept[socket_id] = (now_s, kept)
        if len(self._kept) > self._limit:
            self._kept.popitem(last=False)

    def take(self, socket_id: str, sign_in_id: str) -> Kept | None:
        """At most once; ``None`` for a stranger's, an unknown or a forgotten one."""
        self._forget(asyncio.get_running_loop().time())
        found = self._kept.get(socket_id)
        if found is None or found[1].sign_in_id != sign_in_id:
            return None
        del self._kept[socket_id]
        return found[1]

    def _forget(self, now_s: float) -> None:
        while self._kept:
            socket_id, (since_s, _) = next(iter(self._kept.items()))
            if now_s - since_s <= self._keep_s:
                return
            del self._kept[socket_id]
