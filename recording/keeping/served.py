"""Counts what views were served: in memory at once, in the rows once a minute and at the end.

The opening, with its reason, is committed before the first byte and is never lost. A node that is
killed loses the ranges of at most the last :data:`WRITE_S`; one that is stopped loses nothing.
When a view is over (closed, or nothing served for :data:`IDLE_MS`), the merged ranges go into the
journal. Who goes on after that is counted again, and the journal gets the whole once more.
"""

import asyncio
from collections.abc import Iterable

import structlog
from pydantic import JsonValue
from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import Database, now_ms, read_clock
from casework.journal.acts import Act, add_entry
from recording.tables import Recording, RecordingView

WRITE_S = 60.0
IDLE_MS = 30 * 60_000
"""A viewer who stopped the player for a break is still the same viewer."""
ENDED_AT_ONCE = 100
RANGES_IN_ENTRY = 100
"""A stream; more are told as fewer and longer ones. The row has all of them."""

Ranges = list[list[int]]
logger = structlog.get_logger(__name__)


class ServedLedger:
    """Of one node. Bounded by what is being watched: ranges that touch are one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unwritten: dict[str, dict[str, Ranges]] = {}

    def note(self, view_id: str, stream_id: str, start: int, end: int) -> None:
        """Plaintext bytes ``[start, end)`` went out."""
        if end > start:
            streams = self._unwritten.setdefault(view_id, {})
            streams[stream_id] = merged([*streams.get(stream_id, []), [start, end]])

    async def run(self) -> None:
        """Until cancelled; what is noted then is written by :meth:`write`."""
        while True:
            await asyncio.sleep(WRITE_S)
            try:
                await self.write()
                await self.end_idle()
            except (SQLAlchemyError, OSError) as error:
                logger.warning("views not written", error=type(error).__name__)

    async def write(self) -> None:
        """Every view in a transaction of its own; those that fail are tried again next time."""
        for view_id in list(self._unwritten):
            await self._write(view_id)

    async def end(self, view_id: str) -> None:
        """The viewer closed it."""
        await self._write(view_id)
        async with self._database.transaction() as session:
            await end_view(session, view_id)

    async def end_idle(self) -> None:
        """Also those of nodes that are gone."""
        last = func.coalesce(RecordingView.last_served_ms, RecordingView.opened_ms)
        async with self._database.reading() as session:
            idle = await session.scalars(
                select(RecordingView.id)
                .where(RecordingView.ended_ms.is_(None), last < now_ms() - IDLE_MS)
                .limit(ENDED_AT_ONCE)
            )
            ids = list(idle)
        for view_id in ids:
            async with self._database.transaction() as session:
                await end_view(session, view_id)

    async def _write(self, view_id: str) -> None:
        streams = self._unwritten.pop(view_id, None)
        if streams is None:
            return
        try:
            async with self._database.transaction() as session:
                await note_served(session, view_id, streams)
        except BaseException:
            for stream_id, ranges in streams.items():
                for start, end in ranges:
                    self.note(view_id, stream_id, start, end)
            raise


async def note_served(session: AsyncSession, view_id: str, streams: dict[str, Ranges]) -> None:
    """Adds to what the view was served before; it is not over, then."""
    view = await session.get(RecordingView, view_id, with_for_update=True, populate_existing=True)
    if view is None:
        return
    served = dict(view.served)
    for stream_id, ranges in streams.items():
        served[stream_id] = merged([*served.get(stream_id, []), *ranges])
    view.served = served
    view.last_served_ms = await read_clock(session)
    view.ended_ms = None


async def end_view(session: AsyncSession, view_id: str) -> None:
    """The merged ranges go into the journal; of a view that is over already nothing is said."""
    ended = await session.scalar(
        update(RecordingView)
        .where(RecordingView.id == view_id, RecordingView.ended_ms.is_(None))
        .values(ended_ms=now_ms())
        .returning(RecordingView.id)
    )
    if ended is None:
        return
    view = await session.get_one(RecordingView, view_id, populate_existing=True)
    recording = await session.get_one(Recording, view.recording_id)
    await add_entry(session, view_act(view, recording, "recording.view_ended", _told(view.served)))


def view_act(view: RecordingView, recording: Recording, what: str, served: JsonValue = None) -> Act:
    """What the journal says of a view; the reason may name people, so it is personal."""
    evidence: dict[str, JsonValue] = {
        "recording_id": recording.id,
        "view_id": view.id,
        "kind": view.kind,
    }
    if served is not None:
        evidence["served"] = served
    return Act(
        what=what,
        county_id=view.county_id,
        home_organisation_id=view.home_organisation_id,
        county_organisation_id=view.county_organisation_id,
        actor_staff_id=view.staff_id,
        call_id=recording.call_id,
        evidence=evidence,
        personal={"reason": view.reason} if served is None else {},
    )


def _told(served: dict[str, Ranges]) -> dict[str, JsonValue]:
    return {
        stream_id: [list(pair) for pair in shortened(ranges, RANGES_IN_ENTRY)]
        for stream_id, ranges in served.items()
    }


def merged(ranges: Iterable[list[int]], reach: int = 0) -> Ranges:
    """Ranges that overlap, touch, or are at most ``reach`` apart as one, in order."""
    result: Ranges = []
    for start, end in sorted(map(tuple, ranges)):
        if result and start <= result[-1][1] + reach:
            result[-1][1] = max(result[-1][1], end)
        else:
            result.append([start, end])
    return result


def shortened(ranges: Ranges, most: int) -> Ranges:
    """At most so many; what is joined says more was seen than was, never less."""
    result, reach = merged(ranges), 1 << 16
    while len(result) > most:
        result, reach = merged(result, reach), reach * 2
    return result
