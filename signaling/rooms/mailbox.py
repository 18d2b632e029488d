"""How others reach the one task that owns a room."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog

from casework.errors import Unavailable

T = TypeVar("T")
Act = Callable[[], Awaitable[Any]]

logger = structlog.get_logger(__name__)


class Mailbox:
    """Bounded; when it is full, whoever asks is refused and whoever tells is told so."""

    def __init__(self, limit: int) -> None:
        self._letters: asyncio.Queue[tuple[Act, asyncio.Future[Any] | None]] = asyncio.Queue(limit)
        self._closed = False

    async def ask(self, act: Callable[[], Awaitable[T]]) -> T:
        """What ``act`` returns or raises, done by the owner. The caller sets the deadline.

        Raises :class:`Unavailable` when the room is closed or overrun.
        """
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        if not self._put(act, answer):
            raise Unavailable("room.busy", "房间繁忙，请稍后再试")
        return await answer

    def tell(self, act: Act) -> bool:
        """For those who don't wait. False: not taken."""
        return self._put(act, None)

    async def serve(self, within_s: float) -> None:
        """The owner obeys one letter, or returns after ``within_s`` without any."""
        try:
            async with asyncio.timeout(max(0.0, within_s)):
                act, answer = await self._letters.get()
        except TimeoutError:
            return
        await _obey(act, answer)

    def close(self) -> None:
        """Nothing more is taken; those who wait are told."""
        self._closed = True
        while not self._letters.empty():
            _, answer = self._letters.get_nowait()
            if answer is not None and not answer.done():
                answer.set_exception(Unavailable("room.closed", "房间已关闭"))

    def _put(self, act: Act, answer: asyncio.Future[Any] | None) -> bool:
        if self._closed or self._letters.full():
            return False
        self._letters.put_nowait((act, answer))
        return True


async def _obey(act: Act, answer: asyncio.Future[Any] | None) -> None:
    if answer is not None and answer.done():
        return  # whoever asked has given up
    try:
        result = await act()
    except Exception as error:
        if answer is None:
            logger.exception("room.letter_failed")
        elif not answer.done():
            answer.set_exception(error)
        return
    if answer is not None and not answer.done():
        answer.set_result(result)
