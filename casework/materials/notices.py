"""一次性告知: everything that is missing, told to the resident at once, on screen and on paper."""

import hashlib
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.steps import StepKind
from casework.database import new_id, now_ms
from casework.errors import Conflict
from casework.materials.lines import Line, checklist, still_open
from casework.moments import Moment, note_act, permitted
from casework.tables import Case, MaterialNotice
from casework.vocabulary import MaterialState


async def issue_notice(session: AsyncSession, case: Case, moment: Moment) -> MaterialNotice:
    """Keeps the notice as it was told; a later one does not change it.

    :param case: locked by this transaction.
    :raises Conflict: nothing is missing.
    """
    permit = await permitted(session, case, moment, StepKind.JUDGE_MATERIAL)
    lines = [_told(line) for line in still_open(await checklist(session, case))]
    if not lines:
        raise Conflict("notice.nothing_missing")
    row = MaterialNotice(
        id=new_id(),
        county_id=case.county_id,
        case_id=case.id,
        call_id=moment.call_id,
        position_ms=moment.position_ms,
        lines=lines,
        sha256=hashlib.sha256(rfc8785.dumps(lines)).hexdigest(),
        issued_by_staff_id=moment.actor.staff_id,
        home_organisation_id=case.home_organisation_id,
        county_organisation_id=case.county_organisation_id,
        created_ms=now_ms(),
    )
    session.add(row)
    await session.flush()
    await session.refresh(row)
    evidence = {"notice_id": row.id, "sha256": row.sha256}
    await note_act(session, case, moment, permit, "notice.issued", evidence)
    return row


def _told(line: Line) -> dict[str, Any]:
    """One line of the notice, in both languages, without anything personal."""
    returned = next((row for row in line.given if row.state == MaterialState.SENT_BACK), None)
    return {
        "material_id": line.material.id,
        "name": line.material.name,
        "name_en": line.material.name_en,
        "note": line.material.note,
        "note_en": line.material.note_en,
        "copies": line.material.copies,
        "requirement": line.material.requirement,
        "state": line.state.value,
        "reason": returned.reason if returned else None,
        "reason_text": returned.reason_text if returned else "",
        "due_ms": next((row.due_ms for row in line.given if row.due_ms is not None), None),
    }


async def latest_notice(session: AsyncSession, case_id: str) -> MaterialNotice | None:
    return await session.scalar(
        select(MaterialNotice)
        .where(MaterialNotice.case_id == case_id)
        .order_by(MaterialNotice.id.desc())
        .limit(1)
    )
