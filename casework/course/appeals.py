"""A resident's appeal against a refusal, answered at the county by one who took no part."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.course import deadlines
from casework.course.calendar import load_calendar
from casework.course.moving import Moving, move_case
from casework.course.refusals import latest_refusal
from casework.database import new_id, now_ms, read_clock
from casework.errors import Conflict
from casework.participants import Calls
from casework.sign_in import SignedIn
from casework.tables import Appeal, Case
from casework.vocabulary import AppealState, CaseMove


async def open_appeal(session: AsyncSession, case: Case, helper: SignedIn, *, text: str) -> Appeal:
    """:raises Conflict: the case is not refused.
    :raises Forbidden: the time for it is over, or it is not the helper's window.
    """
    refusal = await latest_refusal(session, case.id)
    appeal_id = new_id()
    moving = Moving(
        case=case,
        move=CaseMove.APPEAL,
        actor=helper,
        text=text,
        refused_ms=refusal.decided_ms if refusal else None,
        body={"appeal_id": appeal_id},
    )
    await move_case(session, moving)
    assert refusal is not None  # noqa: S101 - a case in this state has one
    calendar = await load_calendar(session, case.county_id)
    now = await read_clock(session)
    appeal = Appeal(
        id=appeal_id,
        county_id=case.county_id,
        case_id=case.id,
        refusal_id=refusal.id,
        state=AppealState.OPEN,
        text=text.strip(),
        opened_by_staff_id=helper.staff_id,
        home_organisation_id=case.home_organisation_id,
        county_organisation_id=case.county_organisation_id,
        due_ms=deadlines.due_ms(calendar, now, deadlines.APPEAL_ANSWER_DAYS),
        opened_ms=now_ms(),
    )
    session.add(appeal)
    await session.flush()
    return appeal


async def decide_appeal(
    session: AsyncSession,
    case: Case,
    approver: SignedIn,
    calls: Calls,
    *,
    reopen: bool,
    answer: str,
) -> Appeal:
    """Reopens the case, or upholds the refusal; either with an answer for the resident.

    :param calls: who was in one decides nothing.
    """
    appeal = await _open_appeal(session, case.id)
    moving = Moving(
        case=case,
        move=CaseMove.REOPEN if reopen else CaseMove.UPHOLD,
        actor=approver,
        calls=calls,
        text=answer,
        body={"appeal_id": appeal.id},
    )
    await move_case(session, moving)
    decided = await session.execute(
        update(Appeal)
        .where(Appeal.id == appeal.id, Appeal.state == AppealState.OPEN)
        .values(
            state=AppealState.REOPENED if reopen else AppealState.UPHELD,
            decided_by_staff_id=approver.staff_id,
            answer=answer.strip(),
            decided_ms=now_ms(),
        )
        .returning(Appeal.id)
        .execution_options(synchronize_session=False)
    )
    if decided.scalar_one_or_none() is None:
        raise Conflict("case.state", state=case.state)
    await session.refresh(appeal)
    return appeal


async def _open_appeal(session: AsyncSession, case_id: str) -> Appeal:
    appeal = await session.scalar(
        select(Appeal).where(Appeal.case_id == case_id, Appeal.state == AppealState.OPEN)
    )
    if appeal is None:
        raise Conflict("course.no_appeal")
    return appeal
