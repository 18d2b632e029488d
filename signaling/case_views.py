"""Cases, items and pages as they are shown, on sockets and over HTTP alike."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework import id_number, phone
from casework.consents import latest_consent
from casework.protected import Field, ProtectedFields
from casework.tables import (
    Case,
    CaseEvent,
    CasePage,
    ItemMaterial,
    MandatePage,
    Organisation,
    ServiceItem,
    Subject,
    Window,
)
from casework.vocabulary import (
    CallState,
    CaseMode,
    CaseState,
    ConsentPolicy,
    Level,
    MandatePageKind,
    MaterialRequirement,
    Outcome,
    PageFault,
    PageKind,
    PageState,
    Relation,
)
from signaling.tables import Call, CallCase
from signaling.wire.views import CaseView, ItemView, MandatePaper, MaterialView, PageView


async def case_views(
    session: AsyncSession,
    protected: ProtectedFields,
    case_ids: Collection[str],
    *,
    checked: Collection[str] = (),
) -> list[CaseView]:
    """In the order of ``case_ids``; ids without a row are left out. Who may see is asked before.

    :param checked: ids of the materials that the agent has ticked off in this call.
    """
    rows = await session.execute(
        select(Case, Subject, Window, Organisation)
        .join(Subject, Subject.id == Case.subject_id)
        .join(Window, Window.id == Case.window_id)
        .join(Organisation, Organisation.id == Case.deciding_organisation_id)
        .where(Case.id.in_(case_ids))
        .execution_options(populate_existing=True)
    )
    found = rows.all()
    items = await item_views(session, {row.Case.item_id for row in found}, checked=checked)
    views = {}
    for case, subject, window, deciding in found:
        views[case.id] = CaseView(
            id=case.id,
            number=case.number,
            state=CaseState(case.state),
            mode=CaseMode(case.mode),
            item=items[case.item_id],
            window_name=window.name,
            window_name_en=window.name_en,
            subject_name=subject.name,
            **_masked(protected, subject),
            registered_organisation_name=await _name(session, subject.registered_organisation_id),
            elderly=subject.elderly,
            disabled=subject.disabled,
            present_name=case.present_name,
            present_relation=Relation(case.present_relation),
            deciding_organisation_name=deciding.name,
            deciding_organisation_name_en=deciding.name_en,
            consent=await _consent(session, case.id),
            outcome=await _outcome(session, case.id),
            called=await _called(session, case.id),
            pages=await page_views(session, case.id),
            created_ms=case.created_ms,
        )
    return [views[case_id] for case_id in case_ids if case_id in views]


def _masked(protected: ProtectedFields, subject: Subject) -> dict[str, str]:
    number = protected.open(subject.id_number_sealed, Field.ID_NUMBER, subject.id)
    digits = protected.open(subject.phone_sealed, Field.PHONE, subject.id)
    return {"subject_id_number": id_number.mask(number), "subject_phone": phone.mask(digits)}


async def _name(session: AsyncSession, organisation_id: str | None) -> str | None:
    if organisation_id is None:
        return None
    return (await session.get_one(Organisation, organisation_id)).name


async def _consent(session: AsyncSession, case_id: str) -> str | None:
    latest = await latest_consent(session, case_id)
    return None if latest is None else latest.answer


async def _outcome(session: AsyncSession, case_id: str) -> Outcome | None:
    given = (
        (CaseEvent.call_id == CallCase.call_id)
        & (CaseEvent.case_id == CallCase.case_id)
        & CaseEvent.outcome.is_not(None)
    )
    latest = await session.scalar(
        select(CaseEvent.outcome)
        .select_from(CallCase)
        .join(Call, Call.id == CallCase.call_id)
        .outerjoin(CaseEvent, given)
        .where(CallCase.case_id == case_id)
        .order_by(Call.started_ms.desc())
        .limit(1)
    )
    return None if latest is None else Outcome(latest)


async def _called(session: AsyncSession, case_id: str) -> bool:
    ended = select(Call.id).join(CallCase, CallCase.call_id == Call.id)
    ended = ended.where(CallCase.case_id == case_id, Call.state == CallState.ENDED)
    return await session.scalar(ended.limit(1)) is not None


async def item_views(
    session: AsyncSession, item_ids: Collection[str], *, checked: Collection[str] = ()
) -> dict[str, ItemView]:
    """By id."""
    rows = await session.execute(
        select(ServiceItem, Organisation)
        .join(Organisation, Organisation.id == ServiceItem.department_id)
        .where(ServiceItem.id.in_(item_ids))
    )
    materials = await session.scalars(
        select(ItemMaterial)
        .where(ItemMaterial.item_id.in_(item_ids))
        .order_by(ItemMaterial.item_id, ItemMaterial.position)
    )
    of_item = {
        item_id: list(group) for item_id, group in groupby(materials, lambda row: row.item_id)
    }
    return {
        item.id: _item_view(item, department, of_item.get(item.id, ()), checked)
        for item, department in rows
    }


def _item_view(
    item: ServiceItem,
    department: Organisation,
    materials: Iterable[ItemMaterial],
    checked: Collection[str],
) -> ItemView:
    return ItemView(
        id=item.id,
        code=item.code,
        version=item.version,
        name=item.name,
        name_en=item.name_en,
        department_name=department.name,
        department_name_en=department.name_en,
        video_level=Level(item.video_level) if item.video_level else None,
        modes=[CaseMode(mode) for mode in item.modes],
        immediate=item.immediate,
        time_limit_days=item.time_limit_days,
        joint=item.joint,
        delegated=item.delegated,
        cross_area=item.cross_area,
        recording_required=item.consent_policy == ConsentPolicy.NO_CALL,
        authority_source=item.authority_source,
        authority_document=item.authority_document,
        guide=item.guide,
        materials=[
            material_view(material, checked=material.id in checked) for material in materials
        ],
    )


def material_view(material: ItemMaterial, *, checked: bool = False) -> MaterialView:
    return MaterialView(
        id=material.id,
        position=material.position,
        name=material.name,
        name_en=material.name_en,
        requirement=MaterialRequirement(material.requirement),
        copies=material.copies,
        note=material.note,
        note_en=material.note_en,
        checked=checked,
    )


async def page_views(session: AsyncSession, case_id: str) -> list[PageView]:
    """In the order in which they were taken."""
    rows: Sequence[CasePage] = (
        await session.scalars(
            select(CasePage)
            .where(CasePage.case_id == case_id)
            .order_by(CasePage.id)
            .execution_options(populate_existing=True)
        )
    ).all()
    return await views_of_pages(session, rows)


async def views_of_pages(session: AsyncSession, pages: Sequence[CasePage]) -> list[PageView]:
    """In the order of ``pages``."""
    papers = await _mandate_papers(session, [page.id for page in pages])
    return [page_view(page, papers.get(page.id)) for page in pages]


async def _mandate_papers(
    session: AsyncSession, page_ids: Collection[str]
) -> dict[str, MandatePaper]:
    """By page; numbered within their mandate, kind by kind."""
    mandates = select(MandatePage.mandate_id).where(MandatePage.page_id.in_(page_ids))
    rows = await session.scalars(
        select(MandatePage)
        .where(MandatePage.mandate_id.in_(mandates))
        .order_by(MandatePage.mandate_id, MandatePage.position)
    )
    numbers: Counter[tuple[str, str]] = Counter()
    papers = {}
    for row in rows:
        numbers[row.mandate_id, row.kind] += 1
        number = numbers[row.mandate_id, row.kind]
        papers[row.page_id] = MandatePaper(kind=MandatePageKind(row.kind), number=number)
    return papers


def page_view(page: CasePage, paper: MandatePaper | None = None) -> PageView:
    return PageView(
        id=page.id,
        case_id=page.case_id,
        material_id=page.material_id,
        mandate_paper=paper,
        kind=PageKind(page.kind),
        state=PageState(page.state),
        replaces_page_id=page.replaces_page_id,
        width_px=page.width_px,
        height_px=page.height_px,
        sheets=page.sheets,
        uploaded=page.uploaded,
        faults=[PageFault(fault) for fault in page.faults],
        total_bytes=page.total_bytes,
        received_bytes=page.received_bytes,
        sha256=page.sha256,
        position_ms=page.position_ms,
        created_ms=page.created_ms,
    )
