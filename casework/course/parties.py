"""Whether somebody is one of those who may take a step."""

from collections.abc import Awaitable, Callable, Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.steps import StepCall
from casework.catalogue import may_decide
from casework.course.transitions import Transition
from casework.errors import Forbidden
from casework.organisations import OrganisationTree
from casework.policy import COUNTY_LINE
from casework.sign_in import SignedIn
from casework.tables import Case, Organisation
from casework.vocabulary import CaseParty, Role, Surface


async def check_party(
    session: AsyncSession,
    row: Transition,
    case: Case,
    actor: SignedIn | None,
    call: StepCall | None,
) -> None:
    """:raises Forbidden: the actor is none of ``row.who``; told by the first of them."""
    refusals = []
    for party in sorted(row.who):
        refusal = await _refusal(session, party, case, actor, call)
        if refusal is None:
            return
        refusals.append(refusal)
    raise Forbidden(refusals[0])


async def _refusal(
    session: AsyncSession,
    party: CaseParty,
    case: Case,
    actor: SignedIn | None,
    call: StepCall | None,
) -> str | None:
    """The code of why the actor is not of this party."""
    if party is CaseParty.CLOCK or actor is None:
        return None if party is CaseParty.CLOCK and actor is None else "course.not_by_hand"
    return await _PARTIES[party](session, case, actor, call)


async def _window(
    _session: AsyncSession, case: Case, actor: SignedIn, _call: StepCall | None
) -> str | None:
    at_window = actor.surface is Surface.WINDOW and Role.HELPER in actor.roles
    own = actor.window_id is not None and actor.window_id == case.window_id
    return None if at_window and own else "course.not_window"


async def _officer(
    session: AsyncSession, case: Case, actor: SignedIn, call: StepCall | None
) -> str | None:
    if actor.surface is not Surface.CONSOLE or Role.AGENT not in actor.roles:
        return "course.not_officer"
    serving = call is not None and call.agent_staff_id == actor.staff_id
    if serving or case.owner_staff_id == actor.staff_id:
        return None
    forwarded = case.forwarded_ms is not None
    if forwarded and await decides_for(session, actor.organisation_id, case):
        return None
    return "course.not_officer"


async def _decider(
    session: AsyncSession, case: Case, actor: SignedIn, call: StepCall | None
) -> str | None:
    refusal = await _officer(session, case, actor, call)
    if refusal is not None:
        return refusal
    may = call.may_decide if call else await decides_for(session, actor.organisation_id, case)
    return None if may else "outcome.may_not_decide"


async def _county_approver(
    _session: AsyncSession, case: Case, actor: SignedIn, _call: StepCall | None
) -> str | None:
    supervises = actor.surface is Surface.SUPERVISION and bool(actor.roles & COUNTY_LINE)
    at_county = actor.organisation_id == case.county_organisation_id
    return None if supervises and at_county else "course.not_county"


_Check = Callable[[AsyncSession, Case, SignedIn, StepCall | None], Awaitable[str | None]]
_PARTIES: Mapping[CaseParty, _Check] = {
    CaseParty.WINDOW: _window,
    CaseParty.OFFICER: _officer,
    CaseParty.DECIDER: _decider,
    CaseParty.COUNTY_APPROVER: _county_approver,
}


async def decides_for(session: AsyncSession, organisation_id: str, case: Case) -> bool:
    """Whether agents of the organisation may decide the case by what they are."""
    rows = await session.scalars(
        select(Organisation).where(
            Organisation.id.in_((organisation_id, case.deciding_organisation_id))
        )
    )
    tree = OrganisationTree(rows.all())
    return may_decide(organisation_id, case.deciding_organisation_id, tree)
