"""Supervision's search over calls: each filter as a condition on what ``calls_query`` joins."""

import re
from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, exists, or_, select

from casework import id_number
from casework.errors import Invalid
from casework.phone import parse_phone
from casework.policy import may_supervise
from casework.protected import Field, ProtectedFields
from casework.sign_in import SignedIn
from casework.tables import Case, CaseEvent, Organisation, Rating, ServiceItem, Subject
from signaling.tables import Call, Ticket
from signaling.wire.api import CallFilter

TICKET_LABEL = re.compile(r"([A-Z]{1,2})(\d{1,5})")


def conditions(
    person: SignedIn, asked: CallFilter, protected: ProtectedFields
) -> list[ColumnElement[bool]]:
    """Policy first, then what was asked for."""
    policy = may_supervise(person, Call.county_id, Call.home_organisation_id)
    return [policy, *_places_and_times(asked), *_results(asked), *_words(asked, protected)]


def _places_and_times(asked: CallFilter) -> Iterator[ColumnElement[bool]]:
    if asked.from_ms is not None:
        yield Call.started_ms >= asked.from_ms
    if asked.to_ms is not None:
        yield Call.started_ms < asked.to_ms
    if asked.window_id is not None:
        yield Call.window_id == asked.window_id
    if asked.agent_staff_id is not None:
        yield Call.agent_staff_id == asked.agent_staff_id
    if asked.organisation_id is not None:
        own = asked.organisation_id
        yield Call.home_organisation_id.in_(
            select(Organisation.id).where(
                or_(Organisation.id == own, Organisation.parent_id == own)
            )
        )


def _results(asked: CallFilter) -> Iterator[ColumnElement[bool]]:
    if asked.outcome is not None:
        yield exists().where(CaseEvent.call_id == Call.id, CaseEvent.outcome == asked.outcome)
    if asked.rating is not None:
        yield Rating.grade == asked.rating


def _words(asked: CallFilter, protected: ProtectedFields) -> Iterator[ColumnElement[bool]]:
    if item := (asked.item or "").strip():
        yield or_(
            ServiceItem.code == item.upper(),
            ServiceItem.name.contains(item, autoescape=True),
            ServiceItem.name_en.icontains(item, autoescape=True),
        )
    if text := (asked.text or "").strip():
        yield or_(*_readings(text, protected))


def _readings(text: str, protected: ProtectedFields) -> Iterator[ColumnElement[bool]]:
    """A text may be a name, a case number, a ticket label, or a whole ID or phone number."""
    yield Subject.name.contains(text, autoescape=True)
    yield Case.number == text.upper()
    if found := TICKET_LABEL.fullmatch(text.upper()):
        yield and_(Ticket.letters == found[1], Ticket.number == int(found[2]))
    number = id_number.normalise(text)
    yield Subject.id_number_index == protected.index(number, Field.ID_NUMBER)
    try:
        yield Subject.phone_index == protected.index(parse_phone(text), Field.PHONE)
    except Invalid:
        return
