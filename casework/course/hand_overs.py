"""首问负责: the first officer stays the owner of a case until another one accepts it."""

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.steps import Step, StepKind, authorise
from casework.case_events import add_event
from casework.course.transitions import ENDED
from casework.database import new_id, now_ms
from casework.errors import Conflict, Invalid, NotFound
from casework.sign_in import SignedIn
from casework.tables import Case, HandOver, StaffMember, StaffRole
from casework.vocabulary import CaseState, HandOverState, Role


async def offer_hand_over(
    session: AsyncSession, case: Case, owner: SignedIn, *, to_staff_id: str, reason: str
) -> HandOver:
    """Asks a colleague to take the case.

    :param case: locked.
    :raises Forbidden: only the owner gives it away.
    :raises Invalid: no reason, or nobody who could take it.
    :raises Conflict: the case is over, or offered to somebody already.
    """
    await authorise(session, Step(kind=StepKind.HAND_OVER, case=case, actor=owner))
    if CaseState(case.state) in ENDED:
        raise Conflict("case.over")
    if not reason.strip():
        raise Invalid("course.text_needed")
    if to_staff_id == owner.staff_id or not await _is_agent(session, case.county_id, to_staff_id):
        raise Invalid("hand_over.nobody")
    hand_over = HandOver(
        id=new_id(),
        county_id=case.county_id,
        case_id=case.id,
        from_staff_id=owner.staff_id,
        to_staff_id=to_staff_id,
        state=HandOverState.OFFERED,
        reason=reason.strip(),
        home_organisation_id=case.home_organisation_id,
        county_organisation_id=case.county_organisation_id,
        offered_ms=now_ms(),
    )
    try:
        async with session.begin_nested():
            session.add(hand_over)
            await session.flush()
    except IntegrityError:
        raise Conflict("hand_over.offered") from None
    _note(session, case, hand_over, "offered", owner)
    return hand_over


async def _is_agent(session: AsyncSession, county_id: str, staff_id: str) -> bool:
    found = (
        select(StaffMember.id)
        .join(StaffRole, StaffRole.staff_id == StaffMember.id)
        .where(
            StaffMember.id == staff_id,
            StaffMember.county_id == county_id,
            StaffMember.active,
            StaffRole.role == Role.AGENT,
            StaffRole.revoked_ms.is_(None),
        )
    )
    return await session.scalar(found.limit(1)) is not None


async def answer_hand_over(
    session: AsyncSession,
    hand_over_id: str,
    colleague: SignedIn,
    *,
    accept: bool,
    answer: str = "",
) -> Case:
    """The owner changes when the colleague accepts, and not before.

    :raises NotFound: no such offer to this person.
    :raises Conflict: it was taken back or answered, or the case has another owner or is over.
    """
    hand_over = await session.scalar(
        select(HandOver).where(
            HandOver.id == hand_over_id,
            HandOver.to_staff_id == colleague.staff_id,
            HandOver.county_id == colleague.county_id,
        )
    )
    if hand_over is None:
        raise NotFound("hand_over.not_found")
    case = await _locked(session, hand_over.case_id)
    await _settle(
        session,
        hand_over,
        HandOverState.ACCEPTED if accept else HandOverState.DECLINED,
        answer.strip(),
    )
    if accept:
        await authorise(session, Step(kind=StepKind.TAKE_OVER, case=case, actor=colleague))
        await _change_owner(session, case, hand_over)
    _note(session, case, hand_over, "accepted" if accept else "declined", colleague)
    return case


async def take_back(session: AsyncSession, hand_over_id: str, owner: SignedIn) -> Case:
    """The owner keeps the case after all.

    :raises NotFound: no such offer of this person.
    :raises Conflict: it was answered before.
    """
    hand_over = await session.scalar(
        select(HandOver).where(
            HandOver.id == hand_over_id,
            HandOver.from_staff_id == owner.staff_id,
            HandOver.county_id == owner.county_id,
        )
    )
    if hand_over is None:
        raise NotFound("hand_over.not_found")
    case = await _locked(session, hand_over.case_id)
    await _settle(session, hand_over, HandOverState.TAKEN_BACK, "")
    _note(session, case, hand_over, "taken_back", owner)
    return case


async def _locked(session: AsyncSession, case_id: str) -> Case:
    query = select(Case).where(Case.id == case_id).with_for_update(key_share=True)
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def _settle(
    session: AsyncSession, hand_over: HandOver, state: HandOverState, answer: str
) -> None:
    settled = await session.execute(
        update(HandOver)
        .where(HandOver.id == hand_over.id, HandOver.state == HandOverState.OFFERED)
        .values(state=state, answer=answer, answered_ms=now_ms())
        .returning(HandOver.id)
        .execution_options(synchronize_session=False)
    )
    if settled.scalar_one_or_none() is None:
        raise Conflict("hand_over.answered")
    await session.refresh(hand_over)


async def _change_owner(session: AsyncSession, case: Case, hand_over: HandOver) -> None:
    changed = await session.execute(
        update(Case)
        .where(
            Case.id == case.id,
            Case.owner_staff_id == hand_over.from_staff_id,
            Case.state.not_in(ENDED),
        )
        .values(owner_staff_id=hand_over.to_staff_id, changed_ms=now_ms())
        .returning(Case.id)
        .execution_options(synchronize_session=False)
    )
    if changed.scalar_one_or_none() is None:
        raise Conflict("case.over")
    await session.refresh(case)


def _note(
    session: AsyncSession, case: Case, hand_over: HandOver, what: str, actor: SignedIn
) -> None:
    body = {
        "hand_over_id": hand_over.id,
        "from_staff_id": hand_over.from_staff_id,
        "to_staff_id": hand_over.to_staff_id,
    }
    add_event(session, case, f"hand_over.{what}", actor_staff_id=actor.staff_id, body=body)
