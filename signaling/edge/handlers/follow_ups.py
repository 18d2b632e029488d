"""Supervision's follow-ups of poor ratings."""

from collections.abc import Sequence
from functools import partial

from casework.reviews.contacts import Contact
from casework.reviews.follow_ups import close_follow_up, find_follow_up, record_contact
from casework.reviews.phones import show_phone
from casework.vocabulary import Surface
from signaling.calls_of_cases import CALLS
from signaling.edge.roles import SUPERVISORS
from signaling.edge.route import Asked, Route
from signaling.follow_up_views import follow_up_detail, follow_up_list
from signaling.wire.api import Empty
from signaling.wire.reviews import (
    Closing,
    ContactMade,
    DeskFilter,
    FollowUpDetail,
    FollowUpList,
    PhoneShown,
)


async def list_follow_ups(asked: Asked[DeskFilter]) -> FollowUpList:
    """Of the person's line, the most urgent first; none about what the person did."""
    async with asked.context.database.reading() as session:
        return await follow_up_list(
            session, asked.person, closed=asked.given.closed, page=asked.given.page
        )


async def show_follow_up(asked: Asked[None]) -> FollowUpDetail:
    """One follow-up with every attempt to reach the resident."""
    async with asked.context.database.reading() as session:
        found = await find_follow_up(session, CALLS, asked.person, asked.id("follow_up_id"))
        return await follow_up_detail(session, asked.context.protected, found)


async def keep_contact(asked: Asked[ContactMade]) -> Empty:
    """Keeps that the resident was reached, or that it was tried."""
    given = Contact(asked.given.channel, asked.given.reached, asked.given.note)
    async with asked.context.database.transaction() as session:
        await record_contact(session, CALLS, asked.person, asked.id("follow_up_id"), given)
    return Empty()


async def show_subject_phone(asked: Asked[None]) -> PhoneShown:
    """The subject's phone number, for getting in touch; noted in the journal."""
    async with asked.context.database.transaction() as session:
        found = await find_follow_up(session, CALLS, asked.person, asked.id("follow_up_id"))
        shown = await show_phone(
            session, asked.context.protected, found.case_id, asked.person.staff_id, found.id
        )
    return PhoneShown(name=shown.name, phone=shown.phone)


async def close(asked: Asked[Closing]) -> Empty:
    """Closes with a finding, after the resident was asked again; never by who was rated."""
    async with asked.context.database.transaction() as session:
        await close_follow_up(
            session, CALLS, asked.person, asked.id("follow_up_id"), asked.given.text
        )
    return Empty()


_route = partial(Route, surface=Surface.SUPERVISION, roles=SUPERVISORS)
_ONE = "/api/supervision/follow-ups/{follow_up_id}"

ROUTES: Sequence[Route] = (
    _route(
        method="GET", path="/api/supervision/follow-ups",
        handler=list_follow_ups, query=DeskFilter, answer=FollowUpList,
    ),
    _route(method="GET", path=_ONE, handler=show_follow_up, answer=FollowUpDetail),
    _route(
        method="POST", path=f"{_ONE}/contacts",
        handler=keep_contact, request=ContactMade, answer=Empty,
    ),
    _route(method="POST", path=f"{_ONE}/phone", handler=show_subject_phone, answer=PhoneShown),
    _route(
        method="POST", path=f"{_ONE}/closing", handler=close, request=Closing, answer=Empty
    ),
)  # fmt: skip
