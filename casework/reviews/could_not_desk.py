"""The coordinators' desk: who owns a report, what is done about it, and its clock.

Town's coordinator → county's coordinator → chief county supervisor: each level has its time, and
nothing but the answer to the reporter stops the clock.
"""

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.could_not import Place, coordinator_of, line_head, note
from casework.database import now_ms
from casework.errors import Conflict, Forbidden, Invalid, NotFound
from casework.participants import Calls, who_took_part
from casework.policy import may_supervise
from casework.reviews.assignment import has_role
from casework.reviews.contacts import Contact, keep_contact
from casework.reviews.holds import lift
from casework.sign_in import SignedIn
from casework.tables import (
    CouldNotReport,
    Organisation,
    ResidentContact,
    StaffMember,
)
from casework.vocabulary import HoldReason, ReportLevel, ReportState, Role, Surface

CHIEF_MS = 2 * 24 * 3_600_000
"""What the chief gets beyond the day that was promised, before it counts as overdue again."""
LIVE = (ReportState.OPEN, ReportState.TAKEN)


def may_see_report(person: SignedIn) -> ColumnElement[bool]:
    """Coordinators see their organisation's line (the county's coordinators the whole county),
    supervisors what they supervise."""
    if person.surface is not Surface.SUPERVISION:
        return false()
    row = CouldNotReport
    supervised = may_supervise(person, row.county_id, row.home_organisation_id)
    if Role.COORDINATOR not in person.roles:
        return supervised
    own = person.organisation_id
    line = select(Organisation.id).where(or_(Organisation.id == own, Organisation.parent_id == own))
    of_line = or_(row.home_organisation_id.in_(line), row.county_organisation_id == own)
    return or_(supervised, and_(row.county_id == person.county_id, of_line))


def may_work(person: SignedIn) -> bool:
    """Supervisors look on; coordinators and the chief do something about it."""
    return bool(person.roles & {Role.COORDINATOR, Role.CHIEF_COUNTY_SUPERVISOR})


