"""Whose figures a person may see, and what they may be narrowed to."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.errors import NotFound
from casework.policy import may_supervise
from casework.sign_in import SignedIn
from casework.tables import Organisation, ServiceItem, StaffMember, StaffRole, Window
from casework.vocabulary import OrganisationKind, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a report is narrowed to; ``None`` narrows nothing."""

    town_id: str | None = None
    window_id: str | None = None
    item_code: str | None = None
    agent_staff_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """:class:`Asked`, within what the person may see."""

    county_id: str
    organisation_ids: Collection[str] | None
    """``None``: the whole county."""
    window_id: str | None
    item_ids: Collection[str] | None
    agent_staff_id: str | None


def in_scope(person: SignedIn) -> ColumnElement[bool]:
    """Organisations whose figures the person sees: all of the county, or the own and those below;
    the same rule as for the cases themselves."""
    return may_supervise(person, Organisation.county_id, Organisation.id)


async def narrow(session: AsyncSession, person: SignedIn, asked: Asked) -> Narrowed:
    """:raises NotFound: no such place, item or agent, or not for this person."""
    scope = set(await session.scalars(select(Organisation.id).where(in_scope(person))))
    if not scope:
        raise NotFound("reports.not_found")
    whole = await session.scalar(
        select(Organisation.id).where(
            Organisation.kind == OrganisationKind.COUNTY, in_scope(person)
        )
    )
    organisation_ids: Collection[str] | None = None if whole is not None else frozenset(scope)
    if asked.town_id is not None:
        organisation_ids = await _town(session, person, asked.town_id)
    if asked.window_id is not None:
        await _window(session, person, asked.window_id)
    return Narrowed(
        county_id=person.county_id,
        organisation_ids=organisation_ids,
        window_id=asked.window_id,
        item_ids=None
        if asked.item_code is None
        else await _versions(session, person.county_id, asked.item_code),
        agent_staff_id=None
        if asked.agent_staff_id is None
        else await _agent(session, person.county_id, asked.agent_staff_id),
    )


async def _town(session: AsyncSession, person: SignedIn, town_id: str) -> Collection[str]:
    """The town and what is below it, as far as the person sees it."""
    town = select(Organisation.id).where(
        Organisation.id == town_id,
        Organisation.kind == OrganisationKind.TOWN,
        Organisation.county_id == person.county_id,
    )
    if await session.scalar(town) is None:
        raise NotFound("reports.not_found")
    units = await session.scalars(
        select(Organisation.id).where(
            or_(Organisation.id == town_id, Organisation.parent_id == town_id), in_scope(person)
        )
    )
    found = frozenset(units)
    if not found:
        raise NotFound("reports.not_found")
    return found


async def _window(session: AsyncSession, person: SignedIn, window_id: str) -> None:
    found = (
        select(Window.id)
        .join(Organisation, Organisation.id == Window.organisation_id)
        .where(Window.id == window_id, in_scope(person))
    )
    if await session.scalar(found) is None:
        raise NotFound("reports.not_found")


async def _versions(session: AsyncSession, county_id: str, code: str) -> Collection[str]:
    found = frozenset(
        await session.scalars(
            select(ServiceItem.id).where(
                ServiceItem.county_id == county_id, ServiceItem.code == code
            )
        )
    )
    if not found:
        raise NotFound("reports.not_found")
    return found


async def _agent(session: AsyncSession, county_id: str, staff_id: str) -> str:
    """Somebody who answers calls, or once did."""
    found = (
        select(StaffMember.id)
        .join(StaffRole, StaffRole.staff_id == StaffMember.id)
        .where(
            StaffMember.id == staff_id,
            StaffMember.county_id == county_id,
            StaffRole.role == Role.AGENT,
        )
    )
    if await session.scalar(found.limit(1)) is None:
        raise NotFound("reports.not_found")
    return staff_id
