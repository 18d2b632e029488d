"""One recording's whole way: recorded, sealed, verified, in the store, played, exported, let go."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import select, update
from structlog.testing import LogCapture

from casework.database import Database, new_id, open_engine, read_clock
from casework.vocabulary import RecordingState, Role, StoragePlace
from recording.archive import Archive
from recording.control import RecordingUpload
from recording.evidence.bundle_check import verify_bundle
from recording.evidence.exports import decide_export, request_export, take_export
from recording.keeping.backlog import ORDERS_AT_ONCE, Backlog
from recording.keeping.expiry import Expiry
from recording.keeping.files import stored_file
from recording.keeping.retention import years_after
from recording.keeping.stores import Digest, Store, StoreAddress
from recording.keeping.tables import StoredFile
from recording.keeping.uploading import Pauses, Uploads
from recording.keys import unwrap_data_key
from recording.playback import Player
from recording.tables import Recording, Stream
from tests.recording.county import one_call
from tests.recording.evidence.site import Site
from tests.recording.keeping.test_uploading import Sealed, Told
from tests.recording.keeping.weak_link import weak_link

HOUR_MS = 3_600_000


@pytest.fixture
async def site(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    database = Database(open_engine(sqlite_url))
    archive = Archive(tmp_path / "archive")
    made = Site(database, await one_call(database), archive, tmp_path)
    yield made
    made.close()
    archive.close()
    await database.close()


@pytest.fixture
def log_output() -> Iterator[LogCapture]:
    capture, before = LogCapture(), structlog.get_config()
    structlog.configure(processors=[capture])
    yield capture
    structlog.configure(**before)


async def upload(site: Site, backlog: Backlog, address: StoreAddress) -> list[RecordingUpload]:
    """The recorder's part: it does what it is ordered, and tells."""
    orders, told = await backlog.orders(), Told()
    uploads = Uploads(site.archive, Store(address), told, Pauses(0.05, 0.4))
    for order in orders:
        assert uploads.take(order)
        await uploads.run(order)
        await backlog.uploaded(told.uploaded[order.recording_id])
    return orders


@pytest.mark.integration
async def test_from_the_first_packet_to_the_tombstone(
    site: Site, s3: StoreAddress, tmp_path: Path
) -> None:
    recording_id = await site.record()
    await site.verifying.verify_due()
    folder = (await site.row()).folder
    here = await play(site, Player(site.archive), 0, 50_000)

    store = Store(s3)
    backlog = Backlog(site.database, site.archive, store, "a")
    assert len(await upload(site, backlog, s3)) == 1
    await backlog.clear()
    row = await site.row()
    assert (row.state, row.place) == (RecordingState.VERIFIED, StoragePlace.REMOTE)
    assert not (site.archive.root / folder).exists(), "never two copies of the truth"

    away = Player(site.archive, store)
    assert await play(site, away, 0, 50_000) == here
    assert await play(site, away, 10_000, 20_000) == here[10_000:20_000]
    site.exporter._player = away
    assert verify_bundle(await export(site, recording_id, tmp_path / "bundle.zip")).faults == []

    async with site.database.transaction() as session:
        ended = years_after(await read_clock(session), -6)
        await session.execute(update(Recording).values(closed_ms=ended))
    assert await Expiry(site.database, site.signer).sweep() == 1
    await backlog.erase()
    assert await store.names(folder) == []
    row = await site.row()
    assert (row.wrapped_key, row.place) == (None, StoragePlace.ERASED)
    assert (await site.journal()).count("recording.expired") == 1
    away.close()


@pytest.mark.integration
@pytest.mark.fault
async def test_a_store_that_is_away_for_an_hour_costs_waiting_and_nothing_else(
    site: Site, s3: StoreAddress, log_output: LogCapture
) -> None:
    """The hour is in the rows; the orders of one look are bounded, the rows wait without limit."""
    call, number = site.call, ORDERS_AT_ONCE + 4
    made = [Sealed.make(site.archive, 2) for _ in range(number)]
    async with site.database.transaction() as session:
        hour_ago = await read_clock(session) - HOUR_MS
        session.add_all(
            Recording(
                id=new_id(), county_id=call.county_id, call_id=call.call_id, node_id="a",
                home_organisation_id=call.home_organisation_id,
                county_organisation_id=call.county_organisation_id,
                state="verified", folder=each.folder, wrapped_key=b"wrapped",
                master_key_id="0" * 16, started_ms=0, closed_ms=hour_ago, verified_ms=hour_ago,
                manifest_sha256="0" * 64,
            )
            for each in made
        )  # fmt: skip
    async with weak_link(s3) as (link, address):
        backlog = Backlog(site.database, site.archive, Store(address), "a")
        link.down = True
        orders, told = await backlog.orders(), Told()
        assert len(orders) == ORDERS_AT_ONCE
        uploads = Uploads(site.archive, Store(address), told, Pauses(0.05, 0.2))
        async with asyncio.TaskGroup() as group:
            for order in orders:
                assert uploads.take(order)
                group.create_task(uploads.run(order))
            while told.failing < 3:  # noqa: ASYNC110 - any event of a failing store will do
                await asyncio.sleep(0.05)
            assert await backlog.alarm() == number
            assert await backlog.alarm() == number
            link.down = False
        for report in told.uploaded.values():
            await backlog.uploaded(report)
        assert len(await upload(site, backlog, address)) == number - ORDERS_AT_ONCE
        for _ in range(2):
            await backlog.clear()
        assert await backlog.alarm() == 0
    alarms = [entry for entry in log_output.entries if entry["event"] == "store.away"]
    assert [alarm["recordings"] for alarm in alarms] == [number], "told once in ten minutes"
    assert alarms[0]["for_minutes"] == 60
    async with site.database.reading() as session:
        places = set(await session.scalars(select(Recording.place)))
        stored = list(await session.scalars(select(StoredFile)))
    assert places == {StoragePlace.REMOTE}
    direct = Store(s3)
    for each in made:
        (file,) = [row for row in stored if row.name == each.name]
        assert await direct.digest(each.folder, each.name) == Digest(file.size_bytes, file.sha256)
        assert not (site.archive.root / each.folder).exists()


async def play(site: Site, player: Player, start: int, end: int) -> bytes:
    """By range, as the page does; the longest stream."""
    async with site.database.reading() as session:
        row = (await session.scalars(select(Recording))).one()
        stream = (await session.scalars(select(Stream).order_by(Stream.size_bytes.desc()))).first()
        assert stream is not None
        in_store = await stored_file(session, row, stream.file_name)
    assert row.wrapped_key is not None
    key = unwrap_data_key(site.master, row.id, row.wrapped_key)
    label = f"{stream.participant_id}/{stream.kind}"
    async with await player.open(
        row.folder, stream.file_name, key, row.id, label, in_store
    ) as playback:
        return await playback.read(start, end)


async def export(site: Site, recording_id: str, path: Path) -> Path:
    county, home = site.call.county_organisation_id, site.call.home_organisation_id
    one = await site.supervisor("one", Role.COUNTY_SUPERVISOR, county)
    two = await site.supervisor("two", Role.HOME_SUPERVISOR, home)
    async with site.database.transaction() as session:
        asked = await request_export(session, one, recording_id, "a court asks")
        await decide_export(session, two, asked.id, approve=True, note="")
    for _ in range(3):
        await site.sequencer.turn()
    async with site.database.transaction() as session:
        taken, recording = await take_export(session, one, asked.id)
        gathered = await site.exporter.gather(session, taken, recording, one.staff_id)
    with path.open("wb") as file:
        async for piece in site.exporter.stream(gathered):
            file.write(piece)
    return path
