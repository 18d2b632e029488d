"""Another master key under everything: whole, resumable, and the old one refused afterwards."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import LargeBinary, select

from casework.database import Base, Database, new_id, now_ms
from casework.errors import Conflict
from casework.master_key import MasterKey, WrongKey
from casework.page_files import PageFiles
from casework.passwords import Passwords
from casework.protected import Field, ProtectedFields
from casework.tables import Subject
from recording.keys import new_data_key, unwrap_data_key, wrap_data_key
from recording.tables import Recording
from shipinban.key_rotation import (
    Rotated,
    check_master_key,
    columns_of,
    copied_indexes,
    rotate,
)
from shipinban.settings import Settings
from signaling.tables import Node
from tests.signaling.edge.small_county import ID_NUMBER, SmallCounty

RECORDINGS = 450
"""More than two batches."""


@dataclass
class Installation:
    database: Database
    settings: Settings
    keys: dict[str, bytes]
    subject_id: str = ""
    page: str = ""

    @property
    def master(self) -> MasterKey:
        return MasterKey.load_or_create(self.settings.master_key_file)

    async def fill(self, county: SmallCounty) -> None:
        master = self.master
        protected = ProtectedFields(master)
        self.subject_id = new_id()
        async with self.database.transaction() as session:
            session.add(
                Subject(
                    id=self.subject_id,
                    county_id=county.county_id,
                    name="陈秀英",
                    id_number_sealed=protected.seal(ID_NUMBER, Field.ID_NUMBER, self.subject_id),
                    id_number_index=protected.index(ID_NUMBER, Field.ID_NUMBER),
                    phone_sealed=protected.seal("13800138000", Field.PHONE, self.subject_id),
                    phone_index=protected.index("13800138000", Field.PHONE),
                    created_ms=0,
                )
            )
        call_id = await call_of(self.database, county, self.subject_id)
        async with self.database.transaction() as session:
            for _ in range(RECORDINGS):
                recording_id, key = new_id(), new_data_key()
                self.keys[recording_id] = key
                session.add(recording(county, call_id, recording_id, master, key))
        files = PageFiles(self.settings.archive_folder, master)
        self.page = files.new_name()
        files.keep(self.page, b"original", [b"rendition"])

    async def check(self, master: MasterKey) -> None:
        """Everything opens under this key."""
        protected = ProtectedFields(master)
        async with self.database.reading() as session:
            for row in await session.scalars(select(Recording)):
                assert row.wrapped_key is not None
                assert unwrap_data_key(master, row.id, row.wrapped_key) == self.keys[row.id]
                assert row.master_key_id == master.key_id
            found = await session.scalar(
                select(Subject).where(
                    Subject.id_number_index == protected.index(ID_NUMBER, Field.ID_NUMBER)
                )
            )
        assert found is not None
        assert protected.open(found.id_number_sealed, Field.ID_NUMBER, found.id) == ID_NUMBER
        assert protected.open(found.phone_sealed, Field.PHONE, found.id) == "13800138000"
        files = PageFiles(self.settings.archive_folder, master)
        assert files.read(self.page, "original") == b"original"


def recording(
    county: SmallCounty, call_id: str, recording_id: str, master: MasterKey, key: bytes
) -> Recording:
    return Recording(
        id=recording_id,
        county_id=county.county_id,
        call_id=call_id,
        node_id="a",
        home_organisation_id=county.organisations["village"],
        county_organisation_id=county.organisations["county"],
        state="sealed",
        folder=new_id().replace("-", ""),
        wrapped_key=wrap_data_key(master, recording_id, key),
        master_key_id=master.key_id,
        started_ms=0,
        closed_ms=1,
    )


async def call_of(database: Database, county: SmallCounty, subject_id: str) -> str:
    from casework.tables import Case

    case_id = new_id()
    async with database.transaction() as session:
        session.add(
            Case(
                id=case_id,
                county_id=county.county_id,
                item_id=county.items["pension"],
                window_id=county.windows["village"],
                subject_id=subject_id,
                present_name="陈秀英",
                present_relation="self",
                mode="assisted",
                state="draft",
                opened_by_staff_id=county.staff["helper"],
                home_organisation_id=county.organisations["village"],
                county_organisation_id=county.organisations["county"],
                deciding_organisation_id=county.organisations["department"],
                created_ms=0,
                changed_ms=0,
            )
        )
    return await county.call(case_id)


@pytest.fixture
async def installation(database: Database, database_url: str, tmp_path: Path) -> Installation:
    county = SmallCounty(database)
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), cores=1)
    await county.found(passwords)
    passwords.close()
    settings = Settings(data_folder=tmp_path / "data", database_url=database_url)
    made = Installation(database, settings, {})
    await check_master_key(settings)
    await made.fill(county)
    return made


async def test_everything_opens_under_the_new_key_and_the_old_one_is_refused(
    installation: Installation,
) -> None:
    old, file = installation.master, installation.settings.master_key_file
    old_text = file.read_text()
    done = await rotate(installation.settings)
    new = installation.master
    assert done == Rotated(new.key_id, RECORDINGS, 2, 2)
    assert new.key_id != old.key_id
    await installation.check(new)
    async with installation.database.reading() as session:
        row = (await session.scalars(select(Recording).limit(1))).one()
    assert row.wrapped_key is not None
    with pytest.raises(WrongKey):
        unwrap_data_key(old, row.id, row.wrapped_key)
    await check_master_key(installation.settings)
    assert file.with_name(f"{file.name}.old-{old.key_id}").read_text() == old_text
    file.write_text(old_text)
    for refused in (check_master_key, rotate):
        with pytest.raises(Conflict) as told:
            await refused(installation.settings)
        assert told.value.code == "key.retired"


class Stopped(Exception):
    """The machine went out."""


async def test_a_rotation_that_is_stopped_anywhere_is_taken_up_again(
    installation: Installation,
) -> None:
    """Stopped after the first batch, then after the second, and so on, until one goes through."""
    for last in range(1, 200):
        steps = 0

        def step(last: int = last) -> None:
            nonlocal steps
            steps += 1
            if steps == last:
                raise Stopped

        try:
            await rotate(installation.settings, step)
        except Stopped:
            with pytest.raises(Conflict) as told:
                await check_master_key(installation.settings)
            assert told.value.code == "key.rotating"
        else:
            break
    assert last > 1
    await installation.check(installation.master)
    await check_master_key(installation.settings)


async def test_a_running_node_and_a_foreign_key_file_are_refused(
    installation: Installation,
) -> None:
    async with installation.database.transaction() as session:
        node = Node(id="a", boot_id=new_id(), lease_until_ms=now_ms() + 60_000, started_ms=0)
        node.held_since_ms = 0
        session.add(node)
    with pytest.raises(Conflict) as told:
        await rotate(installation.settings)
    assert told.value.code == "key.node_runs"
    installation.settings.master_key_file.write_text("ab" * 32)
    with pytest.raises(Conflict) as told:
        await check_master_key(installation.settings)
    assert told.value.code == "key.other"


async def test_two_first_starts_agree_on_one_key(tmp_path: Path, sqlite_url: str) -> None:
    settings = Settings(data_folder=tmp_path / "data", database_url=sqlite_url)
    await asyncio.gather(*(check_master_key(settings) for _ in range(4)))


def test_every_column_under_the_master_key_is_rotated() -> None:
    sealed, indexes = set(), set()
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, LargeBinary) and column.name.endswith("_sealed"):
                sealed.add(column)
            if isinstance(column.type, LargeBinary) and column.name.endswith("_index"):
                indexes.add(column)
    rotated = [columns_of(one) for one in Field]
    assert sealed == {sealed_column for _, sealed_column, _ in rotated}
    own = {index for _, _, index in rotated if index is not None}
    assert indexes == own | set(copied_indexes())
