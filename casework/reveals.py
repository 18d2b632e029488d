"""A masked number shown whole: to one person, for a reason, on record."""

from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import new_id, now_ms
from casework.journal.acts import Act, add_entry
from casework.protected import Field, ProtectedFields
from casework.sign_in import SignedIn
from casework.tables import Case, Subject, SubjectReveal


async def reveal(
    session: AsyncSession,
    protected: ProtectedFields,
    person: SignedIn,
    case: Case,
    field: Field,
    reason: str,
) -> str:
    """The number; who may see the case is asked before. Committed before it is shown."""
    subject = await session.get_one(Subject, case.subject_id)
    sealed = subject.id_number_sealed if field is Field.ID_NUMBER else subject.phone_sealed
    session.add(
        SubjectReveal(
            id=new_id(),
            county_id=case.county_id,
            case_id=case.id,
            staff_id=person.staff_id,
            field=field,
            reason=reason,
            home_organisation_id=case.home_organisation_id,
            county_organisation_id=case.county_organisation_id,
            at_ms=now_ms(),
        )
    )
    await add_entry(
        session,
        Act(
            what="subject.revealed",
            county_id=case.county_id,
            home_organisation_id=case.home_organisation_id,
            county_organisation_id=case.county_organisation_id,
            actor_staff_id=person.staff_id,
            case_id=case.id,
            evidence={"field": field, "subject_id": subject.id},
            personal={"reason": reason},
        ),
    )
    return protected.open(sealed, field, subject.id)
