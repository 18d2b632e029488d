"""The drill: a backup of a living installation, brought back onto a blank host."""

import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy
from argon2 import PasswordHasher
from sqlalchemy import select, update

from casework.database import Database, new_id, open_engine
from casework.errors import ShipinbanError
from casework.journal.acts import Act, add_entry
from casework.master_key import MasterKey
from casework.page_files import PageFiles
from casework.passwords import Passwords
from casework.protected import Field, ProtectedFields
from casework.tables import JournalEntry, Subject
from casework.vocabulary import StoragePlace
from recording.archive import Archive
from recording.chunk_file import ChunkReader, ChunkWriter, Sealer
from recording.control import RecordingUploaded
from recording.keeping.backlog import Backlog
from recording.keeping.stores import Store
from recording.keeping.uploading import upload_folder
from recording.keys import file_name, new_data_key, unwrap_data_key, wrap_data_key
from recording.tables import Recording
from shipinban.backups.backup import back_up
from shipinban.backups.contents import CONTENTS, check_files, read_contents
from shipinban.backups.restore import restore
from shipinban.key_rotation import check_master_key
from shipinban.migrate import is_current
from shipinban.settings import Settings
from tests.shipinban.test_key_rotation import call_of
from tests.signaling.edge.small_county import SmallCounty

CONTENT = secrets.token_bytes(300_000)


@dataclass
class Host:
    """An installation with two recordings, one of them in a store, a page, and a journal."""

    settings: Settings
    page: str = ""

    async def fill(self) -> None:
        await check_master_key(self.settings)
        master = MasterKey.load_or_create(self.settings.master_key_file)
        database = Database(open_engine(self.settings.database_url))
        county = SmallCounty(database)
        passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), cores=1)
        await county.found(passwords)
        passwords.close()
        archive = Archive(self.settings.archive_folder)
        call_id = await call_of(database, county, await _subject(database, county, master))
        async with database.transaction() as session:
            for _ in range(2):
                session.add(_recording(archive, county, call_id, master))
            county_id = county.organisations["county"]
            act = Act(
                what="call.ended",
                county_id=county.county_id,
                home_organisation_id=county_id,
                county_organisation_id=county_id,
                actor_staff_id=None,
            )
            await add_entry(session, act)
        await self._send_one_to_the_store(database, archive)
        files = PageFiles(self.settings.archive_folder, master)
        self.page = files.new_name()
        files.keep(self.page, b"original", [b"rendition"])
        archive.close()
        await database.close()

    async def _send_one_to_the_store(self, database: Database, archive: Archive) -> None:
        assert self.settings.store is not None
        store = Store(self.settings.store)
        backlog = Backlog(database, archive, store, "a")
        first, _second = await backlog.orders()
        files = await upload_folder(archive, store, first.folder)
        await backlog.uploaded(
            RecordingUploaded(report_id=1, recording_id=first.recording_id, files=files)
        )
        await backlog.clear()

    async def check(self) -> None:
        """Everything opens and says what it said."""
        assert is_current(self.settings.database_url)
        await check_master_key(self.settings)
        master = MasterKey.load_or_create(self.settings.master_key_file)
        database = Database(open_engine(self.settings.database_url))
        async with database.reading() as session:
            rows = list(await session.scalars(select(Recording)))
            assert len(list(await session.scalars(select(JournalEntry)))) == 1
        await database.close()
        archive = Archive(self.settings.archive_folder)
        assert len(rows) == 2
        for row in rows:
            if row.place == StoragePlace.REMOTE:
                continue
            assert row.wrapped_key is not None
            key = unwrap_data_key(master, row.id, row.wrapped_key)
            with (
                archive.folder(row.folder) as folder,
                ChunkReader(folder, file_name(key, row.id, "s"), Sealer(key, row.id, "s")) as file,
            ):
                assert file.complete
                assert file.read(0, file.size) == CONTENT
        archive.close()
        files = PageFiles(self.settings.archive_folder, master)
        assert files.read(self.page, "original") == b"original"


async def _subject(database: Database, county: SmallCounty, master: MasterKey) -> str:
    protected, subject_id = ProtectedFields(master), new_id()
    async with database.transaction() as session:
        session.add(
            Subject(
                id=subject_id,
                county_id=county.county_id,
                name="陈秀英",
                id_number_sealed=protected.seal("1", Field.ID_NUMBER, subject_id),
                id_number_index=protected.index("1", Field.ID_NUMBER),
                phone_sealed=protected.seal("2", Field.PHONE, subject_id),
                phone_index=protected.index("2", Field.PHONE),
                created_ms=0,
            )
        )
    return subject_id


def _recording(archive: Archive, county: SmallCounty, call_id: str, master: MasterKey) -> Recording:
    recording_id, key, folder = new_id(), new_data_key(), archive.create_folder()
    with archive.folder(folder) as descriptor:
        name = file_name(key, recording_id, "s")
        writer = ChunkWriter.create(descriptor, name, Sealer(key, recording_id, "s"))
        for start in range(0, len(CONTENT), 50_000):
            writer.append(CONTENT[start : start + 50_000])
        writer.finish()
        writer.close()
    return Recording(
        id=recording_id,
        county_id=county.county_id,
        call_id=call_id,
        node_id="a",
        home_organisation_id=county.organisations["village"],
        county_organisation_id=county.organisations["county"],
        state="verified",
        folder=folder,
        wrapped_key=wrap_data_key(master, recording_id, key),
        master_key_id=master.key_id,
        started_ms=0,
        closed_ms=1,
        verified_ms=1,
    )


@pytest.fixture
async def host(database_url: str, tmp_path: Path) -> Host:
    made = Host(
        Settings(
            data_folder=tmp_path / "host",
            database_url=database_url,
            store_url=f"file://{tmp_path / 'store'}",
        )
    )
    await made.fill()
    return made


