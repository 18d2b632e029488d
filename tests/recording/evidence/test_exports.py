"""From a call in the database to a bundle: heads in the journal, verification, two people."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from casework.database import Database, new_id
from casework.errors import Conflict, Forbidden, NotFound
from casework.sign_in import SignedIn
from casework.vocabulary import NodeKeyState, RecordingState, Role
from recording.archive import Archive
from recording.evidence.bundle_check import verify_bundle
from recording.evidence.exporting import Gathered
from recording.evidence.exports import decide_export, request_export, take_export
from recording.evidence.node_keys import find_key, revoke
from recording.tables import (
    ChainedEvent,
    EvidenceExport,
    EvidenceHead,
    NodeKey,
    RecordingView,
    Stream,
)
from recording.watched import watched as watched_of_case
from signaling.tables import CallCase
from tests.recording.county import one_call
from tests.recording.evidence.site import Site


@pytest.fixture
async def site(database: Database, tmp_path: Path) -> AsyncIterator[Site]:
    archive = Archive(tmp_path / "archive")
    made = Site(database, await one_call(database), archive, tmp_path)
    yield made
    made.close()
    archive.close()


async def test_a_recording_is_in_the_journal_from_start_to_seal_and_then_verified(
    site: Site,
) -> None:
    await site.record()
    row = await site.row()
    assert (row.state, row.signed_by, row.verified_ms) == (RecordingState.SEALED, "call", None)
    whats = await site.journal()
    for what in ("node_key.certified", "recording.started", "recording.sealed"):
        assert whats.count(what) == 1, whats
    await site.verifying.verify_due()
    row = await site.row()
    assert row.state == RecordingState.VERIFIED, row.state_reason
    assert row.verified_ms is not None
    async with site.database.reading() as session:
        heads = await session.scalars(select(EvidenceHead.kind).order_by(EvidenceHead.links))
        assert list(heads) == ["start", "end"]
        assert len(list(await session.scalars(select(ChainedEvent)))) == 2


async def test_a_file_that_was_changed_after_the_seal_fails_and_alarms(site: Site) -> None:
    await site.record()
    row = await site.row()
    biggest = max((site.archive.root / row.folder).iterdir(), key=lambda path: path.stat().st_size)
    raw = bytearray(biggest.read_bytes())
    raw[-5_000] ^= 1
    biggest.write_bytes(raw)
    await site.verifying.verify_due()
    row = await site.row()
    assert row.state == RecordingState.FAILED
    assert row.state_reason.startswith("stream: ")
    assert (await site.journal()).count("recording.failed") == 1
    await site.verifying.verify_due()
    assert (await site.journal()).count("recording.failed") == 1


async def test_what_a_revoked_key_signs_afterwards_proves_nothing(site: Site) -> None:
    await site.record()
    async with site.database.transaction() as session:
        key = await find_key(session, site.node_key.public_key)
        await revoke(session, key, "stolen", site.call.county_organisation_id)
        await session.execute(update(NodeKey).values(ended_ms=1))
    await site.verifying.verify_due()
    assert (await site.row()).state == RecordingState.VERIFIED, "the call's own key signed"
    async with site.database.reading() as session:
        with pytest.raises(NotFound):
            await find_key(session, site.node_key.public_key)
        assert (await session.scalars(select(NodeKey.state))).one() == NodeKeyState.REVOKED


async def test_evidence_leaves_only_when_a_second_person_agrees(site: Site, tmp_path: Path) -> None:
    site.body = {"page_id": "gone", "sha256": "ab"}
    recording_id = await site.record()
    one = await site.supervisor("one", Role.COUNTY_SUPERVISOR, site.call.county_organisation_id)
    two = await site.supervisor("two", Role.HOME_SUPERVISOR, site.call.home_organisation_id)
    stranger = await site.supervisor("three", Role.HOME_SUPERVISOR, new_id())
    database = site.database
    async with database.transaction() as session:
        with pytest.raises(Conflict, match="not_verified"):
            await request_export(session, one, recording_id, "a court asks")
    await site.verifying.verify_due()
    await site.rate("satisfied")
    async with database.transaction() as session:
        with pytest.raises(NotFound):
            await request_export(session, stranger, recording_id, "curious")
        export_id = (await request_export(session, one, recording_id, "a court asks")).id
    async with database.transaction() as session:
        with pytest.raises(Forbidden, match="second_person"):
            await decide_export(session, one, export_id, approve=True, note="")
        with pytest.raises(Conflict, match="not_approved"):
            await take_export(session, one, export_id)
        with pytest.raises(NotFound):
            await decide_export(session, stranger, export_id, approve=True, note="")
    async with database.transaction() as session:
        await decide_export(session, two, export_id, approve=True, note="seen")
    async with database.transaction() as session:
        with pytest.raises(Conflict, match="export_decided"):
            await decide_export(session, two, export_id, approve=False, note="")
    with pytest.raises(Conflict, match="no_checkpoint"):
        await gathered(site, one, export_id)
    for _ in range(3):
        await site.sequencer.turn()
    found = await gathered(site, one, export_id)
    path = tmp_path / "bundle.zip"
    with path.open("wb") as file:
        async for piece in site.exporter.stream(found):
            file.write(piece)
    verdict = verify_bundle(path)
    assert [str(fault) for fault in verdict.faults] == []
    assert (verdict.export["requested_by"], verdict.export["approved_by"]) == ("one", "two")
    assert verdict.export["reason"] == "a court asks"
    assert verdict.export["taken_by"] == "one"
    assert verdict.export["missing"] == [{"paper": "pages/gone", "why": "erased"}]
    assert [entry.what for entry in verdict.journal.entries] == [
        "rating.given",
        "evidence.export_requested",
        "evidence.export_approved",
    ]
    async with database.reading() as session:
        assert (await session.scalars(select(EvidenceExport.downloads))).one() == 1
        view = (await session.scalars(select(RecordingView))).one()
        assert (view.kind, view.staff_id, view.reason) == ("exported", one.staff_id, "a court asks")
        assert view.ended_ms is not None
        sizes = await session.execute(select(Stream.id, Stream.size_bytes))
        assert view.served == {row.id: [[0, row.size_bytes]] for row in sizes}
        case_id = await session.scalar(select(CallCase.case_id))
        assert case_id is not None
        (watched,) = await watched_of_case(session, case_id, "en")
        assert watched.exported
    told = [what for what in await site.journal() if what.startswith("evidence.")]
    assert sorted(told) == [
        "evidence.export_approved",
        "evidence.export_requested",
        "evidence.exported",
    ]


async def gathered(site: Site, person: SignedIn, export_id: str) -> Gathered:
    async with site.database.transaction() as session:
        export, recording = await take_export(session, person, export_id)
        return await site.exporter.gather(session, export, recording, person.staff_id)
