"""Who watched the recordings of a case, as its receipt tells the resident."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.journal.receipts import Watched, mask
from casework.tables import Organisation, StaffMember
from casework.vocabulary import ViewKind
from recording.tables import Recording, RecordingView
from signaling.tables import CallCase

LISTED = 100


async def watched(session: AsyncSession, case_id: str, language: str) -> Sequence[Watched]:
    """Each view opened and each export taken, the latest hundred, oldest first; names masked."""
    rows = await session.execute(
        select(RecordingView.opened_ms, RecordingView.kind, StaffMember, Organisation)
        .join(Recording, Recording.id == RecordingView.recording_id)
        .join(CallCase, CallCase.call_id == Recording.call_id)
        .join(StaffMember, StaffMember.id == RecordingView.staff_id)
        .join(Organisation, Organisation.id == StaffMember.organisation_id)
        .where(CallCase.case_id == case_id)
        .order_by(RecordingView.opened_ms.desc())
        .limit(LISTED)
    )
    english = language == "en"
    return [
        Watched(
            mask(person.name_en if english else person.name),
            unit.name_en if english else unit.name,
            opened_ms,
            exported=kind == ViewKind.EXPORTED,
        )
        for opened_ms, kind, person, unit in reversed(rows.all())
    ]
