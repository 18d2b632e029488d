"""A backup that is taken while a call is recorded: what was written by then is kept and proved."""

from pathlib import Path

from sqlalchemy import select

from casework.database import Database, new_id, open_engine
from casework.master_key import MasterKey
from casework.vocabulary import RecordingState
from recording import opus
from recording.archive import Archive
from recording.closing import close_recording
from recording.control import Outcome, RecordingSalvage, SignedHead
from recording.evidence.call_evidence import CallEvidence
from recording.evidence.checking import faults
from recording.follower import Follower
from recording.keys import new_data_key, unwrap_data_key, wrap_data_key
from recording.log_writer import LogTap
from recording.packet_log import Kind
from recording.tables import Recording
from shipinban.backups.backup import back_up
from shipinban.backups.restore import restore
from shipinban.settings import Settings
from signaling.relay.control import TrackKind
from tests.recording.conftest import Place
from tests.recording.evidence.calls import NODE_KEY, RecordedCall
from tests.recording.following import open_stream, start_order
from tests.recording.senders import Network, Sender
from tests.shipinban.test_backups import Host, blank

SECOND_US = 1_000_000


def speak(tap: LogTap, from_s: int, to_s: int) -> None:
    sender = Sender(tap, Network())
    if from_s == 0:
        sender.declare(TrackKind.AUDIO, TrackKind.CAMERA)
    sender.audio(from_s * SECOND_US, to_s * SECOND_US)
    sender.video(TrackKind.CAMERA, from_s * SECOND_US, to_s * SECOND_US)
    sender.reports(TrackKind.CAMERA, from_s * SECOND_US + 500_000, to_s * SECOND_US, SECOND_US)
    sender.flush()
    tap.flush()


async def begin(host: Host) -> Place:
    """A call that is being recorded, as the rows know it."""
    archive = Archive(host.settings.archive_folder)
    place = Place(archive, archive.create_folder(), new_data_key(), new_id())
    master = MasterKey.load_or_create(host.settings.master_key_file)
    database = Database(open_engine(host.settings.database_url))
    async with database.transaction() as session:
        other = (await session.scalars(select(Recording).limit(1))).one()
        session.add(
            Recording(
                id=place.recording_id,
                county_id=other.county_id,
                call_id=other.call_id,
                node_id="a",
                home_organisation_id=other.home_organisation_id,
                county_organisation_id=other.county_organisation_id,
                state=RecordingState.RECORDING,
                folder=place.folder,
                wrapped_key=wrap_data_key(master, place.recording_id, place.key),
                master_key_id=master.key_id,
                started_ms=0,
            )
        )
    await database.close()
    return place


def salvage(place: Place) -> tuple[Outcome, list[SignedHead]]:
    """As the recorder of the blank host does when the edge tells it what is unfinished."""
    order = RecordingSalvage(**start_order(place).model_dump(exclude={"type"}))
    with place.archive.folder(place.folder) as folder:
        evidence = CallEvidence(folder, place.key, order, NODE_KEY)
        evidence.open()
        follower = Follower(folder, order, evidence)
        while follower.step():
            pass
        outcome = close_recording(follower)
        head = evidence.take_head()
        evidence.close()
        follower.close()
    return outcome, [] if head is None else [head]


async def test_what_was_recorded_by_then_is_salvaged_from_the_backup(
    sqlite_url: str, tmp_path: Path
) -> None:
    store = f"file://{tmp_path / 'store'}"
    settings = Settings(data_folder=tmp_path / "host", database_url=sqlite_url, store_url=store)
    host = Host(settings)
    await host.fill()
    place = await begin(host)
    tap = LogTap(place.order())
    with place.archive.folder(place.folder) as folder:
        evidence = CallEvidence(folder, place.key, start_order(place), NODE_KEY)
        evidence.open()
        follower = Follower(folder, start_order(place), evidence)
        speak(tap, 0, 12)
        while follower.step():
            pass
        evidence.take_groups(follower.files())
        written = sum(1 for r in place.log_records() if r.track == 0 and r.kind == Kind.RTP)
        backup, keys = tmp_path / "backup", tmp_path / "keys"
        await back_up(settings, backup, keys)
        speak(tap, 12, 20)  # the call goes on: this is not in the backup
        evidence.close()
        follower.close()
    tap.file.close()
    place.archive.close()

    again = blank(host, f"sqlite+aiosqlite:///{tmp_path / 'blank' / 'shipinban.db'}", tmp_path)
    await restore(again.settings, backup, keys)
    database = Database(open_engine(again.settings.database_url))
    async with database.reading() as session:
        row = await session.get_one(Recording, place.recording_id)
    await database.close()
    assert row.state == RecordingState.RECORDING, "the recorder is told of it at the first start"
    assert row.wrapped_key is not None
    master = MasterKey.load_or_create(again.settings.master_key_file)
    archive = Archive(again.settings.archive_folder)
    found = Place(archive, row.folder, unwrap_data_key(master, row.id, row.wrapped_key), row.id)
    outcome, heads = salvage(found)
    assert (outcome.state, outcome.reason) == (
        RecordingState.INTERRUPTED,
        "the packet log breaks off",
    )
    spoken = [p for p in open_stream(found, outcome).audio if bytes(p) != opus.FILLER]
    assert len(spoken) == written > 500
    assert outcome.seal is not None
    call = RecordedCall(found, heads=[*heads, outcome.seal.head], outcome=outcome)
    assert [str(fault) for fault in faults(call.evidence())] == []
    archive.close()
