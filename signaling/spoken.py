"""Where in a call's recording a subject gives a mandate aloud: marks on the call's clock."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.mandates import Spoken
from casework.tables import Mandate
from signaling.tables import CallCase, CallEvent

STARTED, ENDED = "mandate.spoken_started", "mandate.spoken_ended"


def spoken_events(case_ids: Collection[str]) -> Select[str, str, int, dict[str, Any]]:
    return (
        select(CallEvent.call_id, CallEvent.kind, CallEvent.position_ms, CallEvent.body)
        .join(CallCase, CallCase.call_id == CallEvent.call_id)
        .where(CallCase.case_id.in_(case_ids), CallEvent.kind.in_((STARTED, ENDED)))
        .order_by(CallEvent.at_ms, CallEvent.id)
    )


async def spoken_of(session: AsyncSession, mandates: Sequence[Mandate]) -> dict[str, Spoken]:
    """By mandate; whoever begins anew takes back what was marked before."""
    events = await session.execute(spoken_events({row.given_case_id for row in mandates}))
    found: dict[str, Spoken] = {}
    for call_id, kind, position_ms, body in events:
        mandate_id = body["mandate_id"]
        if kind == STARTED:
            found[mandate_id] = Spoken(call_id, position_ms, None)
        elif (begun := found.get(mandate_id)) is not None and begun.call_id == call_id:
            found[mandate_id] = Spoken(call_id, begun.from_ms, position_ms)
    return found
