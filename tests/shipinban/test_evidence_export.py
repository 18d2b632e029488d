"""``shipinban evidence export``: the same two people as in supervision, and the journal says how."""

import hashlib
import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from casework.database import Database, new_id, open_engine
from casework.errors import NotFound
from casework.master_key import MasterKey
from casework.page_files import PageFiles
from casework.tables import Case, CasePage, JournalEntry
from casework.vocabulary import Role
from recording.archive import Archive
from recording.evidence.bundle_check import verify_bundle
from recording.evidence.exports import decide_export, request_export
from recording.tables import RecordingView
from shipinban.evidence_export import export_bundle
from shipinban.settings import Settings
from tests.recording.county import one_call
from tests.recording.evidence.site import Site


async def take_page(site: Site) -> str:
    """Named by the event that is chained."""
    files, page_id = PageFiles(site.archive.root, site.master), new_id()
    name = files.new_name()
    files.keep(name, b"a page", [b"smaller"])
    sha256 = hashlib.sha256(b"a page").hexdigest()
    site.body |= {"page_id": page_id, "sha256": sha256}
    async with site.database.transaction() as session:
        case = (await session.scalars(select(Case))).one()
        session.add(
            CasePage(
                id=page_id, county_id=case.county_id, case_id=case.id, kind="original",
                state="ready", media_type="image/jpeg", total_bytes=6, received_bytes=6,
                sha256=sha256, file_name=name, home_organisation_id=case.home_organisation_id,
                county_organisation_id=case.county_organisation_id, created_ms=0,
            )
        )  # fmt: skip
    return page_id


async def test_by_command_only_what_two_people_stand_for_goes_out(
    sqlite_url: str, tmp_path: Path
) -> None:
    settings = Settings(data_folder=tmp_path, database_url=sqlite_url)
    master = MasterKey.load_or_create(settings.master_key_file)
    database, archive = Database(open_engine(sqlite_url)), Archive(settings.archive_folder)
    site = Site(database, await one_call(database), archive, tmp_path, master)
    page_id = await take_page(site)
    recording_id, call_id = await site.record(), site.call.call_id
    await site.verifying.verify_due()
    one = await site.supervisor("one", Role.COUNTY_SUPERVISOR, site.call.county_organisation_id)
    two = await site.supervisor("two", Role.HOME_SUPERVISOR, site.call.home_organisation_id)
    bundle = tmp_path / "bundle.zip"
    async with database.transaction() as session:
        asked = await request_export(session, one, recording_id, "a court asks")
    with pytest.raises(NotFound):
        await export_bundle(settings, call_id, bundle)
    assert not bundle.exists()
    async with database.transaction() as session:
        await decide_export(session, two, asked.id, approve=True, note="")
    for _ in range(3):
        await site.sequencer.turn()
    await export_bundle(settings, call_id, bundle)
    verdict = verify_bundle(bundle)
    assert [str(fault) for fault in verdict.faults] == []
    with ZipFile(bundle) as opened:
        assert opened.read(f"pages/{page_id}.jpg") == b"a page"
    assert (verdict.export["requested_by"], verdict.export["taken_by"]) == ("one", "")
    async with database.reading() as session:
        view = (await session.scalars(select(RecordingView))).one()
        leaf = await session.scalar(
            select(JournalEntry.leaf).where(JournalEntry.what == "evidence.exported")
        )
    assert (view.kind, view.staff_id, view.reason) == ("exported", one.staff_id, "a court asks")
    assert leaf is not None
    entry = json.loads(leaf)
    assert entry["actor_staff_id"] is None
    assert entry["evidence"]["by_command"] is True
    assert "machine_user" in entry["personal"]
    site.close()
    archive.close()
    await database.close()
