"""A supervisor in a running call: opened with a reason, entered once, changed, ended.

Each step is a row, an event on the call's clock (and so a link of its evidence chain) and an entry
of the journal, in one transaction.
"""

from collections.abc import Mapping

from pydantic import JsonValue
from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import insert_for, new_id, now_ms
from casework.errors import Conflict, Forbidden, NotFound
from casework.journal.acts import Act, add_entry
from casework.sign_in import SignedIn
from casework.vocabulary import ListeningMode, ParticipantKind
from signaling.edge.scope import may_attend
from signaling.tables import LISTENERS, Call, CallListener, CallParticipant

COMES_WITHIN_MS = 30_000
"""As long as the room's token lives."""


async def open_listening(
    session: AsyncSession, person: SignedIn, call_id: str, reason: str
) -> tuple[CallListener, Call]:
    """Before anything is seen or heard.

    :raises NotFound: absent, over, or of another line, told alike.
    :raises Conflict: two listen already, or the person does.
    """
    call = await session.scalar(
        select(Call).where(
            Call.id == call_id,
            may_attend(person),
            Call.agent_staff_id != person.staff_id,
            Call.helper_staff_id != person.staff_id,
        )
    )
    if call is None:
        raise NotFound("call.not_found")
    await _forget_absent(session, call.id)
    mine = await session.scalar(_present(call.id).where(CallListener.staff_id == person.staff_id))
    if mine is not None:
        raise Conflict("listening.already")
    listener = await _take_slot(session, person, call, reason)
    await add_entry(session, _act(listener, "listening.opened", personal={"reason": reason}))
    return listener, call


def _present(call_id: str) -> Select[CallListener]:
    return select(CallListener).where(
        CallListener.call_id == call_id, CallListener.ended_ms.is_(None)
    )


async def _forget_absent(session: AsyncSession, call_id: str) -> None:
    """Who gave a reason and did not come leaves the place to others."""
    await session.execute(
        update(CallListener)
        .where(
            CallListener.call_id == call_id,
            CallListener.ended_ms.is_(None),
            CallListener.joined_ms.is_(None),
            CallListener.opened_ms < now_ms() - COMES_WITHIN_MS,
        )
        .values(ended_ms=now_ms())
    )


async def _take_slot(
    session: AsyncSession, person: SignedIn, call: Call, reason: str
) -> CallListener:
    for slot in range(1, LISTENERS + 1):
        taken = await session.scalar(
            insert_for(session, CallListener)
            .values(
                id=new_id(),
                county_id=call.county_id,
                call_id=call.id,
                staff_id=person.staff_id,
                home_organisation_id=call.home_organisation_id,
                county_organisation_id=call.county_organisation_id,
                slot=slot,
                mode=ListeningMode.LISTEN,
                reason=reason,
                opened_ms=now_ms(),
            )
            .on_conflict_do_nothing()
            .returning(CallListener.id)
        )
        if taken is not None:
            return await session.get_one(CallListener, taken)
    raise Conflict("listening.full", most=LISTENERS)


async def enter_listening(session: AsyncSession, call_id: str, staff_id: str) -> CallListener:
    """The supervisor is at the room's door: once for each opening.

    :raises Forbidden: not opened, entered before, or too late.
    """
    entered = await session.scalar(
        update(CallListener)
        .where(
            CallListener.call_id == call_id,
            CallListener.staff_id == staff_id,
            CallListener.ended_ms.is_(None),
            CallListener.joined_ms.is_(None),
        )
        .values(joined_ms=now_ms())
        .returning(CallListener.id)
        .execution_options(synchronize_session=False)
    )
    if entered is None:
        raise Forbidden("room.not_yours", "您不在这次通话中")
    listener = await session.get_one(CallListener, entered)
    session.add(
        CallParticipant(
            id=listener.id,
            county_id=listener.county_id,
            call_id=call_id,
            kind=ParticipantKind.SUPERVISOR,
            staff_id=staff_id,
            joined_ms=now_ms(),
        )
    )
    await add_entry(session, _act(listener, "listening.begun"))
    return listener


async def change_mode(session: AsyncSession, listener_id: str, mode: ListeningMode) -> None:
    """:raises Conflict: it is over."""
    changed = await session.scalar(
        update(CallListener)
        .where(CallListener.id == listener_id, CallListener.ended_ms.is_(None))
        .values(mode=mode)
        .returning(CallListener.id)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        raise Conflict("listening.over")
    listener = await session.get_one(CallListener, listener_id)
    await add_entry(session, _act(listener, "listening.changed", {"mode": mode}))


async def end_listening(session: AsyncSession, listener_id: str) -> str | None:
    """Who it was; ``None`` when it was over before."""
    ended = await session.scalar(
        update(CallListener)
        .where(CallListener.id == listener_id, CallListener.ended_ms.is_(None))
        .values(ended_ms=now_ms())
        .returning(CallListener.id)
        .execution_options(synchronize_session=False)
    )
    if ended is None:
        return None
    await session.execute(
        update(CallParticipant).where(CallParticipant.id == listener_id).values(left_ms=now_ms())
    )
    listener = await session.get_one(CallListener, listener_id)
    await add_entry(session, _act(listener, "listening.ended"))
    return listener.staff_id


async def still_present(session: AsyncSession, call_id: str) -> list[str]:
    """Ids of those who are in the call by its rows, whatever became of their room."""
    rows = await session.scalars(_present(call_id))
    return [row.id for row in rows if row.joined_ms is not None]


def _act(
    listener: CallListener,
    what: str,
    more: Mapping[str, JsonValue] | None = None,
    personal: Mapping[str, str] | None = None,
) -> Act:
    return Act(
        what=what,
        county_id=listener.county_id,
        home_organisation_id=listener.home_organisation_id,
        county_organisation_id=listener.county_organisation_id,
        actor_staff_id=listener.staff_id,
        call_id=listener.call_id,
        evidence={"listener_id": listener.id, **(more or {})},
        personal=personal or {},
    )
