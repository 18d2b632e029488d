"""What the rows give to a bundle's statement: who took part, who takes it out, the county's key."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.journal.checkpoints import RECEIPT_ISSUED
from casework.journal.keys import live_keys
from casework.tables import County, Organisation, StaffMember
from casework.vocabulary import JournalKeyKind
from recording.evidence.statement import Exported, Happened, Person
from recording.tables import EvidenceExport, Recording
from signaling.tables import CallParticipant

LATER = frozenset({"rating.given", RECEIPT_ISSUED, "recording.failed"})
"""Entries that a reader of the statement is told of; who asked for the export stands above."""


@dataclass(frozen=True, slots=True)
class ToldByRows:
    exported: Exported
    people: Sequence[Person]
    county_key: str
    zone: ZoneInfo


async def told_by_rows(
    session: AsyncSession, export: EvidenceExport, recording: Recording, taken_by: str, at_ms: int
) -> ToldByRows:
    """``taken_by``: a staff id, or empty for the command on the server."""
    county = await session.get_one(County, recording.county_id)
    keys = await live_keys(session, recording.county_id, JournalKeyKind.COUNTY)
    return ToldByRows(
        exported=await _exported(session, export, taken_by, at_ms),
        people=await _people(session, recording),
        county_key=keys[-1].verifier if keys else "",
        zone=ZoneInfo(county.timezone),
    )


async def _exported(
    session: AsyncSession, export: EvidenceExport, taken_by: str, at_ms: int
) -> Exported:
    wanted = (export.requested_by_staff_id, export.decided_by_staff_id, taken_by)
    rows = await session.execute(
        select(StaffMember.id, StaffMember.name).where(StaffMember.id.in_(wanted))
    )
    names = {row.id: row.name for row in rows}
    return Exported(
        requested_by=names.get(export.requested_by_staff_id, ""),
        approved_by=names.get(export.decided_by_staff_id or "", ""),
        reason=export.reason,
        at_ms=at_ms,
        taken_by=names.get(taken_by, ""),
    )


async def _people(session: AsyncSession, recording: Recording) -> Sequence[Person]:
    rows = await session.execute(
        select(CallParticipant, StaffMember, Organisation)
        .join(StaffMember, StaffMember.id == CallParticipant.staff_id)
        .join(Organisation, Organisation.id == StaffMember.organisation_id)
        .where(CallParticipant.call_id == recording.call_id)
        .order_by(CallParticipant.joined_ms, CallParticipant.id)
    )
    return [
        Person(one.id, one.kind, staff.name, staff.name_en, unit.name, unit.name_en)
        for one, staff, unit in rows
    ]


def later_entries(proofs: Sequence[str]) -> Sequence[Happened]:
    """Of proofs as :meth:`casework.journal.proofs.EntryProof.text` writes them."""
    entries = [json.loads(json.loads(proof)["entry"]) for proof in proofs]
    return [
        Happened(entry["what"], entry["evidence"], entry["at_ms"])
        for entry in entries
        if entry["what"] in LATER
    ]
