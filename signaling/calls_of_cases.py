"""What the calls of cases tell the reviews: who took part, and how the calls went."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.reviews.participants import CallsOfCase
from casework.tables import Case, CaseEvent
from casework.vocabulary import CallEndReason
from signaling.tables import Call, CallCase, CallParticipant, Ticket

LOST = frozenset(CallEndReason) - {CallEndReason.FINISHED, CallEndReason.LONGEST_CALL}


async def calls_of_cases(
    session: AsyncSession, case_ids: Collection[str]
) -> Mapping[str, CallsOfCase]:
    """By case id; see :data:`casework.reviews.participants.CallFacts`."""
    calls = await session.execute(
        select(CallCase.case_id, Call, Ticket.drops)
        .join(Call, Call.id == CallCase.call_id)
        .join(Ticket, Ticket.id == Call.ticket_id)
        .where(CallCase.case_id.in_(case_ids))
        .order_by(Call.started_ms, Call.id)
    )
    of_case: dict[str, list[tuple[Call, int]]] = defaultdict(list)
    for case_id, call, drops in calls:
        of_case[case_id].append((call, drops))
    present = await _present(session, case_ids)
    return {
        case_id: CallsOfCase(
            latest_call_id=rows[-1][0].id,
            staff_ids=frozenset(present[case_id]).union(
                *({call.helper_staff_id, call.agent_staff_id} for call, _ in rows)
            ),
            unrecorded=any(not call.recorded for call, _ in rows),
            link_lost=any(drops > 0 or call.end_reason in LOST for call, drops in rows),
        )
        for case_id, rows in of_case.items()
    }


async def _present(session: AsyncSession, case_ids: Collection[str]) -> dict[str, set[str]]:
    """Everybody who was in a room, listening supervisors too."""
    rows = await session.execute(
        select(CallCase.case_id, CallParticipant.staff_id)
        .join(CallParticipant, CallParticipant.call_id == CallCase.call_id)
        .where(CallCase.case_id.in_(case_ids), CallParticipant.staff_id.is_not(None))
    )
    found: dict[str, set[str]] = defaultdict(set)
    for case_id, staff_id in rows:
        if staff_id is not None:
            found[case_id].add(staff_id)
    return found


def did_something(staff_id: str, case_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """SQL, for lists: whether the person took part in the case that a row names."""
    in_call = exists().where(
        CallCase.case_id == case_id,
        Call.id == CallCase.call_id,
        or_(Call.helper_staff_id == staff_id, Call.agent_staff_id == staff_id),
    )
    present = exists().where(
        CallCase.case_id == case_id,
        CallParticipant.call_id == CallCase.call_id,
        CallParticipant.staff_id == staff_id,
    )
    acted = exists().where(CaseEvent.case_id == case_id, CaseEvent.actor_staff_id == staff_id)
    own = exists().where(
        Case.id == case_id,
        or_(Case.opened_by_staff_id == staff_id, Case.owner_staff_id == staff_id),
    )
    return or_(in_call, present, acted, own)
