"""One case with its history, what was decided, and the steps that are open to who asks."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.counties import the_county
from casework.course import deadlines
from casework.course.calendar import load_calendar
from casework.course.deadlines import APPEAL_DAYS, day_of
from casework.course.refusals import confirmed_refusal
from casework.course.steps_taken import OpenStep, open_steps
from casework.database import read_clock
from casework.sign_in import SignedIn
from casework.tables import (
    Appeal,
    Case,
    CaseEvent,
    CaseResult,
    HandOver,
    Refusal,
    ServiceItem,
    StaffMember,
)
from casework.vocabulary import (
    AppealState,
    CaseState,
    HandOverState,
    Outcome,
    RefusalState,
    ResultWay,
)
from signaling.calls_of_cases import CALLS
from signaling.course_lists import course_briefs
from signaling.edge.texts import text_of
from signaling.wire.course import (
    AppealView,
    CaseCourse,
    CourseEvent,
    HandOverView,
    RefusalNotice,
    RefusalView,
    ResultView,
    StepView,
)

DAY_MS = 24 * 3_600_000
Names = dict[str, tuple[str, str]]
"""Staff id → name, English name."""


async def case_course(
    session: AsyncSession,
    case: Case,
    person: SignedIn,
    language: str,
) -> CaseCourse:
    item = await session.get_one(ServiceItem, case.item_id)
    calendar = await load_calendar(session, case.county_id)
    last = case.due_ms or await read_clock(session)
    steps = await open_steps(session, case, person, CALLS)
    names = await _names(session, case.id)
    return CaseCourse(
        case=(await course_briefs(session, [Case.id == case.id]))[case.id],
        days_left=case.clock_days if case.state == CaseState.SUSPENDED else None,
        promised_days=item.time_limit_days,
        calendar=calendar.knows(day_of(last).year),
        steps=[_step(step, language) for step in steps],
        events=await _events(session, case.id, names),
        refusals=[refusal_view(row, names) for row in await _rows(session, Refusal, case.id)],
        appeals=[appeal_view(row, names) for row in await _rows(session, Appeal, case.id)],
        hand_overs=[
            hand_over_view(row, names, person) for row in await _rows(session, HandOver, case.id)
        ],
        result=await _result(session, case.id),
        owned=case.owner_staff_id == person.staff_id,
    )


async def _rows(session: AsyncSession, table: Any, case_id: str) -> Collection[Any]:  # noqa: ANN401
    """The latest first."""
    rows = await session.scalars(
        select(table)
        .where(table.case_id == case_id)
        .order_by(table.id.desc())
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def _names(session: AsyncSession, case_id: str) -> Names:
    county = select(Case.county_id).where(Case.id == case_id).scalar_subquery()
    acted = select(CaseEvent.actor_staff_id).where(CaseEvent.case_id == case_id)
    offered = select(HandOver.to_staff_id).where(HandOver.case_id == case_id)
    rows = await session.execute(
        select(StaffMember.id, StaffMember.name, StaffMember.name_en).where(
            StaffMember.county_id == county,
            StaffMember.id.in_(acted) | StaffMember.id.in_(offered),
        )
    )
    return {row.id: (row.name, row.name_en) for row in rows}


async def names_of(session: AsyncSession, staff_ids: Collection[str | None]) -> Names:
    rows = await session.execute(
        select(StaffMember.id, StaffMember.name, StaffMember.name_en).where(
            StaffMember.id.in_([staff_id for staff_id in staff_ids if staff_id])
        )
    )
    return {row.id: (row.name, row.name_en) for row in rows}


def _step(step: OpenStep, language: str) -> StepView:
    row, refusal = step.row, step.refusal
    return StepView(
        move=row.move,
        target=row.target,
        who=sorted(row.who),
        allowed=refusal is None,
        code=refusal.code if refusal else "",
        text=text_of(refusal, language) if refusal else "",
    )


async def _events(session: AsyncSession, case_id: str, names: Names) -> list[CourseEvent]:
    rows = await session.scalars(
        select(CaseEvent)
        .where(CaseEvent.case_id == case_id)
        .order_by(CaseEvent.at_ms, CaseEvent.id)
    )
    return [_event(row, names) for row in rows]


def _event(row: CaseEvent, names: Names) -> CourseEvent:
    source, target = row.body.get("from"), row.body.get("to")
    return CourseEvent(
        kind=row.kind,
        outcome=Outcome(row.outcome) if row.outcome else None,
        source=CaseState(source) if source in set(CaseState) else None,
        target=CaseState(target) if target in set(CaseState) else None,
        text=str(row.body.get("text", "")),
        actor_name=_name(names, row.actor_staff_id),
        actor_name_en=_name_en(names, row.actor_staff_id),
        at_ms=row.at_ms,
    )


def _name(names: Names, staff_id: str | None) -> str | None:
    return names[staff_id][0] if staff_id in names else None


def _name_en(names: Names, staff_id: str | None) -> str | None:
    return names[staff_id][1] if staff_id in names else None


def refusal_view(row: Refusal, names: Names) -> RefusalView:
    return RefusalView(
        id=row.id,
        state=RefusalState(row.state),
        reason=row.reason,
        legal_basis=row.legal_basis,
        proposed_by_name=_name(names, row.proposed_by_staff_id) or "",
        proposed_by_name_en=_name_en(names, row.proposed_by_staff_id) or "",
        proposed_ms=row.proposed_ms,
        decided_by_name=_name(names, row.decided_by_staff_id),
        decided_by_name_en=_name_en(names, row.decided_by_staff_id),
        decided_ms=row.decided_ms,
        answer=row.answer,
    )


def appeal_view(row: Appeal, names: Names) -> AppealView:
    return AppealView(
        id=row.id,
        state=AppealState(row.state),
        text=row.text,
        opened_by_name=_name(names, row.opened_by_staff_id) or "",
        opened_by_name_en=_name_en(names, row.opened_by_staff_id) or "",
        opened_ms=row.opened_ms,
        due_ms=row.due_ms,
        decided_by_name=_name(names, row.decided_by_staff_id),
        decided_by_name_en=_name_en(names, row.decided_by_staff_id),
        decided_ms=row.decided_ms,
        answer=row.answer,
    )


def hand_over_view(row: HandOver, names: Names, person: SignedIn) -> HandOverView:
    return HandOverView(
        id=row.id,
        state=HandOverState(row.state),
        from_name=_name(names, row.from_staff_id) or "",
        from_name_en=_name_en(names, row.from_staff_id) or "",
        to_name=_name(names, row.to_staff_id) or "",
        to_name_en=_name_en(names, row.to_staff_id) or "",
        reason=row.reason,
        answer=row.answer,
        offered_ms=row.offered_ms,
        answered_ms=row.answered_ms,
        mine=row.to_staff_id == person.staff_id,
    )


async def _result(session: AsyncSession, case_id: str) -> ResultView | None:
    row = await session.get(CaseResult, case_id, populate_existing=True)
    if row is None:
        return None
    return ResultView(
        text=row.text,
        way=ResultWay(row.way) if row.way else None,
        carrier=row.carrier,
        consignment_number=row.consignment_number,
        finished_ms=row.finished_ms,
        handed_ms=row.handed_ms,
    )


async def refusal_notice(session: AsyncSession, case: Case) -> RefusalNotice:
    """:raises NotFound: the case was not refused."""
    refusal = await confirmed_refusal(session, case.id)
    county = await the_county(session)
    brief = (await course_briefs(session, [Case.id == case.id]))[case.id]
    decided_ms = refusal.decided_ms or 0
    until: date = day_of(decided_ms + APPEAL_DAYS * DAY_MS)
    return RefusalNotice(
        case_number=case.number or "",
        county_name=county.name,
        county_name_en=county.name_en,
        subject_name=brief.subject_name,
        item_name=brief.item_name,
        item_name_en=brief.item_name_en,
        window_name=brief.window_name,
        window_name_en=brief.window_name_en,
        deciding_organisation_name=brief.deciding_organisation_name,
        deciding_organisation_name_en=brief.deciding_organisation_name_en,
        reason=refusal.reason,
        legal_basis=refusal.legal_basis,
        decided_ms=decided_ms,
        appeal_until_ms=deadlines.end_of_day_ms(until),
        appeal_days=APPEAL_DAYS,
    )
