"""Who took part in a case: such a person decides no refusal and no appeal of it."""

from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.tables import Case, CaseEvent, HandOver

SENT_BACK = "case.refusal_sent_back"
"""Who only sent a proposal back may decide the next one: nothing was held against the resident."""


def involves(staff_id: str, served: Select[Any] | None) -> ColumnElement[bool]:
    """Cases that the person opened, owned, did something in, or served in a call.

    :param served: ids of the cases of the person's calls; calls are not known to this room.
    """
    acted = select(CaseEvent.case_id).where(
        CaseEvent.actor_staff_id == staff_id, CaseEvent.kind != SENT_BACK
    )
    owned = select(HandOver.case_id).where(HandOver.from_staff_id == staff_id)
    kinds = [
        Case.opened_by_staff_id == staff_id,
        Case.owner_staff_id == staff_id,
        Case.id.in_(acted),
        Case.id.in_(owned),
    ]
    if served is not None:
        kinds.append(Case.id.in_(served))
    return or_(*kinds)


async def took_part(
    session: AsyncSession, case: Case, staff_id: str, served: Select[Any] | None
) -> bool:
    found = select(Case.id).where(Case.id == case.id, involves(staff_id, served))
    return await session.scalar(found) is not None
