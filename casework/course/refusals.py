"""Refusing a resident: one officer proposes, a second person at the county decides (否决权上移)."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.steps import StepCall
from casework.course.moving import Moving, move_case
from casework.database import new_id, now_ms
from casework.errors import Conflict, NotFound
from casework.participants import Calls
from casework.sign_in import SignedIn
from casework.tables import Case, Refusal
from casework.vocabulary import CaseMove, Outcome, RefusalState


async def propose_refusal(
    session: AsyncSession,
    case: Case,
    actor: SignedIn,
    *,
    reason: str,
    legal_basis: str,
    call: StepCall | None = None,
    outcome: Outcome | None = None,
) -> Refusal:
    """:raises ShipinbanError: see :func:`casework.course.moving.move_case`."""
    refusal = Refusal(
        id=new_id(),
        county_id=case.county_id,
        case_id=case.id,
        call_id=call.id if call else None,
        state=RefusalState.PROPOSED,
        reason=reason.strip(),
        legal_basis=legal_basis.strip(),
        proposed_by_staff_id=actor.staff_id,
        home_organisation_id=case.home_organisation_id,
        county_organisation_id=case.county_organisation_id,
        proposed_ms=now_ms(),
    )
    moving = Moving(
        case=case,
        move=CaseMove.PROPOSE_REFUSAL,
        actor=actor,
        call=call,
        text=reason,
        legal_basis=legal_basis,
        outcome=outcome,
        body={"refusal_id": refusal.id},
    )
    await move_case(session, moving)
    session.add(refusal)
    await session.flush()
    return refusal


async def confirm_refusal(
    session: AsyncSession, case: Case, approver: SignedIn, calls: Calls
) -> Refusal:
    """The resident is refused; the notice can be printed from now on.

    :param calls: who was in one decides nothing.
    :raises Forbidden: the approver took part, or is not at the county.
    """
    return await _decide(session, case, approver, calls, CaseMove.CONFIRM_REFUSAL, "")


async def send_back(
    session: AsyncSession,
    case: Case,
    approver: SignedIn,
    calls: Calls,
    *,
    answer: str,
) -> Refusal:
    """The case goes on where it was, with the approver's answer to who proposed it."""
    return await _decide(session, case, approver, calls, CaseMove.SEND_BACK, answer)


async def _decide(
    session: AsyncSession,
    case: Case,
    approver: SignedIn,
    calls: Calls,
    move: CaseMove,
    answer: str,
) -> Refusal:
    refusal = await _proposed(session, case.id)
    moving = Moving(
        case=case,
        move=move,
        actor=approver,
        calls=calls,
        text=answer,
        body={"refusal_id": refusal.id},
    )
    await move_case(session, moving)
    state = RefusalState.CONFIRMED if move is CaseMove.CONFIRM_REFUSAL else RefusalState.SENT_BACK
    decided = await session.execute(
        update(Refusal)
        .where(Refusal.id == refusal.id, Refusal.state == RefusalState.PROPOSED)
        .values(
            state=state,
            decided_by_staff_id=approver.staff_id,
            answer=answer.strip(),
            decided_ms=now_ms(),
        )
        .returning(Refusal.id)
        .execution_options(synchronize_session=False)
    )
    if decided.scalar_one_or_none() is None:
        raise Conflict("case.state", state=case.state)
    await session.refresh(refusal)
    return refusal


async def _proposed(session: AsyncSession, case_id: str) -> Refusal:
    refusal = await session.scalar(
        select(Refusal).where(Refusal.case_id == case_id, Refusal.state == RefusalState.PROPOSED)
    )
    if refusal is None:
        raise Conflict("course.nothing_proposed")
    return refusal


async def latest_refusal(session: AsyncSession, case_id: str) -> Refusal | None:
    """The last one that was confirmed."""
    return await session.scalar(
        select(Refusal)
        .where(Refusal.case_id == case_id, Refusal.state == RefusalState.CONFIRMED)
        .order_by(Refusal.decided_ms.desc(), Refusal.id.desc())
        .limit(1)
    )


async def confirmed_refusal(session: AsyncSession, case_id: str) -> Refusal:
    """:raises NotFound: the case was not refused."""
    refusal = await latest_refusal(session, case_id)
    if refusal is None:
        raise NotFound("course.not_refused")
    return refusal
