"""What happened in a call, on the call's clock: what the player's list of events shows."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import Database, now_ms
from signaling.rooms.facts import CallFacts
from signaling.tables import CallEvent


def monotonic_us() -> int:
    """CLOCK_MONOTONIC: the same for all processes of a node."""
    return time.monotonic_ns() // 1000


class CallLog:
    """Writes event rows. The clock starts when the call's row says, also after a restart."""

    def __init__(
        self, database: Database, call: CallFacts, clock: Callable[[], int] = monotonic_us
    ) -> None:
        self._database = database
        self._call = call
        self._clock = clock
        self.started_monotonic_us = clock() - call.age_ms * 1000

    @property
    def position_ms(self) -> int:
        """Milliseconds since the call began."""
        return max(0, (self._clock() - self.started_monotonic_us) // 1000)

    def add(
        self,
        session: AsyncSession,
        kind: str,
        actor_staff_id: str | None,
        body: Mapping[str, Any] | None = None,
    ) -> None:
        """In the transaction of what the event tells."""
        session.add(
            CallEvent(
                county_id=self._call.county_id,
                call_id=self._call.call_id,
                kind=kind,
                position_ms=self.position_ms,
                actor_staff_id=actor_staff_id,
                home_organisation_id=self._call.home_organisation_id,
                county_organisation_id=self._call.county_organisation_id,
                body=dict(body or {}),
                at_ms=now_ms(),
            )
        )

    async def write(
        self, kind: str, actor_staff_id: str | None, body: Mapping[str, Any] | None = None
    ) -> None:
        """In a transaction of its own; committed when it returns."""
        async with self._database.transaction() as session:
            self.add(session, kind, actor_staff_id, body)
