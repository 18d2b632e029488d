"""What the calls of cases tell :mod:`casework.participants`: who was there, and how they went."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.participants import Calls, CallsOfCase
from casework.vocabulary import CallEndReason
from signaling.tables import Call, CallCase, CallParticipant, Ticket

LOST = frozenset(CallEndReason) - {CallEndReason.FINISHED, CallEndReason.LONGEST_CALL}


async def _facts(session: AsyncSession, case_ids: Collection[str]) -> Mapping[str, CallsOfCase]:
    rows = await session.execute(
        select(CallCase.case_id, Call, Ticket.drops)
        .join(Call, Call.id == CallCase.call_id)
        .join(Ticket, Ticket.id == Call.ticket_id)
        .where(CallCase.case_id.in_(case_ids))
        .order_by(Call.started_ms, Call.id)
    )
    of_case: dict[str, list[tuple[Call, int]]] = defaultdict(list)
    for case_id, call, drops in rows:
        of_case[case_id].append((call, drops))
    return {
        case_id: CallsOfCase(
            latest_call_id=calls[-1][0].id,
            unrecorded=any(not call.recorded for call, _ in calls),
            link_lost=any(drops > 0 or call.end_reason in LOST for call, drops in calls),
        )
        for case_id, calls in of_case.items()
    }


CALLS = Calls(
    facts=_facts,
    parts=(
        select(CallCase.case_id, Call.helper_staff_id).join(Call, Call.id == CallCase.call_id),
        select(CallCase.case_id, Call.agent_staff_id).join(Call, Call.id == CallCase.call_id),
        # Everybody who was in a room, listening supervisors too.
        select(CallCase.case_id, CallParticipant.staff_id).join(
            CallParticipant, CallParticipant.call_id == CallCase.call_id
        ),
    ),
)
