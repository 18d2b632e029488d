"""Lists of calls, as consoles and supervision show them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.tables import (
    Case,
    CaseEvent,
    Organisation,
    Rating,
    ServiceItem,
    StaffMember,
    Subject,
    Window,
)
from casework.vocabulary import CallEndReason, Outcome, RatingGrade, RecordingState
from signaling.pairing.numbers import label
from signaling.tables import Call, CallCase, Ticket
from signaling.wire.api import CallBrief, CallList

PAGE_SIZE = 50
RecordingStates = Callable[[AsyncSession, Sequence[str]], Awaitable[Mapping[str, RecordingState]]]


async def call_list(
    session: AsyncSession,
    conditions: Sequence[ColumnElement[bool]],
    *,
    recording_states: RecordingStates,
    page: int = 1,
    page_size: int = PAGE_SIZE,
) -> CallList:
    """Calls that meet the conditions, the latest first.

    :param conditions: on :class:`Call` and on the ticket's own case with what :func:`calls_query`
        joins; policy is among them.
    """
    query = calls_query().where(*conditions)
    counted = select(func.count()).select_from(query.with_only_columns(Call.id).subquery())
    total = (await session.scalar(counted)) or 0
    rows = (
        await session.execute(
            query.order_by(Call.started_ms.desc(), Call.id.desc())
            .limit(page_size)
            .offset((page - 1) * page_size)
        )
    ).all()
    call_ids = [row.Call.id for row in rows]
    states = await recording_states(session, call_ids)
    outcomes = await outcomes_of(session, call_ids)
    briefs = [_brief(row, outcomes.get(row.Call.id), states.get(row.Call.id)) for row in rows]
    return CallList(calls=briefs, total=total, page=page, page_size=page_size)


Agent = aliased(StaffMember, name="agent")
Helper = aliased(StaffMember, name="helper")


def calls_query() -> Select[*tuple[Any, ...]]:
    """Calls with the case of their ticket, its item and subject, places and people."""
    return (
        select(
            Call,
            Ticket,
            Case.number.label("case_number"),
            ServiceItem.name.label("item_name"),
            ServiceItem.name_en.label("item_name_en"),
            Window.name.label("window_name"),
            Window.name_en.label("window_name_en"),
            Organisation.name.label("home_organisation_name"),
            Organisation.name_en.label("home_organisation_name_en"),
            Helper.name.label("helper_name"),
            Helper.name_en.label("helper_name_en"),
            Agent.name.label("agent_name"),
            Agent.name_en.label("agent_name_en"),
            Subject.name.label("subject_name"),
            Rating.grade.label("rating"),
        )
        .join(Ticket, Ticket.id == Call.ticket_id)
        .join(Case, Case.id == Ticket.case_id)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Subject, Subject.id == Case.subject_id)
        .join(Window, Window.id == Call.window_id)
        .join(Organisation, Organisation.id == Call.home_organisation_id)
        .join(Helper, Helper.id == Call.helper_staff_id)
        .join(Agent, Agent.id == Call.agent_staff_id)
        .outerjoin(Rating, Rating.call_id == Call.id)
    )


async def outcomes_of(session: AsyncSession, call_ids: Sequence[str]) -> dict[str, Outcome]:
    """Of the ticket's own case, by call; a call without one yet is left out."""
    rows = await session.execute(
        select(CaseEvent.call_id, CaseEvent.outcome)
        .join(CallCase, CallCase.call_id == CaseEvent.call_id)
        .join(Call, Call.id == CallCase.call_id)
        .join(Ticket, Ticket.id == Call.ticket_id)
        .where(
            CaseEvent.call_id.in_(call_ids),
            CaseEvent.case_id == Ticket.case_id,
            CaseEvent.outcome.is_not(None),
        )
    )
    return {row.call_id: Outcome(row.outcome) for row in rows}


def _brief(row: Any, outcome: Outcome | None, state: RecordingState | None) -> CallBrief:  # noqa: ANN401
    call, ticket = row.Call, row.Ticket
    return CallBrief(
        id=call.id,
        label=label(ticket.letters, ticket.number),
        item_name=row.item_name,
        item_name_en=row.item_name_en,
        window_name=row.window_name,
        window_name_en=row.window_name_en,
        home_organisation_name=row.home_organisation_name,
        home_organisation_name_en=row.home_organisation_name_en,
        helper_name=row.helper_name,
        helper_name_en=row.helper_name_en,
        agent_name=row.agent_name,
        agent_name_en=row.agent_name_en,
        subject_name=row.subject_name,
        case_number=row.case_number,
        started_ms=call.started_ms,
        ended_ms=call.ended_ms,
        end_reason=CallEndReason(call.end_reason) if call.end_reason else None,
        outcome=outcome,
        rating=RatingGrade(row.rating) if row.rating else None,
        recording_state=state,
    )
