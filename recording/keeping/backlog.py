"""The edge's side of the store: which recordings go there, which are there, which are to be removed.

The row says where the truth is::

    local ──► uploading ──► clearing ──► remote
                 (checked)    (folder removed)         … ──► erasing ──► erased

A step that a crash cut is taken again from the row. Everything is kept for as long as the row says
that it counts: the folder until the digests in the store were checked, the objects until the key
is destroyed.
"""

import asyncio
from collections.abc import Callable, Sequence

import structlog
from sqlalchemy import func, or_, select, update

from casework.database import Database, new_id, now_ms, read_clock
from casework.vocabulary import StoragePlace
from casework.watching import keep_looking
from recording.archive import Archive
from recording.chunk_file import Damaged, read_table
from recording.control import RecordingUpload, RecordingUploaded, UploadFailing
from recording.keeping.stores import Store
from recording.keeping.tables import StoredFile
from recording.tables import Recording
from recording.viewing import PLAYABLE
from signaling.relay.control import Order

SWEEP_S = 5.0
LONG_MS = 10 * 60_000
"""A recording that waits for the store for longer raises the alarm, and every so often again."""
SWEEP_WITHOUT_STORE_S = 20.0
"""Only files whose key is destroyed are left to remove then."""
ORDERS_AT_ONCE = 20
"""The recorder takes two at a time; those behind them wait in the rows."""

logger = structlog.get_logger(__name__)


