"""What queue, calls and ratings add to the figures; see casework/reports/sources.py."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, distinct, func, select
from sqlalchemy.orm import aliased

from casework.reports.counts import how_many
from casework.reports.sources import CASE_SOURCES, Source, event_rows, of_events
from casework.tables import Case, CaseEvent, Rating
from casework.vocabulary import Level, Outcome, RatingGrade, TicketState
from signaling.tables import Call, CallCase, Ticket

SOON_MS = 60_000
HELPED = (
    Outcome.ADVICE_GIVEN,
    Outcome.GUIDED,
    Outcome.RECEIVED,
    Outcome.ACCEPTED,
    Outcome.ACCEPTED_TO_FOLLOW,
)
"""Outcomes after which nobody has to set out for the county's hall because of this visit."""


def _of_tickets(
    at_ms: SQLColumnExpression[Any],
    counters: Mapping[str, ColumnElement[int]],
    *where: ColumnElement[bool],
) -> Source:
    """Not call-backs: one rings at the window by itself, nobody queued for it."""
    return Source(
        at_ms=at_ms,
        county_id=Ticket.county_id,
        home_organisation_id=Case.home_organisation_id,
        window_id=Ticket.window_id,
        item_id=Case.item_id,
        rows=select()
        .select_from(Ticket)
        .join(Case, Case.id == Ticket.case_id)
        .where(Ticket.call_back_id.is_(None), *where),
        counters=counters,
    )


def _of_calls(
    at_ms: SQLColumnExpression[Any],
    counters: Mapping[str, ColumnElement[int]],
    *where: ColumnElement[bool],
) -> Source:
    return Source(
        at_ms=at_ms,
        county_id=Call.county_id,
        home_organisation_id=Call.home_organisation_id,
        window_id=Call.window_id,
        item_id=Case.item_id,
        agent_staff_id=Call.agent_staff_id,
        rows=select()
        .select_from(Call)
        .join(Ticket, Ticket.id == Call.ticket_id)
        .join(Case, Case.id == Ticket.case_id)
        .where(*where),
        counters=counters,
    )


def _abandoned() -> Source:
    """A ticket that was cancelled after a call had broken off was answered before."""
    answered = select(Call.id).where(Call.ticket_id == Ticket.id).exists()
    return _of_tickets(
        Ticket.ended_ms,
        {"abandoned": func.count()},
        Ticket.state == TicketState.CANCELLED,
        ~answered,
    )


def _answered() -> Source:
    """By its first call: one that broke off is not answered twice."""
    earlier = aliased(Call)
    first = ~(
        select(earlier.id)
        .where(earlier.ticket_id == Call.ticket_id, earlier.started_ms < Call.started_ms)
        .exists()
    )
    wait_ms = Call.started_ms - Ticket.arrived_ms
    return _of_calls(
        Call.started_ms,
        {
            "answered": func.count(),
            "answered_soon": how_many(wait_ms <= SOON_MS),
            "wait_ms": func.sum(wait_ms),
        },
        Ticket.call_back_id.is_(None),
        first,
    )


def _finished_once() -> Source:
    """After one visit: a call that broke off and was taken up again has the same ticket."""
    visits = (
        select(func.count(distinct(Call.ticket_id)))
        .select_from(CallCase)
        .join(Call, Call.id == CallCase.call_id)
        .where(CallCase.case_id == CaseEvent.case_id, Call.started_ms <= CaseEvent.at_ms)
        .scalar_subquery()
    )
    return of_events(
        event_rows((CaseEvent.kind == "case.finished") & (visits == 1)),
        {"finished_once": func.count()},
    )


def _trips() -> Source:
    """One a visit, however many matters: at the first outcome that helped."""
    earlier, earlier_call = aliased(CaseEvent), aliased(Call)
    first = ~(
        select(earlier.id)
        .join(earlier_call, earlier_call.id == earlier.call_id)
        .where(
            earlier_call.ticket_id == Call.ticket_id,
            earlier.outcome.in_(HELPED),
            (earlier.at_ms < CaseEvent.at_ms)
            | ((earlier.at_ms == CaseEvent.at_ms) & (earlier.id < CaseEvent.id)),
        )
        .exists()
    )
    return of_events(
        event_rows(CaseEvent.outcome.in_(HELPED))
        .join(Call, Call.id == CaseEvent.call_id)
        .join(Ticket, Ticket.id == Call.ticket_id)
        .where(Ticket.level == Level.COUNTY, first),
        {"trips": func.count()},
    )


def _rated() -> Source:
    return Source(
        at_ms=Rating.rated_ms,
        county_id=Rating.county_id,
        home_organisation_id=Rating.home_organisation_id,
        window_id=Case.window_id,
        item_id=Case.item_id,
        agent_staff_id=Call.agent_staff_id,
        rows=select()
        .select_from(Rating)
        .join(Case, Case.id == Rating.case_id)
        .join(Call, Call.id == Rating.call_id),
        counters={grade.value: how_many(Rating.grade == grade) for grade in RatingGrade},
    )


REPORT_SOURCES: Sequence[Source] = (
    *CASE_SOURCES,
    _of_tickets(Ticket.arrived_ms, {"queued": func.count()}),
    _abandoned(),
    _answered(),
    _of_calls(
        Call.ended_ms,
        {"calls": func.count(), "talk_ms": func.sum(Call.ended_ms - Call.started_ms)},
    ),
    _finished_once(),
    _trips(),
    _rated(),
)
