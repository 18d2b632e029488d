"""The console: colleagues, the outcomes of a call, and the day's own calls."""

from dataclasses import replace

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.load_facts import decides_for
from casework.county_time import day_start_ms
from casework.database import read_clock
from casework.errors import NotFound
from casework.outcomes import CaseOutcome, PassedOn, give_outcomes
from casework.sign_in import SignedIn
from casework.tables import Case, Organisation, SkillGroup, SkillGroupMember, StaffMember, StaffRole
from casework.vocabulary import AgentState, CallBackReason, Level, OrganisationKind, Role
from signaling.call_views import call_list
from signaling.edge.route import Asked
from signaling.edge.scope import own_call, step_call
from signaling.pairing.call_backs import request_call_back
from signaling.pairing.reach import Route as PairingRoute
from signaling.pairing.rules import PairingRules
from signaling.pairing.topics import announcing, note
from signaling.tables import Agent, Call, CallCase, Ticket
from signaling.wire.api import (
    CallList,
    Colleague,
    ColleagueFilter,
    ColleagueList,
    Empty,
    OutcomesGiven,
    SkillGroupBrief,
)

OFF_DUTY = (AgentState.OFFLINE, AgentState.AWAY)


async def list_colleagues(asked: Asked[ColleagueFilter]) -> ColleagueList:
    """Other agents and all skill groups of the county: whom a case or a call-back may go to."""
    async with asked.context.database.reading() as session:
        county_id = asked.person.county_id
        groups = await session.scalars(
            select(SkillGroup).where(SkillGroup.county_id == county_id).order_by(SkillGroup.letters)
        )
        colleagues = await _colleagues(session, county_id, asked.given.group)
        return ColleagueList(
            colleagues=[one for one in colleagues if one.staff_id != asked.person.staff_id],
            skill_groups=[
                SkillGroupBrief(id=row.id, name=row.name, name_en=row.name_en, letters=row.letters)
                for row in groups
            ],
        )


async def _colleagues(
    session: AsyncSession, county_id: str, group_id: str | None
) -> list[Colleague]:
    is_agent = exists().where(
        StaffRole.staff_id == StaffMember.id,
        StaffRole.role == Role.AGENT,
        StaffRole.revoked_ms.is_(None),
    )
    query = (
        select(StaffMember, Organisation, Agent.state)
        .join(Organisation, Organisation.id == StaffMember.organisation_id)
        .outerjoin(Agent, Agent.staff_id == StaffMember.id)
        .where(StaffMember.county_id == county_id, StaffMember.active, is_agent)
        .order_by(Organisation.code, StaffMember.username)
    )
    if group_id is not None:
        members = select(SkillGroupMember.staff_id).where(
            SkillGroupMember.skill_group_id == group_id
        )
        query = query.where(StaffMember.id.in_(members))
    return [
        Colleague(
            staff_id=staff.id,
            name=staff.name,
            name_en=staff.name_en,
            organisation_name=organisation.name,
            organisation_name_en=organisation.name_en,
            on_duty=state is not None and state not in OFF_DUTY,
        )
        for staff, organisation, state in await session.execute(query)
    ]


async def keep_outcomes(asked: Asked[OutcomesGiven]) -> Empty:
    """How the call ends for each of its cases; all of them, or none."""
    context = asked.context
    async with announcing(context.database, context.bus) as session:
        call = await own_call(session, asked.person, asked.id("call_id"))
        given = [
            await _decidable(session, call, asked.person, CaseOutcome(**dict(one)))
            for one in asked.given.outcomes
        ]
        await _check_cases(session, call, given)
        for passed in await give_outcomes(session, step_call(call), asked.person, given):
            await _pass_on(session, context.rules, passed)
        if asked.given.notes:
            await session.execute(
                update(Call).where(Call.id == call.id).values(notes=asked.given.notes)
            )
        note(session, window=call.window_id)
    return Empty()


async def _decidable(
    session: AsyncSession, call: Call, agent: SignedIn, given: CaseOutcome
) -> CaseOutcome:
    """Who may decide the ticket's case may not decide every matter that comes up besides."""
    ticket = await session.get_one(Ticket, call.ticket_id)
    case = await session.get(Case, given.case_id)
    if case is None or case.id == ticket.case_id:
        return given
    return replace(given, may_decide=await decides_for(session, agent.organisation_id, case))


async def _pass_on(session: AsyncSession, rules: PairingRules, passed: PassedOn) -> None:
    """The other group is asked to call the window back: here the call has not ended yet, and a
    case has one live ticket only.
    """
    case, group = passed.case, passed.skill_group
    level = await _level_of(session, group.organisation_id)
    route = PairingRoute(level, group.id, group.letters, group.organisation_id, None)
    reason = CallBackReason.PASSED_ON
    await request_call_back(session, rules, case, case.window_id, route, reason)


async def _level_of(session: AsyncSession, organisation_id: str) -> Level:
    organisation = await session.get_one(Organisation, organisation_id)
    return Level.TOWN if organisation.kind == OrganisationKind.TOWN else Level.COUNTY


async def _check_cases(session: AsyncSession, call: Call, given: list[CaseOutcome]) -> None:
    own = await session.scalars(select(CallCase.case_id).where(CallCase.call_id == call.id))
    if not {one.case_id for one in given} <= set(own):
        raise NotFound("case.not_found")


async def list_own_calls(asked: Asked[None]) -> CallList:
    """The agent's own calls of this county day, the latest first."""
    async with asked.context.database.reading() as session:
        since_ms = day_start_ms(await read_clock(session))
        mine = (
            Call.agent_staff_id == asked.person.staff_id,
            Call.county_id == asked.person.county_id,
            Call.started_ms >= since_ms,
        )
        return await call_list(session, mine, recording_states=asked.context.recording_states)
