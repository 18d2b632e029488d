"""The organisation scope of casework/policy.py, with what only this room knows: the agent's calls."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.steps import StepCall
from casework.cases import find_case
from casework.errors import NotFound
from casework.pages import find_page
from casework.policy import may_supervise, own_line
from casework.sign_in import SignedIn
from casework.tables import Case, CasePage, StaffMember
from casework.vocabulary import CallState, Role, Surface
from signaling.tables import Call, CallCase


def served_cases(person: SignedIn) -> Select[Any]:
    """Ids of the cases of the agent's own calls."""
    return (
        select(CallCase.case_id)
        .join(Call, Call.id == CallCase.call_id)
        .where(Call.agent_staff_id == person.staff_id, Call.county_id == person.county_id)
    )


async def visible_case(
    session: AsyncSession, person: SignedIn, case_id: str, *, lock: bool = False
) -> Case:
    """:raises NotFound: absent, or not for this person."""
    return await find_case(session, person, case_id, served=served_cases(person), lock=lock)


async def visible_page(session: AsyncSession, person: SignedIn, page_id: str) -> CasePage:
    """:raises NotFound: absent, or not for this person."""
    return await find_page(session, person, page_id, served_cases(person))


async def own_call(session: AsyncSession, agent: SignedIn, call_id: str) -> Call:
    """A call that the agent serves or served.

    :raises NotFound: absent, or another agent's.
    """
    call = await session.scalar(
        select(Call).where(
            Call.id == call_id,
            Call.agent_staff_id == agent.staff_id,
            Call.county_id == agent.county_id,
        )
    )
    if call is None:
        raise NotFound("call.not_found")
    return call


async def live_call_of(session: AsyncSession, case_id: str) -> Call | None:
    """The call that the case is in now."""
    return await session.scalar(
        select(Call)
        .join(CallCase, CallCase.call_id == Call.id)
        .where(CallCase.case_id == case_id, Call.state == CallState.LIVE)
    )


def step_call(call: Call) -> StepCall:
    """What the rules on steps have to know of a call."""
    return StepCall(
        id=call.id,
        agent_staff_id=call.agent_staff_id,
        helper_staff_id=call.helper_staff_id,
        recorded=call.recorded,
        may_decide=call.may_decide,
    )


def may_attend(person: SignedIn) -> ColumnElement[bool]:
    """Running calls that the person supervises: by the window's line, or by the agent's.

    A town's agent may answer another town's window; both towns' supervisors may look then.
    """
    by_window = may_supervise(person, Call.county_id, Call.home_organisation_id)
    if person.surface is not Surface.SUPERVISION or Role.HOME_SUPERVISOR not in person.roles:
        return and_(by_window, Call.state == CallState.LIVE)
    colleagues = select(StaffMember.id).where(StaffMember.organisation_id.in_(own_line(person)))
    by_agent = and_(Call.county_id == person.county_id, Call.agent_staff_id.in_(colleagues))
    return and_(or_(by_window, by_agent), Call.state == CallState.LIVE)
