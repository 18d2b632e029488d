"""The coordinators' desk as it is shown."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.participants import took_part_in
from casework.protected import ProtectedFields
from casework.reviews.could_not_desk import LIVE, may_see_report, may_work
from casework.sign_in import SignedIn
from casework.tables import CouldNotEvent, CouldNotReport, ResidentContact
from casework.vocabulary import Reporter, ReportLevel, ReportState
from signaling.calls_of_cases import CALLS
from signaling.case_views import case_views
from signaling.matters import PAGE_SIZE, contacts, matter_of_place, matters, names
from signaling.wire.reviews import (
    CouldNotBrief,
    CouldNotDetail,
    CouldNotEventView,
    CouldNotList,
)


async def report_list(
    session: AsyncSession, person: SignedIn, *, closed: bool, page: int
) -> CouldNotList:
    """Nothing about what the person did."""
    row = CouldNotReport
    wanted = (
        may_see_report(person),
        row.case_id.is_(None) | ~took_part_in(person.staff_id, row.case_id, CALLS),
        row.state == ReportState.CLOSED if closed else row.state.in_(LIVE),
    )
    total = await session.scalar(select(func.count()).select_from(row).where(*wanted))
    order = (row.closed_ms.desc(),) if closed else (row.level_due_ms, row.id)
    rows = await session.scalars(
        select(row).where(*wanted).order_by(*order).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    )
    reports = [await _brief(session, person, one) for one in rows.all()]
    return CouldNotList(reports=reports, total=total or 0, page=page, page_size=PAGE_SIZE)


async def _brief(session: AsyncSession, person: SignedIn, row: CouldNotReport) -> CouldNotBrief:
    if row.case_id is None:
        about = await matter_of_place(session, row.home_organisation_id)
    else:
        about = (await matters(session, [row.case_id]))[row.case_id]
    owners = await names(session, [row.owner_staff_id])
    return CouldNotBrief(
        id=row.id,
        number=row.number,
        reporter=Reporter(row.reporter),
        about=about,
        state=ReportState(row.state),
        level=ReportLevel(row.level),
        owner_name=owners.get(row.owner_staff_id or ""),
        mine=row.owner_staff_id == person.staff_id,
        due_ms=row.due_ms,
        level_due_ms=row.level_due_ms,
        created_ms=row.created_ms,
    )


async def report_detail(
    session: AsyncSession, protected: ProtectedFields, person: SignedIn, row: CouldNotReport
) -> CouldNotDetail:
    """Who opened it is told to who works on it, and to nobody else."""
    events = (
        await session.scalars(
            select(CouldNotEvent)
            .where(CouldNotEvent.report_id == row.id)
            .order_by(CouldNotEvent.at_ms, CouldNotEvent.id)
        )
    ).all()
    known = await names(
        session,
        [row.opened_by_staff_id]
        + [one.actor_staff_id for one in events]
        + [one.owner_staff_id for one in events],
    )
    works = may_work(person)
    cases = [] if row.case_id is None else await case_views(session, protected, [row.case_id])
    return CouldNotDetail(
        report=await _brief(session, person, row),
        text=row.text,
        opened_by_name=known.get(row.opened_by_staff_id or "") if works else None,
        case=cases[0] if cases else None,
        call_id=row.call_id,
        contacts=list(await contacts(session, ResidentContact.report_id == row.id)),
        events=[_event(one, known, opener=works) for one in events],
        answer=row.answer,
        may_work=works and row.state != ReportState.CLOSED,
    )


def _event(row: CouldNotEvent, known: dict[str, str], *, opener: bool) -> CouldNotEventView:
    hidden = row.kind == "opened" and not opener
    return CouldNotEventView(
        kind=row.kind,
        actor_name=None if hidden else known.get(row.actor_staff_id or ""),
        owner_name=known.get(row.owner_staff_id or ""),
        level=ReportLevel(row.level),
        at_ms=row.at_ms,
    )
