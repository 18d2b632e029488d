"""What a weekly report or a monthly bulletin says, in one language, ready to be laid out.

Plain text and numbers only: the process that lays it out (casework/reports/bulletin_worker.py) knows
no figures and no database.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from casework.counties import county_organisation
from casework.county_time import county_moment
from casework.errors import Invalid
from casework.journal.acts import Act, add_entry
from casework.reports.figures import FIGURES, Figure, Words
from casework.reports.periods import Period, bulletin_period
from casework.reports.report import Report, Row, make_report, parse_day
from casework.reports.scope import Asked, Narrowed, narrow
from casework.reports.sources import Source
from casework.sign_in import SignedIn
from casework.tables import Organisation
from casework.vocabulary import (
    BulletinFormat,
    BulletinKind,
    FigureKey,
    FigureUnit,
    OrganisationKind,
    ReportBy,
)

NOTHING = "—"
MOST_ROWS = 30
"""Of a table in the PDF; the XLSX has all."""
TABLE_FIGURES = (
    FigureKey.OPENED,
    FigureKey.ACCEPTED,
    FigureKey.FINISHED,
    FigureKey.ONE_CALL,
    FigureKey.TRIPS,
    FigureKey.CALLS,
    FigureKey.MEAN_WAIT,
    FigureKey.GOOD_RATINGS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinAsked:
    kind: BulletinKind
    day: str
    format: BulletinFormat
    language: str
    town_id: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    value: float | None
    text: str
    unit: FigureUnit


@dataclass(frozen=True, slots=True)
class FigureLine:
    name: str
    now: Cell
    before: Cell
    definition: str


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    heading: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]
    charted: int
    """Which column the chart above the table draws; the table stands behind it."""


@dataclass(frozen=True, slots=True)
class Bulletin:
    language: str
    title: str
    unit: str
    unit_id: str
    facts: Sequence[tuple[str, str]]
    """Period, the one before, who made it and when, what is assumed."""
    headings: Sequence[str]
    """Of the figures: name, this period, the one before, how it is counted."""
    figures: Sequence[FigureLine]
    tables: Sequence[Table]
    definitions: str
    """The heading over the definitions."""
    more: str
    """Says that a table goes on in the XLSX."""
    most_rows: int
    file_name: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


async def make_bulletin(
    session: AsyncSession, sources: Sequence[Source], person: SignedIn, asked: BulletinAsked
) -> Bulletin:
    """Counts what it says. Reads only: it may take seconds, and SQLite has one writer.

    :raises Invalid: there is no such day, or nothing to count in its period.
    :raises NotFound: no such town, or not for this person.
    """
    period = bulletin_period(asked.kind, parse_day(asked.day))
    narrowed = await narrow(session, person, Asked(town_id=asked.town_id))
    by = {
        one: await make_report(session, sources, narrowed, period, one)
        for one in (ReportBy.TOWN, ReportBy.WINDOW, ReportBy.AGENT, ReportBy.ITEM)
    }
    whole = by[ReportBy.TOWN]
    if all(value is None for value in whole.totals.values()):
        raise Invalid("reports.not_begun")
    unit = await _unit(session, person, narrowed, asked.town_id)
    return _told(asked, period, person, unit, by)


async def _unit(
    session: AsyncSession, person: SignedIn, narrowed: Narrowed, town_id: str | None
) -> Organisation:
    """Whose figures they are."""
    if town_id is not None:
        return await session.get_one(Organisation, town_id)
    if narrowed.organisation_ids is None:
        return await county_organisation(session, person.county_id)
    return await session.get_one(Organisation, person.organisation_id)


async def note_bulletin(
    session: AsyncSession, person: SignedIn, asked: BulletinAsked, unit_id: str
) -> None:
    """The entry of the journal, before the file is sent.

    :param unit_id: whose figures they are.
    """
    unit = await session.get_one(Organisation, unit_id)
    period = bulletin_period(asked.kind, parse_day(asked.day))
    above = (
        await county_organisation(session, person.county_id)
        if unit.kind != OrganisationKind.COUNTY
        else unit
    )
    await add_entry(
        session,
        Act(
            what="reports.bulletin_made",
            county_id=person.county_id,
            home_organisation_id=unit.id,
            county_organisation_id=above.id,
            actor_staff_id=person.staff_id,
            evidence={
                "kind": asked.kind.value,
                "format": asked.format.value,
                "from_ms": period.from_ms,
                "to_ms": period.to_ms,
            },
        ),
    )
    await session.flush()


# --- words ----------------------------------------------------------------------------------

_TITLES = {
    BulletinKind.WEEKLY: Words("视频办周报", "Weekly report on video windows"),
    BulletinKind.MONTHLY: Words("视频办月通报", "Monthly bulletin on video windows"),
}
_TABLES = (
    (ReportBy.TOWN, Words("分镇", "By town"), Words("镇", "Town")),
    (ReportBy.WINDOW, Words("分窗口", "By window"), Words("窗口", "Window")),
    (ReportBy.AGENT, Words("分坐席", "By agent"), Words("坐席", "Agent")),
    (ReportBy.ITEM, Words("分事项", "By item"), Words("事项", "Item")),
)
_PERIOD = Words("统计时段", "Period")
_BEFORE = Words("对比时段", "Compared with")
_UNIT = Words("单位", "Unit")
_MADE_BY = Words("制表人", "Made by")
_MADE_AT = Words("制表时间", "Made at")
_ASSUMED = Words("路程估计", "Assumed travel time")
_WAY = Words("到县城单程 {minutes} 分钟", "{minutes} minutes one way to the county's hall")
_RUNNING = Words("本期尚未结束，数据截至制表时间", "The period is not over: figures up to then")
_HEADINGS = (
    Words("指标", "Figure"),
    Words("本期", "This period"),
    Words("上期", "Period before"),
    Words("统计口径", "How it is counted"),
)
_MORE = Words(
    "仅列前 {most} 项，其余见 XLSX 通报。", "The first {most} only; the XLSX bulletin has all."
)


def _told(
    asked: BulletinAsked,
    period: Period,
    person: SignedIn,
    unit: Organisation,
    by: dict[ReportBy, Report],
) -> Bulletin:
    language = asked.language
    whole = by[ReportBy.TOWN]
    english = language == "en"
    unit_name = unit.name_en if english else unit.name
    title = _TITLES[asked.kind].said(language)
    return Bulletin(
        language=language,
        title=title,
        unit=unit_name,
        unit_id=unit.id,
        facts=_facts(whole, period, person.name, unit_name, language),
        headings=[words.said(language) for words in _HEADINGS],
        figures=[
            FigureLine(
                figure.name.said(language),
                _cell(figure, whole.totals[figure.key], language),
                _cell(figure, whole.before[figure.key], language),
                figure.definition.said(language),
            )
            for figure in FIGURES
        ],
        tables=[
            Table(
                name.said(language),
                heading.said(language),
                [figure.name.said(language) for figure in _shown()],
                [_row(row, language) for row in by[which].rows],
                [figure.key for figure in _shown()].index(FigureKey.CALLS),
            )
            for which, name, heading in _TABLES
        ],
        definitions=_HEADINGS[3].said(language),
        more=_MORE.said(language).format(most=MOST_ROWS),
        most_rows=MOST_ROWS,
        file_name=f"{title}-{unit_name}-{period.first}-{period.last}.{asked.format}",
    )


def _facts(
    whole: Report, period: Period, made_by: str, unit: str, language: str
) -> list[tuple[str, str]]:
    made_at = county_moment(whole.counted_ms)
    before = period.before()
    facts = [
        (_UNIT, unit),
        (_PERIOD, f"{period.first} – {period.last}"),
        (_BEFORE, f"{before.first} – {before.last}"),
        (_MADE_BY, made_by),
        (_MADE_AT, f"{made_at:%Y-%m-%d %H:%M}"),
        (_ASSUMED, _WAY.said(language).format(minutes=whole.one_way_minutes)),
    ]
    if whole.counted_ms < period.to_ms:
        facts.append((Words("说明", "Note"), _RUNNING.said(language)))
    return [(words.said(language), text) for words, text in facts]


def _shown() -> list[Figure]:
    return [figure for figure in FIGURES if figure.key in TABLE_FIGURES]


def _row(row: Row, language: str) -> tuple[str, list[Cell]]:
    name = row.name_en if language == "en" else row.name
    return name, [_cell(figure, row.values[figure.key], language) for figure in _shown()]


def _cell(figure: Figure, value: float | None, language: str) -> Cell:
    return Cell(value, _text(value, figure.unit, language), figure.unit)


def _text(value: float | None, unit: FigureUnit, language: str) -> str:
    if value is None:
        return NOTHING
    english = language == "en"
    match unit:
        case FigureUnit.COUNT:
            return f"{value:,.0f}"
        case FigureUnit.SHARE:
            return f"{value:.1%}"
        case FigureUnit.MINUTES:
            return f"{value:,.1f} {'min' if english else '分钟'}"
        case FigureUnit.HOURS:
            return f"{value:,.0f} {'h' if english else '小时'}"
        case FigureUnit.OF_TEN:
            return f"{value:.2f}"
