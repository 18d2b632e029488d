"""Who took part in a case, and so may neither review it nor close what was complained of it."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select, union
from sqlalchemy.ext.asyncio import AsyncSession

from casework.tables import Case, CaseEvent, CasePage, Consent


@dataclass(frozen=True, slots=True)
class CallsOfCase:
    """What the calls of one case tell; calls are not known to this room."""

    latest_call_id: str | None = None
    staff_ids: frozenset[str] = frozenset()
    """Helpers, agents, guests, and supervisors who listened in."""
    unrecorded: bool = False
    link_lost: bool = False


NO_CALLS = CallsOfCase()
CallFacts = Callable[[AsyncSession, Collection[str]], Awaitable[Mapping[str, CallsOfCase]]]
"""Case id → its calls; cases without one are left out."""


async def took_part(session: AsyncSession, calls: CallFacts, case_id: str) -> frozenset[str]:
    """Staff ids of everybody who did anything in the case."""
    rows = await session.scalars(
        union(
            select(Case.opened_by_staff_id).where(Case.id == case_id),
            select(Case.owner_staff_id).where(Case.id == case_id),
            select(CaseEvent.actor_staff_id).where(CaseEvent.case_id == case_id),
            select(Consent.asked_by_staff_id).where(Consent.case_id == case_id),
            select(CasePage.requested_by_staff_id).where(CasePage.case_id == case_id),
        )
    )
    in_calls = (await calls(session, [case_id])).get(case_id, NO_CALLS).staff_ids
    return frozenset(staff_id for staff_id in rows if staff_id is not None) | in_calls
