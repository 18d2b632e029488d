"""Appointments and grants as a supervisor looks for them. As SQL, so that a page shows no more."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, exists, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import now_ms
from casework.policy import may_supervise
from casework.sign_in import SignedIn
from casework.tables import Appointment, Grant, GrantSuspension
from casework.vocabulary import AppointmentState, GrantCondition, GrantState

PAGE = 200
DAY_MS = 24 * 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    window_id: str | None = None
    staff_id: str | None = None
    state: AppointmentState | None = None
    condition: GrantCondition | None = None
    expiring_days: int | None = None
    """In force, and ending within so many days."""


def _suspended() -> ColumnElement[bool]:
    row = GrantSuspension
    return exists().where(row.grant_id == Grant.id, row.lifted_ms.is_(None))


def grant_condition() -> ColumnElement[str]:
    """SQL over ``Grant``: a value of :class:`GrantCondition`, by the database's clock."""
    return case(
        (Grant.state != GrantState.SIGNED, Grant.state),
        (Grant.until_ms <= now_ms(), literal(GrantCondition.EXPIRED.value)),
        (_suspended(), literal(GrantCondition.SUSPENDED.value)),
        (Grant.from_ms > now_ms(), literal(GrantCondition.NOT_BEGUN.value)),
        else_=literal(GrantCondition.IN_FORCE.value),
    )


async def find_grants(
    session: AsyncSession, person: SignedIn, sought: Sought
) -> list[tuple[Grant, GrantCondition]]:
    """The latest first; one more than :data:`PAGE` when there are more."""
    conditions = [may_supervise(person, Grant.county_id, Grant.home_organisation_id)]
    if sought.window_id is not None:
        conditions.append(Grant.window_id == sought.window_id)
    if sought.staff_id is not None:
        conditions.append(Grant.staff_id == sought.staff_id)
    if sought.condition is not None:
        conditions.append(grant_condition() == sought.condition)
    if sought.expiring_days is not None:
        soon = Grant.until_ms <= now_ms() + sought.expiring_days * DAY_MS
        conditions.append(and_(grant_condition() == GrantCondition.IN_FORCE, soon))
    rows = await session.execute(
        select(Grant, grant_condition())
        .where(*conditions)
        .order_by(Grant.created_ms.desc(), Grant.id.desc())
        .limit(PAGE + 1)
    )
    return [(grant, GrantCondition(condition)) for grant, condition in rows]


async def condition_of(session: AsyncSession, grant_id: str) -> GrantCondition:
    """:raises NoResultFound: there is no such grant."""
    found = await session.execute(select(grant_condition()).where(Grant.id == grant_id))
    return GrantCondition(found.scalar_one())


async def find_appointments(
    session: AsyncSession, person: SignedIn, sought: Sought
) -> list[Appointment]:
    """The latest first; one more than :data:`PAGE` when there are more."""
    row = Appointment
    conditions = [may_supervise(person, row.county_id, row.home_organisation_id)]
    if sought.window_id is not None:
        conditions.append(row.window_id == sought.window_id)
    if sought.staff_id is not None:
        conditions.append(row.staff_id == sought.staff_id)
    if sought.state is not None:
        conditions.append(row.state == sought.state)
    rows = await session.scalars(
        select(row)
        .where(*conditions)
        .order_by(row.nominated_ms.desc(), row.id.desc())
        .limit(PAGE + 1)
    )
    return list(rows)
