"""The course of cases: own lists, one case, its steps, hand-over, notices; on every surface."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.cases import find_case
from casework.county_time import day_start_ms
from casework.course.hand_overs import answer_hand_over, offer_hand_over, take_back
from casework.course.steps_taken import Given, take_step
from casework.course.transitions import ENDED
from casework.database import read_clock
from casework.participants import took_part_in
from casework.policy import may_see_case, may_supervise
from casework.sign_in import SignedIn
from casework.tables import Appeal, Case, HandOver, Refusal
from casework.vocabulary import AppealState, HandOverState, RefusalState, Surface
from signaling.calls_of_cases import CALLS
from signaling.course_lists import conditions_of, course_briefs, course_list
from signaling.course_views import (
    appeal_view,
    case_course,
    hand_over_view,
    names_of,
    refusal_notice,
    refusal_view,
)
from signaling.edge.roles import AGENTS, COUNTY_SUPERVISORS, HELPERS, SUPERVISORS
from signaling.edge.route import Asked, Route
from signaling.edge.scope import served_cases
from signaling.pairing.topics import announcing, note
from signaling.wire.api import Empty
from signaling.wire.course import (
    CaseCourse,
    CourseFilter,
    CourseList,
    HandOverAnswer,
    HandOverOffered,
    OfferedCase,
    OfferedCases,
    RefusalNotice,
    StepTaken,
    WaitingAppeal,
    WaitingAppeals,
    WaitingRefusal,
    WaitingRefusals,
)

_MOST = 200
"""Of what waits, those that are due first; the others follow as these are answered."""


async def list_cases(asked: Asked[CourseFilter]) -> CourseList:
    """Cases of the person's own scope that meet the filters, what is due first on top.

    At the window those of today and those still open; at the console those in the agent's charge
    and those forwarded to the own organisation; in supervision those of the own line.
    """
    async with asked.context.database.reading() as session:
        wanted = [may_see_case(asked.person), *conditions_of(asked.given)]
        if asked.surface is Surface.WINDOW and asked.given.open is None:
            today_ms = day_start_ms(await read_clock(session))
            wanted.append(or_(Case.state.not_in(ENDED), Case.changed_ms >= today_ms))
        return await course_list(session, wanted, page=asked.given.page)


async def show_course(asked: Asked[None]) -> CaseCourse:
    """A case with its history, what was decided, and the steps that are open to who asks."""
    async with asked.context.database.reading() as session:
        case = await _case(session, asked)
        return await _view(session, asked, case)


async def take(asked: Asked[StepTaken]) -> CaseCourse:
    """Takes one step of the case; the table of steps and the rules on them decide who may."""
    async with announcing(asked.context.database, asked.context.bus) as session:
        case = await _case(session, asked, lock=True)
        await take_step(session, case, asked.person, Given(**dict(asked.given)), CALLS)
        note(session, county=case.county_id, window=case.window_id)
        return await _view(session, asked, case)


async def _case(session: AsyncSession, asked: Asked[Any], *, lock: bool = False) -> Case:
    """:raises NotFound: absent, or not for this person."""
    served = served_cases(asked.person)
    return await find_case(session, asked.person, asked.id("case_id"), served=served, lock=lock)


async def _view(session: AsyncSession, asked: Asked[Any], case: Case) -> CaseCourse:
    return await case_course(session, case, asked.person, asked.language)


async def show_refusal_notice(asked: Asked[None]) -> RefusalNotice:
    """What the resident is given in writing: reason, legal basis, and the way to appeal."""
    async with asked.context.database.reading() as session:
        return await refusal_notice(session, await _case(session, asked))


# --- hand-over ------------------------------------------------------------------------------


async def offer(asked: Asked[HandOverOffered]) -> CaseCourse:
    """Asks a colleague to take the case; it stays the owner's until then (首问负责)."""
    given = asked.given
    async with announcing(asked.context.database, asked.context.bus) as session:
        case = await _case(session, asked, lock=True)
        await offer_hand_over(
            session, case, asked.person, to_staff_id=given.to_staff_id, reason=given.reason
        )
        note(session, staff=given.to_staff_id)
        return await _view(session, asked, case)


async def list_offers(asked: Asked[None]) -> OfferedCases:
    """Cases that colleagues ask the agent to take over."""
    async with asked.context.database.reading() as session:
        rows = (
            await session.scalars(
                select(HandOver)
                .where(
                    HandOver.to_staff_id == asked.person.staff_id,
                    HandOver.state == HandOverState.OFFERED,
                )
                .order_by(HandOver.offered_ms)
                .limit(_MOST)
            )
        ).all()
        briefs = await course_briefs(session, [Case.id.in_([row.case_id for row in rows])])
        people = [staff_id for row in rows for staff_id in (row.from_staff_id, row.to_staff_id)]
        names = await names_of(session, people)
        return OfferedCases(
            offers=[
                OfferedCase(
                    hand_over=hand_over_view(row, names, asked.person), case=briefs[row.case_id]
                )
                for row in rows
            ]
        )


