"""The edge verifies what the recorder sealed: a second reading by who had no part in the first."""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import Database, now_ms
from casework.master_key import MasterKey
from casework.vocabulary import RecordingState
from recording.evidence.checking import faults
from recording.evidence.county_signer import CountySigner
from recording.evidence.heads import fail
from recording.evidence.stored import Files, Known, what_is_known
from recording.keys import unwrap_data_key
from recording.playback import Player
from recording.tables import Recording

LOOK_INTERVAL_S = 15.0
"""For what nobody told of: a recording that another process closed, or a database that failed."""
AT_ONCE = 8
"""Recordings taken in one turn."""

logger = structlog.get_logger(__name__)


class Verifying:
    """One thread: verification takes its time and nothing waits for it."""

    def __init__(
        self,
        database: Database,
        master: MasterKey,
        player: Player,
        signer: CountySigner,
        node_id: str,
    ) -> None:
        self._database, self._master, self._player = database, master, player
        self._signer, self._node_id = signer, node_id
        self._thread = ThreadPoolExecutor(1, "verifying")
        self._due = asyncio.Event()

    def wake(self) -> None:
        """A recording has been sealed."""
        self._due.set()

    async def run(self) -> None:
        try:
            while True:
                self._due.clear()
                more = False
                try:
                    more = await self.verify_due() == AT_ONCE
                except SQLAlchemyError as error:
                    logger.warning("recordings not verified", error=type(error).__name__)
                if not more:
                    await self._rest()
        finally:
            self._thread.shutdown(wait=False, cancel_futures=True)

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_INTERVAL_S):
                await self._due.wait()

    async def verify_due(self) -> int:
        """Sealed or interrupted recordings of this node that were not yet; how many it took."""
        async with self._database.reading() as session:
            due = await session.scalars(
                select(Recording)
                .where(
                    Recording.node_id == self._node_id,
                    Recording.state.in_((RecordingState.SEALED, RecordingState.INTERRUPTED)),
                    Recording.manifest_sha256.is_not(None),
                    Recording.verified_ms.is_(None),
                    Recording.wrapped_key.is_not(None),
                )
                .order_by(Recording.id)
                .limit(AT_ONCE)
            )
            rows = list(due)
        for row in rows:
            fault = await self.first_fault(row)
            async with self._database.transaction() as session:
                await self._settle(session, row, fault)
        return len(rows)

    async def first_fault(self, recording: Recording) -> str | None:
        """What is wrong with a recording first, if anything; reads all of it."""
        assert recording.wrapped_key is not None  # noqa: S101 - asked by the query
        key = unwrap_data_key(self._master, recording.id, recording.wrapped_key)
        try:
            async with self._database.reading() as session:
                known = await what_is_known(session, recording)
            county_keys = self._signer.public_keys()
        except (LookupError, ValueError) as error:
            return f"journal: {error}"
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._check, known, key, county_keys)

    def _check(self, known: Known, key: bytes, county_keys: frozenset[str]) -> str | None:
        try:
            evidence = Files(self._player, known, key).evidence(county_keys)
            found = next(faults(evidence), None)
        except (OSError, ValueError) as error:
            return f"evidence can't be read: {error}"
        return None if found is None else str(found)

    async def _settle(self, session: AsyncSession, seen: Recording, fault: str | None) -> None:
        values: dict[str, object] = {"verified_ms": now_ms()}
        if fault is not None:
            values = {"state": RecordingState.FAILED, "state_reason": fault[:200]}
        elif seen.state == RecordingState.SEALED:
            values["state"] = RecordingState.VERIFIED
        changed = await session.scalar(
            update(Recording)
            .where(
                Recording.id == seen.id,
                Recording.state == seen.state,
                Recording.verified_ms.is_(None),
            )
            .values(values)
            .returning(Recording.id)
        )
        if changed is not None and fault is not None:
            row = await session.get_one(Recording, changed, populate_existing=True)
            await fail(session, row)
