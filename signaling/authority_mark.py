"""Whether what a case rests on is still as it was: compared, never shown."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.tables import (
    Case,
    CaseMandate,
    CasePage,
    Grant,
    GrantSuspension,
    Mandate,
    MandatePage,
    Subject,
)
from signaling.spoken import spoken_events

AuthorityMark = tuple[tuple[Any, ...], ...]


async def authority_mark(session: AsyncSession, case: Case) -> AuthorityMark:
    """The rows that a look at the case's authority is made of: equal while nothing has changed."""
    subject = select(Subject.id_number_index).where(Subject.id == case.subject_id)
    questions = (
        select(Mandate.id, Mandate.state, Mandate.signature_id, Mandate.used_case_id)
        .where(
            Mandate.county_id == case.county_id,
            Mandate.id_number_index == subject.scalar_subquery(),
        )
        .order_by(Mandate.id),
        select(MandatePage.mandate_id, MandatePage.page_id, CasePage.state)
        .join(CasePage, CasePage.id == MandatePage.page_id)
        .where(CasePage.case_id == case.id)
        .order_by(MandatePage.mandate_id, MandatePage.position),
        select(CaseMandate.mandate_id).where(CaseMandate.case_id == case.id),
        select(Grant.id, Grant.state, GrantSuspension.id, GrantSuspension.lifted_ms)
        .outerjoin(GrantSuspension, GrantSuspension.grant_id == Grant.id)
        .where(Grant.window_id == case.window_id)
        .order_by(Grant.id, GrantSuspension.id),
        spoken_events([case.id]),
    )
    rows = [await session.execute(question) for question in questions]
    return tuple(tuple(tuple(one) for one in each) for each in rows)
