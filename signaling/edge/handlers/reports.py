"""Supervision's reports: figures of a period, how they are counted, the travel time assumed."""

from collections.abc import Sequence
from functools import partial
from urllib.parse import quote

from aiohttp import web

from casework.errors import Invalid
from casework.reports.bulletin import BulletinAsked as Bulletin
from casework.reports.bulletin import make_bulletin, note_bulletin
from casework.reports.bulletin_maker import lay_out
from casework.reports.periods import Period
from casework.reports.report import make_report, parse_day
from casework.reports.scope import Asked as Narrowing
from casework.reports.scope import narrow
from casework.reports.travel import set_travel_time
from casework.vocabulary import BulletinFormat, Surface
from signaling.edge.roles import COUNTY_SUPERVISORS, SUPERVISORS
from signaling.edge.route import Asked, Route
from signaling.report_sources import REPORT_SOURCES
from signaling.report_views import report_guide, report_view
from signaling.wire.api import Empty
from signaling.wire.reports import (
    BulletinAsked,
    ReportAsked,
    ReportGuide,
    ReportView,
    TravelTimeSet,
)

LONGEST_DAYS = 3_700
"""Ten years."""


async def show_guide(asked: Asked[None]) -> ReportGuide:
    """What may be asked for, and how each figure is counted, in both languages."""
    async with asked.context.database.reading() as session:
        return await report_guide(session, asked.person)


async def show_report(asked: Asked[ReportAsked]) -> ReportView:
    """The figures of a period, those of the period before, and a row for each town, window, item,
    agent, hour or day."""
    given = asked.given
    period = Period(parse_day(given.from_day), parse_day(given.to_day))
    if not 1 <= period.days <= LONGEST_DAYS:
        raise Invalid("reports.period", days=LONGEST_DAYS)
    narrowing = Narrowing(
        town_id=given.town_id,
        window_id=given.window_id,
        item_code=given.item_code,
        agent_staff_id=given.agent_staff_id,
    )
    async with asked.context.database.reading() as session:
        narrowed = await narrow(session, asked.person, narrowing)
        report = await make_report(session, REPORT_SOURCES, narrowed, period, given.by)
    return report_view(report)


async def keep_travel_time(asked: Asked[TravelTimeSet]) -> Empty:
    """The county's assumption of one way to its hall; it counts for every report from now on."""
    async with asked.context.database.transaction() as session:
        await set_travel_time(session, asked.person, asked.given.one_way_minutes)
    return Empty()


MEDIA_TYPES = {
    BulletinFormat.PDF: "application/pdf",
    BulletinFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


async def send_bulletin(asked: Asked[BulletinAsked]) -> web.StreamResponse:
    """A week's report or a month's bulletin, made now, as a file; the journal notes who made it."""
    wanted = Bulletin(**dict(asked.given))
    async with asked.context.database.reading() as session:
        bulletin = await make_bulletin(session, REPORT_SOURCES, asked.person, wanted)
    content = await lay_out(bulletin, wanted.format)
    async with asked.context.database.transaction() as session:
        await note_bulletin(session, asked.person, wanted, bulletin.unit_id)
    named = quote(bulletin.file_name, safe="")
    return web.Response(
        body=content,
        content_type=MEDIA_TYPES[wanted.format],
        headers={
            "Content-Disposition": f'attachment; filename="bulletin.{wanted.format}"; '
            f"filename*=UTF-8''{named}"
        },
    )


_route = partial(Route, surface=Surface.SUPERVISION, roles=SUPERVISORS)

ROUTES: Sequence[Route] = (
    _route(
        method="GET", path="/api/supervision/reports",
        handler=show_report, query=ReportAsked, answer=ReportView,
    ),
    _route(
        method="GET", path="/api/supervision/reports/guide", handler=show_guide, answer=ReportGuide
    ),
    _route(
        method="POST", path="/api/supervision/reports/travel-time", roles=COUNTY_SUPERVISORS,
        handler=keep_travel_time, request=TravelTimeSet, answer=Empty,
    ),
    _route(
        method="POST", path="/api/supervision/reports/bulletins",
        handler=send_bulletin, request=BulletinAsked, answer="application/octet-stream",
    ),
)  # fmt: skip
