"""Figures of a period, how each is counted, and bulletins."""

from typing import Annotated

from pydantic import Field

from casework.vocabulary import (
    BulletinFormat,
    BulletinKind,
    FigureGroup,
    FigureKey,
    FigureUnit,
    ReportBy,
)
from signaling.wire.base import Id, Language, ShortText, Wire

Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
"""Of the county's calendar: ``2026-11-28``."""
FigureValues = dict[FigureKey, float | None]
"""``null`` where there is nothing to count from: shown as a dash, not as nought."""
Minutes = Annotated[int, Field(ge=1, le=600)]


class ReportAsked(Wire):
    from_day: Day
    to_day: Day
    """The last day, included."""
    by: ReportBy
    town_id: Id | None = None
    window_id: Id | None = None
    item_code: ShortText | None = None
    agent_staff_id: Id | None = None


class ReportRow(Wire):
    key: str
    """An id, an item's code, the hour of the day, or the day."""
    name: str
    name_en: str
    values: FigureValues


class ReportView(Wire):
    from_day: Day
    to_day: Day
    before_from_day: Day
    before_to_day: Day
    totals: FigureValues
    before: FigureValues
    rows: list[ReportRow]
    one_way_minutes: int
    counted_ms: int


class FigureView(Wire):
    key: FigureKey
    group: FigureGroup
    unit: FigureUnit
    name: str
    name_en: str
    definition: str
    definition_en: str


class ReportPlace(Wire):
    id: str
    """Of an item its code."""
    name: str
    name_en: str
    town_id: Id | None
    """Of a window, when it belongs to a town or to one of its villages."""


class ReportGuide(Wire):
    figures: list[FigureView]
    today: Day
    first_day: Day | None
    """Of the first thing there is to count; ``null``: nothing yet."""
    whole_county: bool
    towns: list[ReportPlace]
    windows: list[ReportPlace]
    items: list[ReportPlace]
    agents: list[ReportPlace]
    one_way_minutes: int
    may_set_travel_time: bool


class TravelTimeSet(Wire):
    one_way_minutes: Minutes


class BulletinAsked(Wire):
    kind: BulletinKind
    day: Day
    """Any day of the week or month."""
    format: BulletinFormat
    language: Language
    town_id: Id | None = None