async def find_report(
    session: AsyncSession, calls: Calls, person: SignedIn, report_id: str
) -> CouldNotReport:
    """:raises NotFound: absent, of another line, or about something that the person did."""
    found = await session.scalar(
        select(CouldNotReport)
        .where(CouldNotReport.id == report_id, may_see_report(person))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("could_not.not_found")
    if found.case_id and person.staff_id in await who_took_part(session, calls, found.case_id):
        raise NotFound("could_not.not_found")
    return found


async def _to_work_on(
    session: AsyncSession, calls: Calls, person: SignedIn, report_id: str
) -> CouldNotReport:
    report = await find_report(session, calls, person, report_id)
    if not may_work(person):
        raise Forbidden("could_not.coordinator")
    if report.state == ReportState.CLOSED:
        raise Conflict("could_not.closed")
    return report


async def take(session: AsyncSession, calls: Calls, person: SignedIn, report_id: str) -> None:
    """The person becomes the owner and says: I am at it. The clock goes on.

    :raises NotFound: see :func:`find_report`.
    :raises Forbidden: neither coordinator nor chief.
    :raises Conflict: closed, or somebody else took it at the same moment.
    """
    report = await _to_work_on(session, calls, person, report_id)
    row = CouldNotReport
    taken = await session.execute(
        update(row)
        .where(
            row.id == report.id,
            row.state == report.state,
            row.owner_staff_id.is_not_distinct_from(report.owner_staff_id),
        )
        .values(state=ReportState.TAKEN, owner_staff_id=person.staff_id)
        .returning(row.id)
    )
    if taken.scalar_one_or_none() is None:
        raise Conflict("could_not.moved")
    await session.refresh(report)
    await note(session, report, "taken", person.staff_id)


async def record_report_contact(
    session: AsyncSession, calls: Calls, person: SignedIn, report_id: str, given: Contact
) -> None:
    """:raises NotFound: see :func:`find_report`.
    :raises Forbidden: neither coordinator nor chief.
    :raises Conflict: closed.
    :raises Invalid: nothing is said about what was said.
    """
    report = await _to_work_on(session, calls, person, report_id)
    await keep_contact(session, report, person.staff_id, given)
    await note(session, report, "contacted", person.staff_id)


async def answer(
    session: AsyncSession, calls: Calls, person: SignedIn, report_id: str, text: str
) -> None:
    """Closes the report with the answer that the reporter was given.

    :raises NotFound: see :func:`find_report`.
    :raises Forbidden: neither coordinator nor chief; or nobody has been in touch yet.
    :raises Invalid: without an answer.
    :raises Conflict: closed before.
    """
    if not text.strip():
        raise Invalid("could_not.answer")
    report = await _to_work_on(session, calls, person, report_id)
    contact = select(ResidentContact.id).where(ResidentContact.report_id == report.id)
    if await session.scalar(contact.limit(1)) is None:
        raise Forbidden("could_not.no_contact")
    row = CouldNotReport
    closed = await session.execute(
        update(row)
        .where(row.id == report.id, row.state.in_(LIVE))
        .values(
            state=ReportState.CLOSED,
            answer=text.strip(),
            closed_by_staff_id=person.staff_id,
            closed_ms=now_ms(),
        )
        .returning(row.id)
    )
    if closed.scalar_one_or_none() is None:
        raise Conflict("could_not.closed")
    await note(session, report, "closed", person.staff_id)
    await lift(session, HoldReason.COULD_NOT, report.id, person.staff_id)


# --- the clock --------------------------------------------------------------------------------


async def reports_past_level(session: AsyncSession, limit: int) -> list[str]:
    row = CouldNotReport
    rows = await session.scalars(
        select(row.id)
        .where(
            row.state.in_(LIVE),
            row.level != ReportLevel.CHIEF,
            row.level_due_ms <= now_ms(),
        )
        .limit(limit)
    )
    return list(rows)


async def escalate(session: AsyncSession, report_id: str) -> bool:
    """Moves a report whose time at this level is over one level up, whoever is at it."""
    row = CouldNotReport
    report = await session.scalar(
        select(row)
        .where(
            row.id == report_id,
            row.state.in_(LIVE),
            row.level != ReportLevel.CHIEF,
            row.level_due_ms <= now_ms(),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if report is None:
        return False
    if report.level == ReportLevel.HOME:
        report.level, report.level_due_ms = ReportLevel.COUNTY, report.due_ms
    else:
        report.level, report.level_due_ms = ReportLevel.CHIEF, report.due_ms + CHIEF_MS
    report.state = ReportState.OPEN
    report.owner_staff_id = await _owner_at(session, report)
    await session.flush()
    await note(session, report, "escalated", None)
    return True


async def _owner_at(session: AsyncSession, report: CouldNotReport) -> str | None:
    """Whoever of the level has the least to do; ``None`` when there is nobody."""
    county = report.county_organisation_id
    place = Place(report.county_id, report.home_organisation_id, county)
    match ReportLevel(report.level):
        case ReportLevel.HOME:
            town = await line_head(session, place.home_organisation_id)
            return await coordinator_of(session, place.county_id, town)
        case ReportLevel.COUNTY:
            return await coordinator_of(session, place.county_id, county)
        case ReportLevel.CHIEF:
            chief = Role.CHIEF_COUNTY_SUPERVISOR
            return await coordinator_of(session, place.county_id, county, chief)


async def reports_unowned(session: AsyncSession, limit: int) -> list[str]:
    """Without an owner, or with one who does not do this any more, and somebody else could be."""
    row, owner = CouldNotReport, StaffMember
    works = exists().where(
        owner.id == row.owner_staff_id,
        owner.active,
        or_(has_role(owner.id, Role.COORDINATOR), has_role(owner.id, Role.CHIEF_COUNTY_SUPERVISOR)),
    )
    rows = await session.scalars(
        select(row.id).where(row.state.in_(LIVE), ~works).order_by(row.created_ms).limit(limit)
    )
    return list(rows)


async def give_report_owner(session: AsyncSession, report_id: str) -> bool:
    row = CouldNotReport
    report = await session.scalar(
        select(row)
        .where(row.id == report_id, row.state.in_(LIVE))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if report is None:
        return False
    owner = await _owner_at(session, report)
    if owner is None or owner == report.owner_staff_id:
        return False
    report.owner_staff_id = owner
    report.state = ReportState.OPEN
    await session.flush()
    await note(session, report, "passed", None)
    return True
