"""The course of cases over HTTP: lists, one case with its history and the steps allowed now.

Paths are below ``/api/SURFACE`` (window, console or supervision); each surface sees its own.
"""

from typing import Annotated

from pydantic import Field

from casework.course.working_days import YearKnowledge
from casework.vocabulary import (
    AppealState,
    CaseMode,
    CaseMove,
    CaseParty,
    CaseState,
    DayKind,
    HandOverState,
    Outcome,
    RefusalState,
    ResultWay,
)
from signaling.wire.api import ConsentGiven
from signaling.wire.base import Id, LongText, ShortText, Wire

Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class CourseBrief(Wire):
    """A case in a list."""

    id: Id
    number: str | None
    state: CaseState
    mode: CaseMode
    item_name: str
    item_name_en: str
    subject_name: str
    window_name: str
    window_name_en: str
    home_organisation_name: str
    home_organisation_name_en: str
    deciding_organisation_name: str
    deciding_organisation_name_en: str
    owner_name: str | None
    owner_name_en: str | None
    due_ms: int | None
    """The end of the last promised working day; ``None`` while no clock runs."""
    materials_due_ms: int | None
    overdue: bool
    created_ms: int
    changed_ms: int


class CourseFilter(Wire):
    text: ShortText | None = None
    """Case number or a part of it, item name or code, the subject's or the owner's name."""
    state: CaseState | None = None
    open: bool | None = None
    """Only those that are not over."""
    overdue: bool | None = None
    item_id: Id | None = None
    window_id: Id | None = None
    organisation_id: Id | None = None
    """A town with its villages, or one village."""
    owner_staff_id: Id | None = None
    page: Annotated[int, Field(ge=1, le=10_000)] = 1


class CourseList(Wire):
    cases: list[CourseBrief]
    total: int
    page: int
    page_size: int
    overdue: int
    """How many of all that meet the filters are overdue."""


class StepView(Wire):
    """One step from the case's state, as it stands for who asks."""

    move: CaseMove
    target: CaseState
    who: list[CaseParty]
    allowed: bool
    code: str
    """Why not; empty when it is allowed."""
    text: str


class CourseEvent(Wire):
    kind: str
    outcome: Outcome | None
    source: CaseState | None
    target: CaseState | None
    text: str
    actor_name: str | None
    """``None``: the system by itself."""
    actor_name_en: str | None
    at_ms: int


class RefusalView(Wire):
    id: Id
    state: RefusalState
    reason: str
    legal_basis: str
    proposed_by_name: str
    proposed_by_name_en: str
    proposed_ms: int
    decided_by_name: str | None
    decided_by_name_en: str | None
    decided_ms: int | None
    answer: str


class AppealView(Wire):
    id: Id
    state: AppealState
    text: str
    opened_by_name: str
    opened_by_name_en: str
    opened_ms: int
    due_ms: int
    decided_by_name: str | None
    decided_by_name_en: str | None
    decided_ms: int | None
    answer: str


class HandOverView(Wire):
    id: Id
    state: HandOverState
    from_name: str
    from_name_en: str
    to_name: str
    to_name_en: str
    reason: str
    answer: str
    offered_ms: int
    answered_ms: int | None
    mine: bool
    """Whoever asks may answer it (``offered``), or take it back when it is their own."""


class ResultView(Wire):
    text: str
    way: ResultWay | None
    carrier: str
    consignment_number: str
    finished_ms: int
    handed_ms: int | None


class CaseCourse(Wire):
    case: CourseBrief
    days_left: int | None
    """Working days that a suspended case has left."""
    promised_days: int | None
    """Of the item; ``None``: done at once."""
    calendar: YearKnowledge
    """How well the days of the year in which the case is due are known."""
    steps: list[StepView]
    events: list[CourseEvent]
    refusals: list[RefusalView]
    appeals: list[AppealView]
    hand_overs: list[HandOverView]
    result: ResultView | None
    owned: bool
    """By who asks."""


class StepTaken(Wire):
    move: CaseMove
    text: LongText = ""
    """The reason, the answer or the result, where the step needs words."""
    legal_basis: LongText = ""
    missing_material_ids: list[Id] = Field(default_factory=list, max_length=50)
    way: ResultWay | None = None
    carrier: ShortText = ""
    consignment_number: Annotated[str, Field(max_length=80)] = ""


class HandOverOffered(Wire):
    to_staff_id: Id
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class HandOverAnswer(Wire):
    accept: bool
    answer: Annotated[str, Field(max_length=1000)] = ""


class OfferedCase(Wire):
    hand_over: HandOverView
    case: CourseBrief


class OfferedCases(Wire):
    offers: list[OfferedCase]


class RefusalNotice(Wire):
    """What the resident is given in writing: reason, legal basis, and the way to appeal."""

    case_number: str
    county_name: str
    county_name_en: str
    subject_name: str
    item_name: str
    item_name_en: str
    window_name: str
    window_name_en: str
    deciding_organisation_name: str
    deciding_organisation_name_en: str
    reason: str
    legal_basis: str
    decided_ms: int
    appeal_until_ms: int
    appeal_days: int


class WaitingRefusal(Wire):
    case: CourseBrief
    refusal: RefusalView


class WaitingRefusals(Wire):
    refusals: list[WaitingRefusal]


class WaitingAppeal(Wire):
    case: CourseBrief
    appeal: AppealView
    refusal: RefusalView


class WaitingAppeals(Wire):
    appeals: list[WaitingAppeal]


class MatterAdded(Wire):
    """Another matter of the same resident, in the call; with a consent of its own."""

    item_id: Id
    mode: CaseMode = CaseMode.ASSISTED
    consent: ConsentGiven


class OpenTowns(Wire):
    """Of which towns' residents an item can be begun at this window."""

    everywhere: bool
    town_ids: list[Id]


class CalendarDayView(Wire):
    day: Day
    kind: DayKind
    name: str


class CalendarYearView(Wire):
    year: int
    known: YearKnowledge
    imported_ms: int | None
    """``None``: what the product brings along."""
    days: list[CalendarDayView]


class CalendarView(Wire):
    years: list[CalendarYearView]
    wanting: list[int]
    """Years that deadlines reach into and whose calendar is not arranged."""


class CalendarImported(Wire):
    years: list[int]
    days: int
    moved: int
    """Cases whose deadline is another one by the new calendar."""
