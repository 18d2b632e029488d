"""The live sockets of this node: closed when a sign-in ends, and when the node stops.

A revoked sign-in closes its sockets within five seconds: the node re-reads the sign-ins of all its
sockets every two seconds in one query, so that a command costs no look at the database.
"""

import asyncio
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import Database
from casework.sign_in import live_sign_ins
from signaling.wire.base import CloseCode

CHUNK = 500

logger = structlog.get_logger(__name__)


class LiveSocket(Protocol):
    @property
    def sign_in_id(self) -> str: ...
    def close(self, code: CloseCode) -> None: ...


class Presence:
    """Who is connected here. Sockets enter after their hello and leave when they close."""

    def __init__(self, database: Database, check_s: float) -> None:
        self._database = database
        self._check_s = check_s
        self._sockets: set[LiveSocket] = set()
        self._ended: set[str] = set()
        self.draining = False
        """While true, hellos are refused: this node takes nothing new."""

    def enter(self, socket: LiveSocket) -> None:
        self._sockets.add(socket)

    def leave(self, socket: LiveSocket) -> None:
        self._sockets.discard(socket)

    def has_ended(self, sign_in_id: str) -> bool:
        """As of the last look; for sockets that still have to be told."""
        return sign_in_id in self._ended

    def close_all(self, code: CloseCode) -> None:
        """Tells every client where it stands when the node stops."""
        self.draining = True
        for socket in tuple(self._sockets):
            socket.close(code)

    async def run(self) -> None:
        """Looks until cancelled."""
        while True:
            await asyncio.sleep(self._check_s)
            try:
                await self.check()
            except (SQLAlchemyError, TimeoutError) as error:
                logger.warning("presence.not_checked", reason=repr(error))

    async def check(self) -> None:
        """One look: closes the sockets whose sign-in has ended."""
        watched = {socket.sign_in_id for socket in self._sockets}
        async with self._database.reading() as session:
            live = await _live(session, sorted(watched))
        self._ended = watched - live
        for socket in tuple(self._sockets):
            if socket.sign_in_id in self._ended:
                socket.close(CloseCode.SIGNED_OUT)


async def _live(session: AsyncSession, sign_in_ids: list[str]) -> set[str]:
    live: set[str] = set()
    for start in range(0, len(sign_in_ids), CHUNK):
        live |= await live_sign_ins(session, sign_in_ids[start : start + CHUNK])
    return live
