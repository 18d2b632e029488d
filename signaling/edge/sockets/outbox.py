"""What a socket has to send: numbered, bounded, and kept for a client that comes back."""

import asyncio
from collections import deque

from signaling.wire.base import Done, Event, Heartbeat, Refused


class OutboxFull(Exception):
    """The client does not take its messages in time: its socket has to close."""


class Outbox:
    """Events get ``seq`` from 1; answers and heartbeats go unnumbered, in the same order."""

    def __init__(self, limit: int, replayed: int) -> None:
        self._limit = limit
        self._queue: asyncio.Queue[str | None] = asyncio.Queue(limit + 1)
        self._kept: deque[tuple[int, str]] = deque(maxlen=replayed)
        self._seq = 0
        self._ended = False

    def post(self, event: Event) -> None:
        """Raises :class:`OutboxFull`; the event is still there for a resume."""
        self._seq += 1
        text = event.model_copy(update={"seq": self._seq}).model_dump_json()
        self._kept.append((self._seq, text))
        self._put(text)

    def answer(self, message: Done | Refused | Heartbeat) -> None:
        """Raises :class:`OutboxFull`."""
        self._put(message.model_dump_json())

    def end(self) -> None:
        """Nothing more is sent after what is queued."""
        if not self._ended:
            self._ended = True
            self._queue.put_nowait(None)

    async def next(self) -> str | None:
        """The next message; ``None`` at the end."""
        return await self._queue.get()

    def resume(self, before: "Outbox", last_seq: int) -> bool:
        """Goes on where an earlier socket's outbox ended: numbers, and what came after ``last_seq``.

        False, and nothing is taken over, when that is no longer kept.
        """
        missed = before._seq - last_seq
        if not 0 <= missed <= min(len(before._kept), self._limit):
            return False
        self._seq = before._seq
        self._kept.extend(before._kept)
        for seq, text in before._kept:
            if seq > last_seq:
                self._put(text)
        return True

    def _put(self, text: str) -> None:
        if self._queue.qsize() >= self._limit:
            raise OutboxFull
        self._queue.put_nowait(text)
