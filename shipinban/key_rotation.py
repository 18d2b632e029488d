"""``shipinban key rotate``: another master key under everything, and the old one refused.

The nodes stand still meanwhile. Data keys and encrypted columns are put under the new key row by
row, page files file by file; each step leaves what opens under exactly one of the two keys, and
what opens under the new one already is passed over. So a rotation that was interrupted is taken up
where it stopped: the new key waits beside the old one until nothing is under that any more.
"""

import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select, update
from sqlalchemy.ext.asyncio import AsyncSession

import recording.tables  # noqa: F401 - fills the metadata
from casework import private_file
from casework.database import Base, Database, open_engine, read_clock
from casework.errors import Conflict
from casework.installation_key import begin_key, check_key, note_key, retire_key
from casework.journal.acts import Act, add_entry
from casework.master_key import KEY_BYTES, MasterKey, WrongKey
from casework.page_files import FOLDER, PageFiles
from casework.protected import Field, ProtectedFields
from casework.tables import Organisation
from casework.vocabulary import OrganisationKind
from recording.keys import unwrap_data_key, wrap_data_key
from recording.tables import Recording
from shipinban.settings import Settings
from signaling.tables import Node

ROWS_AT_ONCE = 200


@dataclass
class Rotated:
    """What was put under the new key by this run."""

    key_id: str = ""
    data_keys: int = 0
    values: int = 0
    files: int = 0


@dataclass
class Rotation:
    database: Database
    archive: Path
    old: MasterKey
    new: MasterKey
    done: Rotated = field(default_factory=Rotated)
    step: Callable[[], None] = lambda: None
    """Called after each batch; tests stop here."""

    async def run(self) -> None:
        await self._data_keys()
        for one in Field:
            await self._column(one)
        await self._copies()
        self._files()

    async def _data_keys(self) -> None:
        query = select(Recording.id, Recording.wrapped_key).where(
            Recording.wrapped_key.is_not(None), Recording.master_key_id == self.old.key_id
        )
        while True:
            async with self.database.transaction() as session:
                rows = (await session.execute(query.limit(ROWS_AT_ONCE))).all()
                for recording_id, wrapped in rows:
                    assert wrapped is not None  # noqa: S101 - the query asked
                    key = unwrap_data_key(self.old, recording_id, wrapped)
                    await session.execute(
                        update(Recording)
                        .where(Recording.id == recording_id)
                        .values(
                            wrapped_key=wrap_data_key(self.new, recording_id, key),
                            master_key_id=self.new.key_id,
                        )
                    )
            if not rows:
                return
            self.done.data_keys += len(rows)
            self.step()

    async def _column(self, one: Field) -> None:
        old, new = ProtectedFields(self.old), ProtectedFields(self.new)
        table, sealed, index = columns_of(one)
        async for rows in self._batches(table, sealed):
            async with self.database.transaction() as session:
                for row_id, value in rows:
                    if _opens(new, value, one, row_id):
                        continue
                    text = old.open(value, one, row_id)
                    values: dict[Any, Any] = {sealed: new.seal(text, one, row_id)}
                    if index is not None:
                        values[index] = new.index(text, one)
                    await session.execute(update(table).where(table.c.id == row_id).values(values))
                    self.done.values += 1
            self.step()

    async def _copies(self) -> None:
        """Indexes that another table took over from the subject."""
        subjects = Base.metadata.tables["subjects"]
        for column in copied_indexes():
            original = (
                select(subjects.c[column.name])
                .where(subjects.c.id == column.table.c.subject_id)
                .scalar_subquery()
            )
            async with self.database.transaction() as session:
                await session.execute(update(column.table).values({column: original}))

    async def _batches(self, table: Table, sealed: Any) -> AsyncIterator[list[Any]]:  # noqa: ANN401
        last = ""
        while True:
            async with self.database.reading() as session:
                rows = (
                    await session.execute(
                        select(table.c.id, sealed)
                        .where(table.c.id > last, sealed.is_not(None))
                        .order_by(table.c.id)
                        .limit(ROWS_AT_ONCE)
                    )
                ).all()
            if not rows:
                return
            yield list(rows)
            last = rows[-1].id

    def _files(self) -> None:
        old, new = PageFiles(self.archive, self.old), PageFiles(self.archive, self.new)
        for folder in sorted((self.archive / FOLDER).iterdir()):
            for file in sorted(folder.iterdir()):
                if file.name.startswith("."):
                    file.unlink()  # half written before a crash
                elif not _file_opens(new, folder.name, file.name):
                    new.write(folder.name, file.name, old.read(folder.name, file.name))
                    self.done.files += 1
            self.step()


