"""Who acts on a case right now: in its live call, if it has one, on the call's clock."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import now_ms, read_clock
from casework.moments import Moment
from casework.sign_in import SignedIn
from signaling.edge.scope import live_call_of, step_call
from signaling.pairing.topics import note
from signaling.tables import Call, CallEvent


async def acting_now(session: AsyncSession, person: SignedIn, case_id: str) -> Moment:
    call = await live_call_of(session, case_id)
    if call is None:
        return Moment(person)
    position_ms = max(0, await read_clock(session) - call.started_ms)
    return Moment(person, step_call(call), position_ms)


async def tell_call(
    session: AsyncSession, moment: Moment, kind: str, body: Mapping[str, Any]
) -> None:
    """An event on the call's clock, and the room looks when the transaction is committed; before a
    call there is nobody to tell.
    """
    if moment.call is None:
        return
    call = await session.get_one(Call, moment.call.id)
    session.add(
        CallEvent(
            county_id=call.county_id,
            call_id=call.id,
            kind=kind,
            position_ms=moment.position_ms,
            actor_staff_id=moment.actor.staff_id,
            home_organisation_id=call.home_organisation_id,
            county_organisation_id=call.county_organisation_id,
            body=dict(body),
            at_ms=now_ms(),
        )
    )
    note(session, call=call.id)