async def answer(asked: Asked[HandOverAnswer]) -> Empty:
    """Takes the case over, or leaves it with its owner."""
    async with announcing(asked.context.database, asked.context.bus) as session:
        await answer_hand_over(
            session,
            asked.id("hand_over_id"),
            asked.person,
            accept=asked.given.accept,
            answer=asked.given.answer,
        )
    return Empty()


async def withdraw_offer(asked: Asked[None]) -> Empty:
    """The owner keeps the case after all."""
    async with announcing(asked.context.database, asked.context.bus) as session:
        await take_back(session, asked.id("hand_over_id"), asked.person)
    return Empty()


# --- the county's second person -------------------------------------------------------------


async def list_refusals(asked: Asked[None]) -> WaitingRefusals:
    """Proposals that wait for a second person; those of cases that one took part in are not shown."""
    async with asked.context.database.reading() as session:
        rows = (
            await session.scalars(
                select(Refusal)
                .where(Refusal.state == RefusalState.PROPOSED, _undecided_by(asked.person, Refusal))
                .order_by(Refusal.proposed_ms)
                .limit(_MOST)
            )
        ).all()
        briefs = await course_briefs(session, [Case.id.in_([row.case_id for row in rows])])
        names = await names_of(session, [row.proposed_by_staff_id for row in rows])
        return WaitingRefusals(
            refusals=[
                WaitingRefusal(case=briefs[row.case_id], refusal=refusal_view(row, names))
                for row in rows
            ]
        )


async def list_appeals(asked: Asked[None]) -> WaitingAppeals:
    """Appeals that wait for an answer, with the refusal each is about."""
    async with asked.context.database.reading() as session:
        rows = (
            await session.execute(
                select(Appeal, Refusal)
                .join(Refusal, Refusal.id == Appeal.refusal_id)
                .where(Appeal.state == AppealState.OPEN, _undecided_by(asked.person, Appeal))
                .order_by(Appeal.due_ms)
                .limit(_MOST)
            )
        ).all()
        briefs = await course_briefs(session, [Case.id.in_([row.Appeal.case_id for row in rows])])
        people = [
            staff_id
            for row in rows
            for staff_id in (
                row.Appeal.opened_by_staff_id,
                row.Refusal.proposed_by_staff_id,
                row.Refusal.decided_by_staff_id,
            )
        ]
        names = await names_of(session, people)
        return WaitingAppeals(
            appeals=[
                WaitingAppeal(
                    case=briefs[row.Appeal.case_id],
                    appeal=appeal_view(row.Appeal, names),
                    refusal=refusal_view(row.Refusal, names),
                )
                for row in rows
            ]
        )


def _undecided_by(person: SignedIn, table: type[Refusal] | type[Appeal]) -> ColumnElement[bool]:
    """Of the person's line, and of cases that the person took no part in."""
    return and_(
        may_supervise(person, table.county_id, table.home_organisation_id),
        ~took_part_in(person.staff_id, table.case_id, CALLS, deciding=True),
    )


_SURFACES = (
    (Surface.WINDOW, HELPERS),
    (Surface.CONSOLE, AGENTS),
    (Surface.SUPERVISION, SUPERVISORS),
)
_console = partial(Route, surface=Surface.CONSOLE, roles=AGENTS)
_county = partial(Route, surface=Surface.SUPERVISION, roles=COUNTY_SUPERVISORS)

ROUTES: Sequence[Route] = (
    *(
        route
        for surface, roles in _SURFACES
        for route in (
            Route(
                method="GET", path=f"/api/{surface}/cases", surface=surface, roles=roles,
                handler=list_cases, query=CourseFilter, answer=CourseList,
            ),
            Route(
                method="GET", path=f"/api/{surface}/cases/{{case_id}}/course",
                surface=surface, roles=roles, handler=show_course, answer=CaseCourse,
            ),
            Route(
                method="POST", path=f"/api/{surface}/cases/{{case_id}}/steps",
                surface=surface, roles=roles, handler=take, request=StepTaken, answer=CaseCourse,
            ),
            Route(
                method="GET", path=f"/api/{surface}/cases/{{case_id}}/refusal-notice",
                surface=surface, roles=roles, handler=show_refusal_notice, answer=RefusalNotice,
            ),
        )
    ),
    _console(
        method="POST", path="/api/console/cases/{case_id}/hand-over",
        handler=offer, request=HandOverOffered, answer=CaseCourse,
    ),
    _console(
        method="GET", path="/api/console/hand-overs", handler=list_offers, answer=OfferedCases
    ),
    _console(
        method="POST", path="/api/console/hand-overs/{hand_over_id}/answer",
        handler=answer, request=HandOverAnswer, answer=Empty,
    ),
    _console(
        method="POST", path="/api/console/hand-overs/{hand_over_id}/take-back",
        handler=withdraw_offer, answer=Empty,
    ),
    _county(
        method="GET", path="/api/supervision/refusals",
        handler=list_refusals, answer=WaitingRefusals,
    ),
    _county(
        method="GET", path="/api/supervision/appeals",
        handler=list_appeals, answer=WaitingAppeals,
    ),
)  # fmt: skip
