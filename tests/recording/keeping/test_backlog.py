"""The rows say where the truth is: there is never none, and never two."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select, update

from casework.database import Database, new_id
from casework.vocabulary import StoragePlace
from recording.archive import Archive
from recording.control import RecordingUploaded, UploadFailing
from recording.keeping.backlog import Backlog
from recording.keeping.stores import Store, StoreAddress
from recording.keeping.tables import StoredFile
from recording.keeping.uploading import upload_folder
from recording.tables import Recording
from tests.recording.county import one_call
from tests.recording.keeping.test_uploading import Sealed


@dataclass
class Node:
    database: Database
    archive: Archive
    store: Store
    backlog: Backlog
    sealed: Sealed
    recording_id: str

    async def row(self) -> Recording:
        async with self.database.reading() as session:
            return await session.get_one(Recording, self.recording_id)

    async def set(self, **values: object) -> None:
        async with self.database.transaction() as session:
            await session.execute(update(Recording).values(values))

    async def report(self) -> RecordingUploaded:
        """What the recorder says when it has done what it was ordered."""
        files = await upload_folder(self.archive, self.store, self.sealed.folder)
        return RecordingUploaded(report_id=1, recording_id=self.recording_id, files=files)


@pytest.fixture
async def node(database: Database, tmp_path: Path) -> AsyncIterator[Node]:
    call = await one_call(database)
    archive = Archive(tmp_path / "archive")
    store = Store(StoreAddress(url=f"file://{tmp_path / 'store'}"))
    sealed, recording_id = Sealed.make(archive), new_id()
    async with database.transaction() as session:
        session.add(
            Recording(
                id=recording_id,
                county_id=call.county_id,
                call_id=call.call_id,
                node_id="a",
                home_organisation_id=call.home_organisation_id,
                county_organisation_id=call.county_organisation_id,
                state="sealed",
                folder=sealed.folder,
                wrapped_key=b"wrapped",
                master_key_id="0" * 16,
                started_ms=0,
                closed_ms=1,
                manifest_sha256="0" * 64,
            )
        )
    yield Node(
        database, archive, store, Backlog(database, archive, store, "a"), sealed, recording_id
    )
    archive.close()


async def test_a_verified_recording_goes_to_the_store_and_its_folder_after_that(node: Node) -> None:
    assert await node.backlog.orders() == []
    await node.set(state="verified", verified_ms=2)
    (order,) = await node.backlog.orders()
    assert (order.recording_id, order.folder) == (node.recording_id, node.sealed.folder)
    assert (await node.row()).place == StoragePlace.UPLOADING
    assert len(await node.backlog.orders()) == 1
    in_store = node.sealed.in_store()
    await node.backlog.failing(UploadFailing(recording_id=node.recording_id, reason="503"))
    assert (await node.row()).store_problem == "503"
    report = await node.report()
    await node.backlog.uploaded(report)
    await node.backlog.uploaded(report)
    row = await node.row()
    assert (row.place, row.store_problem) == (StoragePlace.CLEARING, "")
    assert node.archive.file_names(node.sealed.folder) == [node.sealed.name]
    await node.backlog.clear()
    assert (await node.row()).place == StoragePlace.REMOTE
    with pytest.raises(FileNotFoundError):
        node.archive.file_names(node.sealed.folder)
    async with node.database.reading() as session:
        (stored,) = await session.scalars(select(StoredFile))
    assert (stored.size_bytes, stored.chunk_table) == (in_store.size_bytes, in_store.chunk_table)
    assert await node.backlog.orders() == []


async def test_another_nodes_recordings_are_left_alone(node: Node) -> None:
    await node.set(state="verified", verified_ms=2, node_id="b")
    assert await node.backlog.orders() == []
    await node.set(place="clearing")
    await node.backlog.clear()
    assert (await node.row()).place == StoragePlace.CLEARING


async def test_what_was_let_go_is_removed_everywhere_also_if_it_was_under_way(node: Node) -> None:
    await node.set(state="verified", verified_ms=2)
    await node.backlog.orders()
    report = await node.report()
    await node.set(wrapped_key=None, place="erasing")
    await node.backlog.erase()
    assert (await node.row()).place == StoragePlace.ERASED
    assert await node.store.names(node.sealed.folder) == []
    with pytest.raises(FileNotFoundError):
        node.archive.file_names(node.sealed.folder)
    await node.backlog.uploaded(report)
    assert (await node.row()).place == StoragePlace.ERASING


async def test_without_a_store_everything_stays_where_it_is(node: Node) -> None:
    await node.set(state="verified", verified_ms=2)
    assert await Backlog(node.database, node.archive, None, "a").orders() == []
    assert (await node.row()).place == StoragePlace.LOCAL
