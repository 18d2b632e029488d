"""Reports as the pages see them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.county_time import county_moment
from casework.database import read_clock
from casework.policy import COUNTY_LINE
from casework.reports.figures import FIGURES, Values
from casework.reports.reading import known_span
from casework.reports.report import Report
from casework.reports.scope import in_scope
from casework.reports.travel import one_way_minutes
from casework.sign_in import SignedIn
from casework.tables import Organisation, ServiceItem, StaffMember, StaffRole, Window
from casework.vocabulary import FigureKey, OrganisationKind, Role
from signaling.report_sources import REPORT_SOURCES
from signaling.wire.reports import FigureView, ReportGuide, ReportPlace, ReportRow, ReportView

DECIMALS = 4


def report_view(report: Report) -> ReportView:
    before = report.period.before()
    return ReportView(
        from_day=report.period.first.isoformat(),
        to_day=report.period.last.isoformat(),
        before_from_day=before.first.isoformat(),
        before_to_day=before.last.isoformat(),
        totals=_rounded(report.totals),
        before=_rounded(report.before),
        rows=[
            ReportRow(key=row.key, name=row.name, name_en=row.name_en, values=_rounded(row.values))
            for row in report.rows
        ],
        one_way_minutes=report.one_way_minutes,
        counted_ms=report.counted_ms,
    )


def _rounded(values: Values) -> Mapping[FigureKey, float | None]:
    return {key: None if value is None else round(value, DECIMALS) for key, value in values.items()}


async def report_guide(session: AsyncSession, person: SignedIn) -> ReportGuide:
    """What may be asked for, and how each figure is counted."""
    known = await known_span(session, REPORT_SOURCES, person.county_id)
    units = list(
        await session.scalars(
            select(Organisation)
            .where(in_scope(person), Organisation.active)
            .order_by(Organisation.code)
        )
    )
    return ReportGuide(
        figures=_figures(),
        today=county_moment(await read_clock(session)).date().isoformat(),
        first_day=None if known is None else county_moment(known.begun_ms).date().isoformat(),
        whole_county=any(unit.kind == OrganisationKind.COUNTY for unit in units),
        towns=[
            ReportPlace(id=unit.id, name=unit.name, name_en=unit.name_en, town_id=None)
            for unit in units
            if unit.kind == OrganisationKind.TOWN
        ],
        windows=await _windows(session, units),
        items=await _items(session, person.county_id),
        agents=await _agents(session, person.county_id),
        one_way_minutes=await one_way_minutes(session, person.county_id),
        may_set_travel_time=bool(person.roles & COUNTY_LINE),
    )


def _figures() -> list[FigureView]:
    return [
        FigureView(
            key=figure.key,
            group=figure.group,
            unit=figure.unit,
            name=figure.name.zh,
            name_en=figure.name.en,
            definition=figure.definition.zh,
            definition_en=figure.definition.en,
        )
        for figure in FIGURES
    ]


async def _windows(session: AsyncSession, units: Sequence[Organisation]) -> list[ReportPlace]:
    town_of = {
        unit.id: unit.id if unit.kind == OrganisationKind.TOWN else unit.parent_id
        for unit in units
        if unit.kind in (OrganisationKind.TOWN, OrganisationKind.VILLAGE)
    }
    rows = await session.scalars(
        select(Window)
        .where(Window.organisation_id.in_([unit.id for unit in units]))
        .order_by(Window.code)
    )
    return [
        ReportPlace(
            id=row.id, name=row.name, name_en=row.name_en, town_id=town_of.get(row.organisation_id)
        )
        for row in rows
    ]


async def _items(session: AsyncSession, county_id: str) -> list[ReportPlace]:
    rows = await session.execute(
        select(ServiceItem.code, ServiceItem.name, ServiceItem.name_en)
        .where(ServiceItem.county_id == county_id, ServiceItem.current)
        .order_by(ServiceItem.code)
    )
    return [
        ReportPlace(id=row.code, name=row.name, name_en=row.name_en, town_id=None) for row in rows
    ]


async def _agents(session: AsyncSession, county_id: str) -> list[ReportPlace]:
    rows = await session.execute(
        select(StaffMember.id, StaffMember.name, StaffMember.name_en)
        .where(
            StaffMember.county_id == county_id,
            StaffMember.id.in_(select(StaffRole.staff_id).where(StaffRole.role == Role.AGENT)),
        )
        .order_by(StaffMember.username)
    )
    return [
        ReportPlace(id=row.id, name=row.name, name_en=row.name_en, town_id=None) for row in rows
    ]
