"""The checklist of a case as it is shown, on sockets and over HTTP alike."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from casework.materials.giving import earlier_materials, open_details
from casework.materials.lines import Line, checklist
from casework.materials.notices import latest_notice
from casework.protected import ProtectedFields
from casework.tables import Case, CaseMaterial, CasePage, MaterialNotice, StaffMember
from casework.vocabulary import MaterialSource, MaterialState, PageFault, SendBackReason
from signaling.case_views import material_view
from signaling.wire.materials import (
    EarlierView,
    GivenView,
    LineView,
    MaterialsView,
    NoticeLineView,
    NoticeView,
)


async def materials_view(
    session: AsyncSession, protected: ProtectedFields, case: Case
) -> MaterialsView:
    """Who may see the case is asked before."""
    lines = await checklist(session, case)
    notice = await latest_notice(session, case.id)
    return MaterialsView(
        case_id=case.id,
        lines=[await _line_view(session, protected, line) for line in lines],
        notice=None if notice is None else await _notice_view(session, notice),
    )


async def _line_view(session: AsyncSession, protected: ProtectedFields, line: Line) -> LineView:
    return LineView(
        material=material_view(line.material),
        state=line.state,
        given=[await _given_view(session, protected, row) for row in line.given],
    )


async def _given_view(
    session: AsyncSession, protected: ProtectedFields, row: CaseMaterial
) -> GivenView:
    shown, number = row, None
    if row.earlier_id is not None:
        shown = await session.get_one(CaseMaterial, row.earlier_id)
        number = (await session.get_one(Case, shown.case_id)).number
    page = None if shown.page_id is None else await session.get_one(CasePage, shown.page_id)
    details = open_details(protected, shown)
    return GivenView(
        id=row.id,
        source=MaterialSource(row.source),
        state=MaterialState(row.state),
        page_id=shown.page_id,
        sheets=page.sheets if page else 0,
        faults=[PageFault(fault) for fault in page.faults] if page else [],
        licence_name=details.get("name", ""),
        licence_number=details.get("number", ""),
        earlier_case_number=number,
        due_ms=row.due_ms,
        pick_up_code=details.get("pick_up_code", ""),
        consignment_number=details.get("consignment_number", ""),
        reason=SendBackReason(row.reason) if row.reason else None,
        reason_text=row.reason_text,
        created_ms=row.created_ms,
    )


async def _notice_view(session: AsyncSession, notice: MaterialNotice) -> NoticeView:
    issuer = await session.get_one(StaffMember, notice.issued_by_staff_id)
    return NoticeView(
        id=notice.id,
        issued_by_name=issuer.name,
        issued_by_name_en=issuer.name_en,
        sha256=notice.sha256,
        lines=[NoticeLineView(**line) for line in notice.lines],
        created_ms=notice.created_ms,
    )


async def earlier_views(
    session: AsyncSession, case: Case, material_id: str, limit: int
) -> Sequence[EarlierView]:
    rows = await session.execute(earlier_materials(case, material_id).limit(limit))
    return [
        EarlierView(
            id=row.id,
            case_number=theirs.number,
            source=MaterialSource(row.source),
            judged_ms=row.judged_ms,
        )
        for row, theirs in rows
    ]
