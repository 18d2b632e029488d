"""办不成事反映: what could not be done goes to a coordinator, with a clock, and is never deleted."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.case_events import add_event
from casework.database import new_id, now_ms
from casework.tables import Case, CouldNotReport, StaffMember, StaffRole
from casework.vocabulary import ReportState, Role

DUE_MS = 5 * 24 * 3_600_000


async def open_report(
    session: AsyncSession, case: Case, *, opened_by: str, text: str, call_id: str | None = None
) -> CouldNotReport:
    """Opens a report and gives it to a coordinator, if the county has one."""
    report = CouldNotReport(
        id=new_id(),
        county_id=case.county_id,
        case_id=case.id,
        call_id=call_id,
        opened_by_staff_id=opened_by,
        owner_staff_id=await _coordinator(session, case),
        text=text,
        state=ReportState.OPEN,
        home_organisation_id=case.home_organisation_id,
        county_organisation_id=case.county_organisation_id,
        due_ms=now_ms() + DUE_MS,
        created_ms=now_ms(),
    )
    session.add(report)
    body = {"report_id": report.id}
    add_event(
        session, case, "could_not.opened", actor_staff_id=opened_by, call_id=call_id, body=body
    )
    await session.flush()
    return report


async def _coordinator(session: AsyncSession, case: Case) -> str | None:
    """Of the county's own coordinators the one with the fewest open reports."""
    member, report = StaffMember, CouldNotReport
    open_reports = (
        select(func.count())
        .where(report.owner_staff_id == member.id, report.state == ReportState.OPEN)
        .scalar_subquery()
    )
    return await session.scalar(
        select(member.id)
        .join(StaffRole, StaffRole.staff_id == member.id)
        .where(
            member.county_id == case.county_id,
            member.organisation_id == case.county_organisation_id,
            member.active,
            StaffRole.role == Role.COORDINATOR,
            StaffRole.revoked_ms.is_(None),
        )
        .order_by(open_reports, member.username)
        .limit(1)
    )
