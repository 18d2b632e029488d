"""Call-backs: nobody was on duty, or the counter was closed; the promise has an owner and a time.

::

    open ── start ──► started ── end of the call ──► done
      ▲                  │
      └── not answered ──┘        open ── cancel ──► cancelled

The first agent of the skill group on duty owns it; it can be reassigned. Its owner starts it: a
ticket of the same case is offered to himself and rings at the window; the helper's answer makes
the call.
"""

from sqlalchemy import Select, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import new_id
from casework.errors import Conflict, NotFound
from casework.tables import CallBack, Case, SkillGroupMember
from casework.vocabulary import (
    AgentState,
    CallBackReason,
    CallBackState,
)
from signaling.pairing.opening import opening_of
from signaling.pairing.reach import Route
from signaling.pairing.rows import changed, clock
from signaling.pairing.rules import PairingRules
from signaling.pairing.topics import note
from signaling.tables import Agent


async def request_call_back(
    session: AsyncSession,
    rules: PairingRules,
    of_case: Case,
    window_id: str,
    route: Route,
    reason: CallBackReason,
) -> CallBack:
    """Promises to call back, due after the group's next opening.

    :raises Conflict: the case has one already.
    """
    now = await clock(session, rules)
    opening = await opening_of(session, of_case.county_id, route.organisation_id)
    call_back = CallBack(
        id=new_id(),
        county_id=of_case.county_id,
        case_id=of_case.id,
        skill_group_id=route.skill_group_id,
        window_id=window_id,
        owner_staff_id=await _first_on_duty(session, route.skill_group_id),
        reason=reason,
        state=CallBackState.OPEN,
        due_ms=opening.due_ms(now, rules.call_back_within_ms),
        home_organisation_id=of_case.home_organisation_id,
        county_organisation_id=of_case.county_organisation_id,
        created_ms=rules.now(),
        changed_ms=rules.now(),
    )
    session.add(call_back)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict("call_back.exists", "该办件已登记回拨") from error
    _note(session, call_back)
    return call_back


async def adopt_call_backs(session: AsyncSession, rules: PairingRules, staff_id: str) -> int:
    """Gives the agent, who has just come on duty, the group's call-backs without owner."""
    groups = select(SkillGroupMember.skill_group_id).where(SkillGroupMember.staff_id == staff_id)
    adopted = await session.execute(
        update(CallBack)
        .where(
            CallBack.state == CallBackState.OPEN,
            CallBack.owner_staff_id.is_(None),
            CallBack.skill_group_id.in_(groups),
        )
        .values(owner_staff_id=staff_id, changed_ms=rules.now())
        .returning(CallBack.id),
        execution_options={"synchronize_session": False},
    )
    return len(adopted.all())


def call_backs_unowned(_rules: PairingRules) -> Select[str]:
    """Those without an owner although an agent of the group is on duty."""
    return (
        select(CallBack.id)
        .where(CallBack.state == CallBackState.OPEN, CallBack.owner_staff_id.is_(None))
        .where(
            exists().where(
                SkillGroupMember.skill_group_id == CallBack.skill_group_id,
                Agent.staff_id == SkillGroupMember.staff_id,
                Agent.state != AgentState.OFFLINE,
            )
        )
    )


async def give_owner(session: AsyncSession, rules: PairingRules, call_back_id: str) -> bool:
    """The first of the group on duty; ``False``: there is none any more, or it has an owner."""
    call_back = await session.get_one(CallBack, call_back_id)
    owner = await _first_on_duty(session, call_back.skill_group_id)
    moved = await changed(
        session,
        update(CallBack)
        .where(
            CallBack.id == call_back_id,
            CallBack.state == CallBackState.OPEN,
            CallBack.owner_staff_id.is_(None),
        )
        .values(owner_staff_id=owner, changed_ms=rules.now()),
        CallBack.owner_staff_id,
    )
    if moved is None:
        return False
    note(session, county=call_back.county_id, staff=moved)
    return True


async def reassign_call_back(
    session: AsyncSession, rules: PairingRules, call_back_id: str, by_staff_id: str, staff_id: str
) -> None:
    """Gives an open call-back to a colleague of the skill group; any member of it may.

    :raises NotFound: no such call-back, or not one of the person's groups.
    :raises Conflict: it is not open, or the colleague is not of the group.
    """
    call_back = await _of_own_group(session, call_back_id, by_staff_id)
    moved = await changed(
        session,
        update(CallBack)
        .where(
            CallBack.id == call_back_id,
            CallBack.state == CallBackState.OPEN,
            exists().where(
                SkillGroupMember.staff_id == staff_id,
                SkillGroupMember.skill_group_id == CallBack.skill_group_id,
            ),
        )
        .values(owner_staff_id=staff_id, changed_ms=rules.now()),
        CallBack.id,
    )
    if moved is None:
        raise Conflict("call_back.colleague", "该回拨不能转交给这位同事")
    _note(session, call_back)
    note(session, staff=staff_id)


async def _first_on_duty(session: AsyncSession, skill_group_id: str) -> str | None:
    return await session.scalar(
        select(Agent.staff_id)
        .join(SkillGroupMember, SkillGroupMember.staff_id == Agent.staff_id)
        .where(SkillGroupMember.skill_group_id == skill_group_id, Agent.state != AgentState.OFFLINE)
        .order_by(Agent.on_duty_ms, Agent.staff_id)
        .limit(1)
    )


async def _of_own_group(session: AsyncSession, call_back_id: str, staff_id: str) -> CallBack:
    call_back = await session.scalar(
        select(CallBack).where(
            CallBack.id == call_back_id,
            exists().where(
                SkillGroupMember.staff_id == staff_id,
                SkillGroupMember.skill_group_id == CallBack.skill_group_id,
            ),
        )
    )
    if call_back is None:
        raise NotFound("call_back.not_found", "没有这个回拨")
    return call_back


def _note(session: AsyncSession, call_back: CallBack) -> None:
    note(
        session,
        county=call_back.county_id,
        staff=call_back.owner_staff_id,
        window=call_back.window_id,
    )
