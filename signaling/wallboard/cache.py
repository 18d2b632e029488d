"""One reading of the wallboard serves everybody who may see the same, for two seconds."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from signaling.wire.live import Wallboard

FRESH_S = 2.0

Scope = tuple[str, str | None]
"""County and, of a home supervisor, the own organisation."""


@dataclass(slots=True)
class _Kept:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    board: Wallboard | None = None
    until_s: float = 0.0


class BoardCache:
    """Bounded by the organisations there are."""

    def __init__(self, fresh_s: float = FRESH_S) -> None:
        self._fresh_s = fresh_s
        self._kept: dict[Scope, _Kept] = {}

    async def board(self, scope: Scope, read: Callable[[], Awaitable[Wallboard]]) -> Wallboard:
        """The one that is kept, or ``read`` anew: by one asker, the others wait for it."""
        kept = self._kept.setdefault(scope, _Kept())
        async with kept.lock:
            now_s = asyncio.get_running_loop().time()
            if kept.board is None or now_s >= kept.until_s:
                kept.board = await read()
                kept.until_s = now_s + self._fresh_s
            return kept.board
