"""Lists of cases with their deadlines, as consoles, windows and supervision show them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.course.overdue import is_overdue
from casework.course.transitions import ENDED
from casework.tables import (
    Case,
    Organisation,
    ServiceItem,
    StaffMember,
    Subject,
    Window,
)
from casework.vocabulary import CaseMode, CaseState
from signaling.wire.course import CourseBrief, CourseFilter, CourseList

PAGE_SIZE = 50
Home = aliased(Organisation, name="home")
Deciding = aliased(Organisation, name="deciding")
Owner = aliased(StaffMember, name="owner")
Conditions = Sequence[ColumnElement[bool]]


def _query() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Case, ServiceItem, Subject, Window, Home, Deciding, Owner, is_overdue().label("late")
        )
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Subject, Subject.id == Case.subject_id)
        .join(Window, Window.id == Case.window_id)
        .join(Home, Home.id == Case.home_organisation_id)
        .join(Deciding, Deciding.id == Case.deciding_organisation_id)
        .outerjoin(Owner, Owner.id == Case.owner_staff_id)
        .execution_options(populate_existing=True)
    )


async def course_list(
    session: AsyncSession, conditions: Conditions, *, page: int = 1, page_size: int = PAGE_SIZE
) -> CourseList:
    """Cases that meet the conditions (policy among them): what is due first comes first."""
    query = _query().where(*conditions)
    counted = query.with_only_columns(Case.id).subquery()
    late = query.where(is_overdue()).with_only_columns(Case.id).subquery()
    rows = await session.execute(
        query.order_by(Case.due_ms.is_(None), Case.due_ms, Case.changed_ms.desc(), Case.id)
        .limit(page_size)
        .offset((page - 1) * page_size)
    )
    return CourseList(
        cases=[_brief(row) for row in rows],
        total=(await session.scalar(select(func.count()).select_from(counted))) or 0,
        page=page,
        page_size=page_size,
        overdue=(await session.scalar(select(func.count()).select_from(late))) or 0,
    )


async def course_briefs(session: AsyncSession, conditions: Conditions) -> dict[str, CourseBrief]:
    """All of them, by id."""
    rows = await session.execute(_query().where(*conditions))
    return {row.Case.id: _brief(row) for row in rows}


def _brief(row: Any) -> CourseBrief:  # noqa: ANN401 - a row of the query above
    case, owner = row.Case, row.owner
    return CourseBrief(
        id=case.id,
        number=case.number,
        state=CaseState(case.state),
        mode=CaseMode(case.mode),
        item_name=row.ServiceItem.name,
        item_name_en=row.ServiceItem.name_en,
        subject_name=row.Subject.name,
        window_name=row.Window.name,
        window_name_en=row.Window.name_en,
        home_organisation_name=row.home.name,
        home_organisation_name_en=row.home.name_en,
        deciding_organisation_name=row.deciding.name,
        deciding_organisation_name_en=row.deciding.name_en,
        owner_name=owner.name if owner else None,
        owner_name_en=owner.name_en if owner else None,
        due_ms=case.due_ms,
        materials_due_ms=case.materials_due_ms,
        overdue=bool(row.late) or case.state == CaseState.MATERIALS_OVERDUE,
        created_ms=case.created_ms,
        changed_ms=case.changed_ms,
    )


def conditions_of(wanted: CourseFilter) -> list[ColumnElement[bool]]:
    """The filters as they were asked for; policy comes on top."""
    found: list[ColumnElement[bool]] = []
    if wanted.text and wanted.text.strip():
        found.append(_text(wanted.text.strip()))
    if wanted.state is not None:
        found.append(Case.state == wanted.state)
    if wanted.open is not None:
        over = Case.state.in_(ENDED)
        found.append(not_(over) if wanted.open else over)
    if wanted.overdue is not None:
        found.append(is_late() if wanted.overdue else not_(is_late()))
    if wanted.organisation_id is not None:
        line = select(Organisation.id).where(
            or_(
                Organisation.id == wanted.organisation_id,
                Organisation.parent_id == wanted.organisation_id,
            )
        )
        found.append(Case.home_organisation_id.in_(line))
    for column, value in (
        (Case.item_id, wanted.item_id),
        (Case.window_id, wanted.window_id),
        (Case.owner_staff_id, wanted.owner_staff_id),
    ):
        if value is not None:
            found.append(column == value)
    return found


def is_late() -> ColumnElement[bool]:
    """Past the promised day, or past the day for papers to follow."""
    return or_(
        and_(Case.due_ms.is_not(None), is_overdue()),
        Case.state == CaseState.MATERIALS_OVERDUE,
    )


def _text(text: str) -> ColumnElement[bool]:
    """Names as they begin or contain it; a wildcard in the text stands for itself."""
    return or_(
        Case.number.contains(text, autoescape=True),
        ServiceItem.name.contains(text, autoescape=True),
        ServiceItem.name_en.icontains(text, autoescape=True),
        ServiceItem.code == text,
        Subject.name.contains(text, autoescape=True),
        exists().where(
            StaffMember.id == Case.owner_staff_id,
            StaffMember.name.contains(text, autoescape=True),
        ),
    )
