"""Who watched the recordings of a case, or listened in to its calls, as its receipt tells the resident."""

from collections.abc import Sequence

from sqlalchemy import literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from casework.journal.receipts import Watched, mask
from casework.tables import Organisation, StaffMember
from casework.vocabulary import ViewKind
from recording.tables import Recording, RecordingView
from signaling.tables import CallCase, CallListener

LISTED = 100
_LISTENED = "listened"


async def watched(session: AsyncSession, case_id: str, language: str) -> Sequence[Watched]:
    """Each view opened, each export taken and each time a supervisor was in a call: the latest
    hundred, oldest first; names masked."""
    of_case = select(CallCase.call_id).where(CallCase.case_id == case_id)
    viewed = (
        select(RecordingView.opened_ms.label("at_ms"), RecordingView.kind, RecordingView.staff_id)
        .join(Recording, Recording.id == RecordingView.recording_id)
        .where(Recording.call_id.in_(of_case))
    )
    listened = select(CallListener.joined_ms, literal(_LISTENED), CallListener.staff_id).where(
        CallListener.call_id.in_(of_case), CallListener.joined_ms.is_not(None)
    )
    seen = union_all(viewed, listened).subquery()
    rows = await session.execute(
        select(seen.c.at_ms, seen.c.kind, StaffMember, Organisation)
        .join(StaffMember, StaffMember.id == seen.c.staff_id)
        .join(Organisation, Organisation.id == StaffMember.organisation_id)
        .order_by(seen.c.at_ms.desc())
        .limit(LISTED)
    )
    english = language == "en"
    return [
        Watched(
            mask(person.name_en if english else person.name),
            unit.name_en if english else unit.name,
            at_ms,
            exported=kind == ViewKind.EXPORTED,
            listened=kind == _LISTENED,
        )
        for at_ms, kind, person, unit in reversed(rows.all())
    ]
