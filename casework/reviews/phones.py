"""The subject's phone number for who has to get in touch; that it was shown is in the journal."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from casework.journal.acts import Act, add_entry
from casework.protected import Field, ProtectedFields
from casework.tables import Case, Subject


@dataclass(frozen=True, slots=True)
class Reachable:
    name: str
    phone: str


async def show_phone(
    session: AsyncSession, protected: ProtectedFields, case_id: str, staff_id: str, why_id: str
) -> Reachable:
    """:param why_id: the follow-up or report for which somebody asks. Who may is asked before."""
    case = await session.get_one(Case, case_id)
    subject = await session.get_one(Subject, case.subject_id)
    await add_entry(
        session,
        Act(
            what="subject.phone_shown",
            county_id=case.county_id,
            home_organisation_id=case.home_organisation_id,
            county_organisation_id=case.county_organisation_id,
            actor_staff_id=staff_id,
            case_id=case.id,
            evidence={"why_id": why_id},
        ),
    )
    number = protected.open(subject.phone_sealed, Field.PHONE, subject.id)
    return Reachable(subject.name, number)