@pytest.fixture
def blank_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[str]:
    """A database without a table, of the same kind."""
    if database_url.startswith("sqlite"):
        yield f"sqlite+aiosqlite:///{tmp_path / 'blank' / 'shipinban.db'}"
        return
    server: str = request.getfixturevalue("postgresql_server")
    name = f"blank_{secrets.token_hex(6)}"
    engine = sqlalchemy.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
    yield f"{server}/{name}"
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def blank(host: Host, url: str, tmp_path: Path) -> Host:
    """Without a store: a backup with everything in it needs none."""
    settings = Settings(data_folder=tmp_path / "blank", database_url=url)
    settings.data_folder.mkdir(exist_ok=True)
    return Host(settings, host.page)


async def test_a_lost_host_comes_back_on_a_blank_one(
    host: Host, blank_url: str, tmp_path: Path
) -> None:
    folder, keys = tmp_path / "backup", tmp_path / "keys"
    done = await back_up(host.settings, folder, keys)
    assert done.left_out == []
    assert not any("key" in file.path for file in done.files)
    shutil.rmtree(host.settings.data_folder)
    shutil.rmtree(tmp_path / "store")
    again = blank(host, blank_url, tmp_path)
    await restore(again.settings, folder, keys)
    await again.check()
    for refused in (restore(again.settings, folder, keys), restore(again.settings, folder)):
        with pytest.raises(ShipinbanError) as told:
            await refused
        assert told.value.code == "restore.not_blank"
    await again.check()


async def test_what_the_store_keeps_may_be_left_to_it(
    host: Host, blank_url: str, tmp_path: Path
) -> None:
    folder, keys = tmp_path / "backup", tmp_path / "keys"
    await back_up(host.settings, folder, keys, store=False)
    again = blank(host, blank_url, tmp_path)
    await restore(again.settings, folder, keys)
    await again.check()
    database = Database(open_engine(blank_url))
    async with database.reading() as session:
        places = sorted(await session.scalars(select(Recording.place)))
    await database.close()
    assert places == [StoragePlace.LOCAL, StoragePlace.REMOTE]


async def test_a_backup_with_anything_missing_or_changed_is_refused_before_a_byte_is_written(
    sqlite_url: str, tmp_path: Path
) -> None:
    host = Host(
        Settings(
            data_folder=tmp_path / "host",
            database_url=sqlite_url,
            store_url=f"file://{tmp_path / 'store'}",
        )
    )
    await host.fill()
    folder, keys = tmp_path / "backup", tmp_path / "keys"
    await back_up(host.settings, folder, keys)
    again = blank(host, f"sqlite+aiosqlite:///{tmp_path / 'blank' / 'shipinban.db'}", tmp_path)
    for file in read_contents(folder).files:
        path = folder / file.path
        kept = path.read_bytes()
        for changed in (None, kept[:-1], bytes([kept[0] ^ 1]) + kept[1:]):
            path.unlink()
            if changed is not None:
                path.write_bytes(changed)
            with pytest.raises(ShipinbanError) as told:
                await restore(again.settings, folder, keys)
            assert told.value.code == "backup.damaged"
            path.write_bytes(kept)
    assert list((tmp_path / "blank").iterdir()) == []
    (folder / CONTENTS).unlink()
    with pytest.raises(ShipinbanError) as told:
        await restore(again.settings, folder, keys)
    assert told.value.code == "backup.none"


async def test_another_key_and_a_place_that_is_not_empty_are_refused(
    sqlite_url: str, tmp_path: Path
) -> None:
    settings = Settings(
        data_folder=tmp_path / "host",
        database_url=sqlite_url,
        store_url=f"file://{tmp_path / 'store'}",
    )
    host = Host(settings)
    await host.fill()
    folder = tmp_path / "backup"
    with pytest.raises(ShipinbanError) as told:
        await back_up(settings, folder, folder / "keys")
    assert told.value.code == "backup.keys_inside"
    await back_up(settings, folder)
    with pytest.raises(ShipinbanError) as told:
        await back_up(settings, folder)
    assert told.value.code == "backup.not_empty"
    again = blank(host, f"sqlite+aiosqlite:///{tmp_path / 'blank' / 'shipinban.db'}", tmp_path)
    with pytest.raises(ShipinbanError) as told:
        await restore(again.settings, folder)
    assert told.value.code == "restore.no_key"
    MasterKey.load_or_create(again.settings.master_key_file)
    with pytest.raises(ShipinbanError) as told:
        await restore(again.settings, folder)
    assert told.value.code == "restore.other_key"
    other = again.settings.model_copy(
        update={"database_url": "postgresql+psycopg://u@127.0.0.1:1/x"}
    )
    with pytest.raises(ShipinbanError) as told:
        await restore(other, folder)
    assert told.value.code == "restore.kind"


async def test_the_copy_is_of_one_moment_while_others_write(
    sqlite_url: str, tmp_path: Path
) -> None:
    host = Host(
        Settings(
            data_folder=tmp_path / "host",
            database_url=sqlite_url,
            store_url=f"file://{tmp_path / 'store'}",
        )
    )
    await host.fill()
    database = Database(open_engine(sqlite_url))
    async with database.transaction() as session:
        # Not committed yet: the copy has the rows as they were.
        await session.execute(update(Recording).values(state_reason="under way"))
        done = await back_up(host.settings, tmp_path / "backup")
    await database.close()
    check_files(tmp_path / "backup", done)
    connection = sqlite3.connect(tmp_path / "backup" / "database.sqlite")
    reasons = {reason for (reason,) in connection.execute("SELECT state_reason FROM recordings")}
    connection.close()
    assert reasons == {""}
