"""Supervision's desk of could-not reports: look, take, get in touch, answer."""

from collections.abc import Sequence
from functools import partial

from casework.errors import NotFound
from casework.reviews.contacts import Contact
from casework.reviews.could_not_desk import answer, find_report, record_report_contact, take
from casework.reviews.phones import show_phone
from casework.vocabulary import Surface
from signaling.calls_of_cases import CALLS
from signaling.could_not_views import report_detail, report_list
from signaling.edge.roles import COORDINATORS, SUPERVISORS
from signaling.edge.route import Asked, Route
from signaling.wire.api import Empty
from signaling.wire.reviews import (
    Closing,
    ContactMade,
    CouldNotDetail,
    CouldNotList,
    DeskFilter,
    PhoneShown,
)


async def list_reports(asked: Asked[DeskFilter]) -> CouldNotList:
    """Reports of the person's line, the most urgent first, or the closed ones."""
    async with asked.context.database.reading() as session:
        return await report_list(
            session, asked.person, closed=asked.given.closed, page=asked.given.page
        )


async def show_report(asked: Asked[None]) -> CouldNotDetail:
    """One report with its history. Who took part in the case finds none."""
    async with asked.context.database.reading() as session:
        report = await find_report(session, CALLS, asked.person, asked.id("report_id"))
        return await report_detail(session, asked.context.protected, asked.person, report)


async def take_report(asked: Asked[None]) -> Empty:
    """The person becomes its owner; the clock goes on."""
    async with asked.context.database.transaction() as session:
        await take(session, CALLS, asked.person, asked.id("report_id"))
    return Empty()


async def keep_report_contact(asked: Asked[ContactMade]) -> Empty:
    """Keeps that the resident was reached, or that it was tried."""
    given = Contact(asked.given.channel, asked.given.reached, asked.given.note)
    async with asked.context.database.transaction() as session:
        await record_report_contact(session, CALLS, asked.person, asked.id("report_id"), given)
    return Empty()


async def show_report_phone(asked: Asked[None]) -> PhoneShown:
    """The subject's phone number, for getting in touch; noted in the journal."""
    async with asked.context.database.transaction() as session:
        report = await find_report(session, CALLS, asked.person, asked.id("report_id"))
        if report.case_id is None:
            raise NotFound("could_not.no_case")
        found = await show_phone(
            session, asked.context.protected, report.case_id, asked.person.staff_id, report.id
        )
    return PhoneShown(name=found.name, phone=found.phone)


async def close_report(asked: Asked[Closing]) -> Empty:
    """Closes the report with the answer that was given."""
    async with asked.context.database.transaction() as session:
        await answer(session, CALLS, asked.person, asked.id("report_id"), asked.given.text)
    return Empty()


_look = partial(Route, surface=Surface.SUPERVISION, roles=SUPERVISORS | COORDINATORS)
_work = partial(Route, method="POST", surface=Surface.SUPERVISION, roles=COORDINATORS)
_ONE = "/api/supervision/could-not/{report_id}"

ROUTES: Sequence[Route] = (
    _look(
        method="GET", path="/api/supervision/could-not",
        handler=list_reports, query=DeskFilter, answer=CouldNotList,
    ),
    _look(method="GET", path=_ONE, handler=show_report, answer=CouldNotDetail),
    _work(path=f"{_ONE}/taking", handler=take_report, answer=Empty),
    _work(
        path=f"{_ONE}/contacts", handler=keep_report_contact, request=ContactMade, answer=Empty
    ),
    _work(path=f"{_ONE}/phone", handler=show_report_phone, answer=PhoneShown),
    _work(path=f"{_ONE}/closing", handler=close_report, request=Closing, answer=Empty),
)  # fmt: skip
