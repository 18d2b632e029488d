"""Who may be asked for a ticket: skill group, level, and how far the search has widened.

A county's ticket is for its skill group at county level, later for the general group, too. A town's
ticket is for the town's own group, later for the county's group that knows the matter, then for the
general group. Only the own group may decide; the others advise and receive.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, exists, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalogue import may_decide
from casework.organisations import OrganisationTree
from casework.tables import Case, Organisation, SkillGroup, SkillGroupMember
from casework.vocabulary import AgentState, AwayReason, Level, Reach
from signaling.pairing.rules import PairingRules
from signaling.tables import Agent, Ticket

AT_WORK = (AgentState.AVAILABLE, AgentState.OFFERED, AgentState.IN_CALL, AgentState.WRAP_UP)


@dataclass(frozen=True, slots=True)
class Route:
    """Where a case's ticket waits."""

    level: Level
    """That may decide."""
    skill_group_id: str
    letters: str
    organisation_id: str
    """Of the skill group; its opening hours count."""
    overflow_group_id: str | None
    """The county's group, when the own one is a town's."""


def is_asked(ticket: type[Ticket], reach: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """SQL over ``SkillGroupMember`` and ``Agent``: whether this membership makes one be asked."""
    group = SkillGroupMember.skill_group_id
    county = Agent.level == Level.COUNTY
    general = exists().where(SkillGroup.id == group, SkillGroup.general)
    return or_(
        and_(group == ticket.skill_group_id, Agent.level == ticket.level),
        and_(group == ticket.overflow_group_id, county, reach != Reach.GROUP),
        and_(general, county, reach == Reach.GENERAL),
    )


def may_take(ticket: type[Ticket], staff_id: str) -> ColumnElement[bool]:
    """SQL: whether the agent may pick the ticket by hand, however far its search has widened."""
    return (
        exists()
        .where(
            SkillGroupMember.staff_id == staff_id,
            Agent.staff_id == SkillGroupMember.staff_id,
            Agent.county_id == ticket.county_id,
            is_asked(ticket, literal(Reach.GENERAL.value)),
        )
        .correlate(ticket)
    )


def somebody(
    ticket: type[Ticket], reach: SQLColumnExpression[str], *present: ColumnElement[bool]
) -> ColumnElement[bool]:
    """SQL: whether anybody within the ticket's reach is ``present``."""
    return (
        exists()
        .where(
            Agent.county_id == ticket.county_id,
            Agent.staff_id == SkillGroupMember.staff_id,
            is_asked(ticket, reach),
            *present,
        )
        .correlate(ticket)
    )


def at_work() -> ColumnElement[bool]:
    return Agent.state.in_(AT_WORK)


def soon_back(rules: PairingRules) -> ColumnElement[bool]:
    """Away for a moment only, and not because a ring went unanswered."""
    return and_(
        Agent.state == AgentState.AWAY,
        Agent.away_reason != AwayReason.NO_ANSWER,
        Agent.since_ms > rules.now() - rules.stranded_ms,
    )


async def route_of(session: AsyncSession, case: Case, video_level: str, item_group: str) -> Route:
    """The town's own group for what a town answers, if it has one; else the item's group."""
    groups = (
        await session.scalars(
            select(SkillGroup)
            .where(
                or_(
                    SkillGroup.id == item_group,
                    and_(
                        SkillGroup.organisation_id == case.deciding_organisation_id,
                        SkillGroup.county_id == case.county_id,
                        SkillGroup.general.is_(False),
                    ),
                )
            )
            .order_by(SkillGroup.letters)
        )
    ).all()
    of_item = next(group for group in groups if group.id == item_group)
    towns = [group for group in groups if group.organisation_id == case.deciding_organisation_id]
    if video_level == Level.TOWN and towns:
        own = of_item if of_item in towns else towns[0]
        overflow = None if own is of_item else of_item.id
        return Route(Level.TOWN, own.id, own.letters, own.organisation_id, overflow)
    return Route(Level.COUNTY, of_item.id, of_item.letters, of_item.organisation_id, None)


async def first_reach(
    session: AsyncSession, rules: PairingRules, county_id: str, route: Route
) -> Reach | None:
    """The narrowest reach with somebody at work; ``None``: nobody is on duty."""
    near = [route.skill_group_id, route.overflow_group_id]
    rows = await session.execute(
        select(SkillGroup, Agent.level, at_work())
        .join(SkillGroupMember, SkillGroupMember.skill_group_id == SkillGroup.id)
        .join(Agent, Agent.staff_id == SkillGroupMember.staff_id)
        .where(
            Agent.county_id == county_id,
            or_(SkillGroup.id.in_([group for group in near if group]), SkillGroup.general),
            or_(at_work(), soon_back(rules)),
        )
    )
    on_duty = {
        (reach, works) for group, level, works in rows if (reach := _reach_of(route, group, level))
    }
    working = (reach for reach in Reach if (reach, True) in on_duty)
    return next(working, Reach.GROUP if on_duty else None)


def _reach_of(route: Route, group: SkillGroup, level: str) -> Reach | None:
    """At which reach a member of the group is asked; ``None``: never."""
    if group.id == route.skill_group_id and level == route.level:
        return Reach.GROUP
    if level != Level.COUNTY:
        return None
    if group.id == route.overflow_group_id:
        return Reach.COUNTY
    return Reach.GENERAL if group.general else None


async def agent_may_decide(session: AsyncSession, ticket: Ticket, staff_id: str) -> bool:
    """Whether the agent belongs to the ticket's own group and may decide for its organisation."""
    row = (
        await session.execute(
            select(Agent.organisation_id, Case.deciding_organisation_id)
            .join(Case, Case.county_id == Agent.county_id)
            .where(
                Agent.staff_id == staff_id,
                Case.id == ticket.case_id,
                exists().where(
                    SkillGroupMember.staff_id == staff_id,
                    SkillGroupMember.skill_group_id == ticket.skill_group_id,
                ),
            )
        )
    ).one_or_none()
    if row is None:
        return False
    home, deciding = row
    both = await session.scalars(select(Organisation).where(Organisation.id.in_((home, deciding))))
    return may_decide(home, deciding, OrganisationTree(both.all()))