def columns_of(one: Field) -> tuple[Table, Any, Any]:
    """The table of a protected field, its sealed column, and its index column if it has one."""
    name, _, column = one.value.partition(".")
    table = Base.metadata.tables[name]
    return table, table.c[f"{column}_sealed"], table.c.get(f"{column}_index")


def copied_indexes() -> list[Any]:
    """Columns that repeat an index of ``subjects`` beside the subject's id."""
    own = {columns_of(one)[2] for one in Field}
    names = {column.name for column in own if column is not None}
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name in names and column not in own and "subject_id" in table.c
    ]


def _opens(protected: ProtectedFields, value: bytes, one: Field, row_id: str) -> bool:
    try:
        protected.open(value, one, row_id)
    except WrongKey:
        return False
    return True


def _file_opens(files: PageFiles, folder: str, name: str) -> bool:
    try:
        files.read(folder, name)
    except WrongKey:
        return False
    return True


async def rotate(settings: Settings, step: Callable[[], None] = lambda: None) -> Rotated:
    """:raises Conflict: a node runs, or the key file is not the database's.
    :raises WrongKey: something opens under neither key; nothing more was changed.
    """
    file = settings.master_key_file
    waiting = file.with_name(f"{file.name}.next")
    database = Database(open_engine(settings.database_url))
    try:
        async with database.reading() as session:
            await _nobody_runs(session)
        private_file.create_once(waiting, secrets.token_hex(KEY_BYTES) + "\n")
        old, new = MasterKey.load_or_create(file), MasterKey.load_or_create(waiting)
        if old.key_id != new.key_id:
            async with database.transaction() as session:
                await begin_key(session, old.key_id, new.key_id)
            rotation = Rotation(database, settings.archive_folder, old, new, step=step)
            await rotation.run()
            done = rotation.done
            _swap(file, waiting, old.key_id)
        else:
            done = Rotated()
        done.key_id = new.key_id
        async with database.transaction() as session:
            if await retire_key(session, new.key_id):
                await _tell(session, old.key_id, new.key_id)
        waiting.unlink(missing_ok=True)
        return done
    finally:
        await database.close()


def _swap(file: Path, waiting: Path, old_id: str) -> None:
    """The old key stays in a file of its own until somebody has looked that all is well."""
    private_file.create_once(file.with_name(f"{file.name}.old-{old_id}"), private_file.read(file))
    private_file.replace(file, private_file.read(waiting))


async def _tell(session: AsyncSession, old_id: str, new_id: str) -> None:
    """In the journal of every county of the installation."""
    counties = await session.scalars(
        select(Organisation).where(Organisation.kind == OrganisationKind.COUNTY)
    )
    for county in counties.all():
        act = Act(
            what="key.rotated",
            county_id=county.county_id,
            home_organisation_id=county.id,
            county_organisation_id=county.id,
            actor_staff_id=None,
            evidence={"old_key_id": old_id, "new_key_id": new_id},
        )
        await add_entry(session, act)


async def _nobody_runs(session: AsyncSession) -> None:
    now = await read_clock(session)
    running = await session.scalar(select(Node.id).where(Node.lease_until_ms > now).limit(1))
    if running is not None:
        raise Conflict("key.node_runs", node_id=running)


async def check_master_key(settings: Settings, *, note: bool = True) -> None:
    """:param note: whether a database that knows no key yet learns this one.
    :raises Conflict: the key file is not the one that the database's values are under.
    """
    master = MasterKey.load_or_create(settings.master_key_file)
    database = Database(open_engine(settings.database_url))
    try:
        async with database.transaction() as session:
            await (note_key if note else check_key)(session, master.key_id)
    finally:
        await database.close()
