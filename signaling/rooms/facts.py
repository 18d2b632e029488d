"""What a room reads from the rows, and the few rows that it writes itself.

The rows are the truth: a room is told to look, and compares. So the same code opens a room when its
ticket rings and takes a call over after the edge was restarted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.consents import withdraw_consent
from casework.could_not import allow_report
from casework.database import now_ms
from casework.errors import Conflict
from casework.ratings import ask_for_rating
from casework.tables import Case, CasePage, StaffMember, Window
from casework.vocabulary import (
    CallEndReason,
    CallState,
    ParticipantKind,
    TicketState,
)
from signaling.case_views import views_of_pages
from signaling.tables import Call, CallCase, CallEvent, CallParticipant, Ticket
from signaling.wire.views import PageView


@dataclass(frozen=True, slots=True)
class TicketFacts:
    ticket_id: str
    county_id: str
    window_id: str
    state: TicketState
    helper_staff_id: str
    helper_name: str
    uplink_bps: int | None


@dataclass(frozen=True, slots=True)
class CallFacts:
    call_id: str
    county_id: str
    ticket_id: str
    agent_staff_id: str
    agent_name: str
    recorded: bool
    home_organisation_id: str
    county_organisation_id: str
    case_ids: tuple[str, ...]
    notes: str
    started_ms: int
    age_ms: int
    """By the database's clock."""
    end_reason: CallEndReason | None
    """``None`` while it is live."""


@dataclass(frozen=True, slots=True)
class ParticipantFacts:
    participant_id: str
    kind: ParticipantKind
    staff_id: str | None


async def read_ticket(session: AsyncSession, ticket_id: str) -> TicketFacts | None:
    row = (
        await session.execute(
            select(Ticket, StaffMember.name, Window.uplink_bps)
            .join(StaffMember, StaffMember.id == Ticket.helper_staff_id)
            .join(Window, Window.id == Ticket.window_id)
            .where(Ticket.id == ticket_id)
        )
    ).one_or_none()
    if row is None:
        return None
    ticket, helper_name, uplink_bps = row
    return TicketFacts(
        ticket_id=ticket.id,
        county_id=ticket.county_id,
        window_id=ticket.window_id,
        state=TicketState(ticket.state),
        helper_staff_id=ticket.helper_staff_id,
        helper_name=helper_name,
        uplink_bps=uplink_bps,
    )


async def live_call_of(session: AsyncSession, ticket_id: str) -> str | None:
    return await session.scalar(
        select(Call.id).where(Call.ticket_id == ticket_id, Call.state == CallState.LIVE)
    )


async def live_tickets_of_node(session: AsyncSession, node_id: str) -> list[str]:
    """Tickets whose calls live here: their rooms are taken over when the edge comes back."""
    rows = await session.scalars(
        select(Call.ticket_id).where(Call.node_id == node_id, Call.state == CallState.LIVE)
    )
    return list(rows)


async def read_call(session: AsyncSession, call_id: str) -> CallFacts:
    row = (
        await session.execute(
            select(Call, StaffMember.name, now_ms() - Call.started_ms)
            .join(StaffMember, StaffMember.id == Call.agent_staff_id)
            .where(Call.id == call_id)
        )
    ).one()
    call, agent_name, age_ms = row
    cases = await session.scalars(
        select(CallCase.case_id).where(CallCase.call_id == call_id).order_by(CallCase.case_id)
    )
    return CallFacts(
        call_id=call.id,
        county_id=call.county_id,
        ticket_id=call.ticket_id,
        agent_staff_id=call.agent_staff_id,
        agent_name=agent_name,
        recorded=call.recorded,
        home_organisation_id=call.home_organisation_id,
        county_organisation_id=call.county_organisation_id,
        case_ids=tuple(cases),
        notes=call.notes,
        started_ms=call.started_ms,
        age_ms=age_ms,
        end_reason=CallEndReason(call.end_reason) if call.end_reason else None,
    )


async def keep_participants(
    session: AsyncSession, call: CallFacts, expected: Sequence[ParticipantFacts]
) -> list[ParticipantFacts]:
    """Writes who takes part; after a restart, answers who was written before."""
    rows = await session.scalars(
        select(CallParticipant)
        .where(
            CallParticipant.call_id == call.call_id,
            CallParticipant.kind != ParticipantKind.SUPERVISOR,
        )
        .order_by(CallParticipant.joined_ms, CallParticipant.id)
    )
    if known := list(rows):
        return [ParticipantFacts(p.id, ParticipantKind(p.kind), p.staff_id) for p in known]
    for participant in expected:
        session.add(
            CallParticipant(
                id=participant.participant_id,
                county_id=call.county_id,
                call_id=call.call_id,
                kind=participant.kind,
                staff_id=participant.staff_id,
                joined_ms=now_ms(),
            )
        )
    await session.flush()
    return list(expected)


async def end_participants(session: AsyncSession, call_id: str) -> None:
    await session.execute(
        update(CallParticipant)
        .where(CallParticipant.call_id == call_id, CallParticipant.left_ms.is_(None))
        .values(left_ms=now_ms())
    )


async def save_notes(session: AsyncSession, call_id: str, text: str) -> None:
    await session.execute(update(Call).where(Call.id == call_id).values(notes=text))


async def keep_uplink(session: AsyncSession, window_id: str, uplink_bps: int) -> None:
    """The next call starts from it."""
    await session.execute(
        update(Window).where(Window.id == window_id).values(uplink_bps=uplink_bps)
    )


async def withdraw(session: AsyncSession, call: CallFacts, asked_by: str) -> None:
    """Consent is taken back for all cases of the call: advice only from here on.

    :raises Conflict: the call is not recorded (any more).
    """
    live = await session.scalar(
        update(Call)
        .where(Call.id == call.call_id, Call.state == CallState.LIVE, Call.recorded)
        .values(recorded=False, may_decide=False)
        .returning(Call.id)
        .execution_options(synchronize_session=False)
    )
    if live is None:
        raise Conflict("recording.none", "本次通话没有在录制")
    await session.execute(
        update(Ticket).where(Ticket.id == call.ticket_id).values(advice_only=True)
    )
    for case_id in call.case_ids:
        case = await session.get_one(Case, case_id)
        await withdraw_consent(session, case, asked_by=asked_by, call_id=call.call_id)


async def rating_token(session: AsyncSession, call: CallFacts) -> str | None:
    """For the resident's own screen alone; ``None`` when this call has been asked about."""
    case = await session.get_one(Case, call.case_ids[0])
    return await ask_for_rating(session, case, call.call_id)


async def report_token(session: AsyncSession, call: CallFacts) -> str:
    """办不成事反映: for the resident's own screen alone."""
    case = await session.get_one(Case, call.case_ids[0])
    return await allow_report(session, case, call.call_id)


async def checked_materials(session: AsyncSession, call_id: str) -> dict[tuple[str, str], bool]:
    """The checklist as it was marked so far: (case, material) → checked."""
    rows = await session.scalars(
        select(CallEvent.body)
        .where(CallEvent.call_id == call_id, CallEvent.kind == "checklist.marked")
        .order_by(CallEvent.position_ms, CallEvent.id)
    )
    return {(body["case_id"], body["material_id"]): bool(body["checked"]) for body in rows}


async def pages_of_call(session: AsyncSession, call_id: str) -> list[PageView]:
    rows = await session.scalars(
        select(CasePage)
        .where(CasePage.call_id == call_id)
        .order_by(CasePage.created_ms, CasePage.id)
        .execution_options(populate_existing=True)
    )
    return await views_of_pages(session, rows.all())
