"""The signs of life of this node's windows and consoles: one statement each, every two seconds."""

import asyncio
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from casework.database import Database
from signaling.pairing.agents import heartbeat
from signaling.pairing.rules import PairingRules
from signaling.pairing.tickets import windows_seen
from signaling.wire.base import CloseCode, Event

logger = structlog.get_logger(__name__)


class WindowPort(Protocol):
    def post(self, event: Event) -> None: ...
    def close(self, code: CloseCode) -> None: ...


class Heart:
    """Beats for the duty sockets that are open here. A console's newer tab is found by itself."""

    def __init__(
        self, database: Database, rules: PairingRules, node_id: str, interval_s: float = 2.0
    ) -> None:
        self._database = database
        self._rules = rules
        self._node_id = node_id
        self._interval_s = interval_s
        self.windows: dict[str, WindowPort] = {}
        """The socket that counts, by window."""
        self.consoles: set[str] = set()
        """Ids of the sockets of agents."""

    async def run(self) -> None:
        """Beats until cancelled."""
        while True:
            await asyncio.sleep(self._interval_s)
            try:
                await self.beat()
            except (SQLAlchemyError, TimeoutError) as error:
                logger.warning("heart.missed", reason=repr(error))

    async def beat(self) -> None:
        if self.consoles:
            async with self._database.transaction() as session:
                await heartbeat(session, self._rules, self._node_id, sorted(self.consoles))
        if self.windows:
            async with self._database.transaction() as session:
                await windows_seen(session, self._rules, self._node_id, sorted(self.windows))