class Backlog:
    """Of one node: it alone moves the files that it wrote."""

    def __init__(
        self, database: Database, archive: Archive, store: Store | None, node_id: str
    ) -> None:
        self._database = database
        self._archive = archive
        self._store = store
        self._node_id = node_id
        self._alarmed_ms = 0

    async def run(self, send: Callable[[Order], None]) -> None:
        """Looks at the rows again and again, until cancelled."""

        async def look() -> None:
            for order in await self.orders():
                send(order)
            await self.clear()
            await self.erase()
            await self.alarm()

        every_s = SWEEP_S if self._store is not None else SWEEP_WITHOUT_STORE_S
        await keep_looking(look, every_s, "store.not_swept")

    async def orders(self) -> list[RecordingUpload]:
        """What the recorder is to bring to the store, the oldest first; told again until done."""
        if self._store is None:
            return []
        mine = (
            Recording.node_id == self._node_id,
            Recording.state.in_(PLAYABLE),
            Recording.place.in_((StoragePlace.LOCAL, StoragePlace.UPLOADING)),
            Recording.wrapped_key.is_not(None),
            # Verified while it still lies here; what has no manifest never will be.
            or_(Recording.verified_ms.is_not(None), Recording.manifest_sha256.is_(None)),
        )
        async with self._database.reading() as session:
            rows = await session.execute(
                select(Recording.id, Recording.folder, Recording.place)
                .where(*mine)
                .order_by(Recording.id)
                .limit(ORDERS_AT_ONCE)
            )
            wanted = list(rows)
        fresh = [row.id for row in wanted if row.place == StoragePlace.LOCAL]
        if fresh:
            async with self._database.transaction() as session:
                await session.execute(
                    update(Recording)
                    .where(Recording.id.in_(fresh), *mine)
                    .values(place=StoragePlace.UPLOADING)
                )
        return [
            RecordingUpload(request_id=new_id(), recording_id=row.id, folder=row.folder)
            for row in wanted
        ]

    async def uploaded(self, report: RecordingUploaded) -> None:
        """Commits that the store counts; the next look removes the folder."""
        async with self._database.reading() as session:
            row = await session.get(Recording, report.recording_id)
        if row is None or row.place in (StoragePlace.CLEARING, StoragePlace.REMOTE):
            return
        if row.place != StoragePlace.UPLOADING:
            await self._erase_again(row.id)
            return
        names = [file.name for file in report.files]
        try:
            tables = await asyncio.to_thread(self._pack_tables, row.folder, names)
        except (OSError, Damaged) as error:
            logger.warning("store.table", recording_id=row.id, error=type(error).__name__)
            await self._note(row.id, f"a file in the archive folder can't be read: {error}")
            return
        async with self._database.transaction() as session:
            moved = await session.scalar(
                update(Recording)
                .where(Recording.id == row.id, Recording.place == StoragePlace.UPLOADING)
                .values(place=StoragePlace.CLEARING, store_problem="")
                .returning(Recording.id)
            )
            if moved is not None:
                session.add_all(
                    StoredFile(
                        id=new_id(),
                        county_id=row.county_id,
                        recording_id=row.id,
                        name=file.name,
                        size_bytes=file.size_bytes,
                        sha256=file.sha256,
                        chunk_table=tables[file.name],
                        checked_ms=now_ms(),
                    )
                    for file in report.files
                )
        if moved is None:
            await self._erase_again(row.id)

    async def _erase_again(self, recording_id: str) -> None:
        """Let go meanwhile: what has just arrived in the store is to be removed, too."""
        await self._move(recording_id, StoragePlace.ERASED, StoragePlace.ERASING)

    async def failing(self, report: UploadFailing) -> None:
        await self._note(report.recording_id, report.reason)

    async def _note(self, recording_id: str, problem: str) -> None:
        async with self._database.transaction() as session:
            await session.execute(
                update(Recording)
                .where(Recording.id == recording_id, Recording.place == StoragePlace.UPLOADING)
                .values(store_problem=problem[:200])
            )

    async def alarm(self) -> int:
        """Tells the log that the store does not keep up; how many recordings wait too long."""
        if self._store is None:
            return 0
        async with self._database.reading() as session:
            now = await read_clock(session)
            waiting = await session.execute(
                select(func.count(), func.min(Recording.verified_ms)).where(
                    Recording.node_id == self._node_id,
                    Recording.place.in_((StoragePlace.LOCAL, StoragePlace.UPLOADING)),
                    Recording.verified_ms < now - LONG_MS,
                )
            )
            number, since_ms = waiting.one()
        if number and now - self._alarmed_ms >= LONG_MS:
            self._alarmed_ms = now
            minutes = (now - (since_ms or now)) // 60_000
            logger.error("store.away", recordings=number, for_minutes=minutes)
        return int(number)

    async def clear(self) -> None:
        """Removes folders whose recordings the store has. Raises ``OSError``."""
        for recording_id, folder in await self._at(StoragePlace.CLEARING):
            await asyncio.to_thread(self._archive.remove_folder, folder)
            await self._move(recording_id, StoragePlace.CLEARING, StoragePlace.REMOTE)

    async def erase(self) -> None:
        """Removes files whose key is destroyed, wherever they are. Raises ``OSError``."""
        for recording_id, folder in await self._at(StoragePlace.ERASING):
            await asyncio.to_thread(self._archive.remove_folder, folder)
            if self._store is not None:
                await self._store.remove(folder)
            await self._move(recording_id, StoragePlace.ERASING, StoragePlace.ERASED)

    def _pack_tables(self, folder: str, names: Sequence[str]) -> dict[str, bytes]:
        with self._archive.folder(folder) as descriptor:
            return {name: read_table(descriptor, name).pack() for name in names}

    async def _at(self, place: StoragePlace) -> list[tuple[str, str]]:
        async with self._database.reading() as session:
            rows = await session.execute(
                select(Recording.id, Recording.folder)
                .where(Recording.node_id == self._node_id, Recording.place == place)
                .order_by(Recording.id)
                .limit(ORDERS_AT_ONCE)
            )
            return [(row.id, row.folder) for row in rows]

    async def _move(self, recording_id: str, old: StoragePlace, new: StoragePlace) -> None:
        async with self._database.transaction() as session:
            await session.execute(
                update(Recording)
                .where(Recording.id == recording_id, Recording.place == old)
                .values(place=new)
            )
