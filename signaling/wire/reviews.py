"""Could-not reports, follow-ups, reviews by both lines, and their draw."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from casework.vocabulary import (
    AccountableLine,
    ContactChannel,
    DrawState,
    FollowUpState,
    RatingGrade,
    Reporter,
    ReportLevel,
    ReportState,
    ReviewReason,
    ReviewState,
    SheetLineKind,
    Verdict,
)
from signaling.wire.base import Id, LongText, Token, Wire
from signaling.wire.views import CaseView

Page = Annotated[int, Field(ge=1, le=10_000)]
Said = Annotated[str, Field(min_length=1, max_length=4000)]


class CouldNotOpened(Wire):
    text: Said


class CouldNotByResident(Wire):
    """From the resident's own screen; the token is the right to it, not a cookie."""

    token: Token
    text: Said


class CouldNotAtWindow(Wire):
    """From the resident's screen before a call, in the window's name; the report is the resident's."""

    text: Said
    case_id: Id | None = None


class CouldNotReceipt(Wire):
    """What the reporter is promised."""

    number: str
    due_ms: int


# --- the coordinators' desk -------------------------------------------------------------------


class ContactMade(Wire):
    """Somebody got in touch with the resident again, or tried to."""

    channel: ContactChannel
    reached: bool
    note: Said


class Closing(Wire):
    """What was found, or what the reporter was answered."""

    text: Said


class ContactView(Wire):
    channel: ContactChannel
    reached: bool
    note: str
    staff_name: str
    at_ms: int


class PhoneShown(Wire):
    """That it was shown is in the journal."""

    name: str
    phone: str


class MatterBrief(Wire):
    """What a row of a desk is about."""

    case_number: str | None
    item_name: str
    item_name_en: str
    organisation_name: str
    """Home organisation of the window."""
    organisation_name_en: str


class DeskFilter(Wire):
    closed: bool = False
    """Closed ones, the latest first; else what is open, the most urgent first."""
    page: Page = 1


class CouldNotBrief(Wire):
    id: Id
    number: str
    reporter: Reporter
    about: MatterBrief
    """Without an item when the report was made before there was a case."""
    state: ReportState
    level: ReportLevel
    owner_name: str | None
    mine: bool
    due_ms: int
    level_due_ms: int
    created_ms: int


class CouldNotList(Wire):
    reports: list[CouldNotBrief]
    total: int
    page: int
    page_size: int


class CouldNotEventView(Wire):
    kind: str
    actor_name: str | None
    """``None``: the resident, or the clock."""
    owner_name: str | None
    level: ReportLevel
    at_ms: int


class CouldNotDetail(Wire):
    report: CouldNotBrief
    text: str
    opened_by_name: str | None
    """For who works on it; ``None`` of a resident, and for who only looks on."""
    case: CaseView | None
    call_id: Id | None
    contacts: list[ContactView]
    events: list[CouldNotEventView]
    answer: str
    may_work: bool


# --- follow-ups -------------------------------------------------------------------------------


class FollowUpBrief(Wire):
    id: Id
    about: MatterBrief
    grade: RatingGrade
    state: FollowUpState
    contacts: int
    opened_ms: int
    due_ms: int
    closed_ms: int | None


class FollowUpList(Wire):
    follow_ups: list[FollowUpBrief]
    total: int
    page: int
    page_size: int


class FollowUpDetail(Wire):
    follow_up: FollowUpBrief
    case: CaseView
    call_id: Id
    contacts: list[ContactView]
    finding: str
    closed_by_name: str | None


# --- reviews ----------------------------------------------------------------------------------

LineKey = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]
Scores = Annotated[dict[str, bool | int], Field(max_length=40)]
"""A don't: kept or not; anything else: points."""


class SheetLineView(Wire):
    key: LineKey
    kind: SheetLineKind
    zh: Annotated[str, Field(min_length=1, max_length=200)]
    en: Annotated[str, Field(min_length=1, max_length=200)]
    points: Annotated[int, Field(ge=0, le=100)]
    """The most that can be given; 0 for a don't."""


class ReviewRulesView(Wire):
    version: int
    lines: list[SheetLineView]
    sample_permille: int
    due_days: int
    changed_by_name: str | None
    created_ms: int
    weights_tenths: dict[str, int]
    """Risk factor → what it adds to a case's chance, in tenths of the share."""


class ReviewRulesChanged(Wire):
    version: int
    """That was looked at."""
    lines: Annotated[list[SheetLineView], Field(min_length=1, max_length=40)]
    sample_permille: Annotated[int, Field(ge=0, le=1000)]
    due_days: Annotated[int, Field(ge=1, le=60)]


class ReviewQueue(StrEnum):
    MINE = "mine"
    """To be judged by the person who asks."""
    OPEN = "open"
    """All that wait for a verdict, in the person's line."""
    DISAGREED = "disagreed"
    CLOSED = "closed"


class ReviewFilter(Wire):
    queue: ReviewQueue = ReviewQueue.MINE
    page: Page = 1


class ReviewBrief(Wire):
    id: Id
    about: MatterBrief
    reasons: list[ReviewReason]
    state: ReviewState
    line: AccountableLine | None
    """For which the person judges, or has judged."""
    given: bool
    """The person's own verdict has been given."""
    unassigned: list[AccountableLine]
    """Lines that have nobody who took no part."""
    opened_ms: int
    due_ms: int


class ReviewList(Wire):
    reviews: list[ReviewBrief]
    total: int
    page: int
    page_size: int


class VerdictView(Wire):
    line: AccountableLine
    reviewer_name: str
    scores: Scores
    verdict: Verdict | None
    comment: str
    points: int | None
    submitted_ms: int | None


class ReviewDetail(Wire):
    """While a verdict is missing, nothing of the other line's is in it."""

    review: ReviewBrief
    case: CaseView
    call_id: Id | None
    helper_name: str
    helper_name_en: str
    lines: list[SheetLineView]
    own: VerdictView | None
    """A draft until it is given."""
    verdicts: list[VerdictView]
    """Both, once both are in; else none."""
    differences: list[str]
    """``verdict``, or keys of the sheet's lines."""
    decision: Verdict | None
    decision_reason: str
    decided_by_name: str | None
    may_decide: bool


class VerdictDraft(Wire):
    scores: Scores
    verdict: Verdict | None = None
    comment: LongText = ""


class VerdictGiven(Wire):
    scores: Scores
    verdict: Verdict
    comment: LongText = ""


class SteppedBack(Wire):
    reason: Annotated[str, Field(min_length=2, max_length=400)]


class Decided(Wire):
    decision: Verdict
    reason: Said


class Span(Wire):
    from_ms: Annotated[int, Field(ge=0)]
    to_ms: Annotated[int, Field(ge=0)]


class AgreementRow(Wire):
    id: Id
    name: str
    name_en: str
    compared: int
    agreed: int
    waiting: int
    resolved: int
    flawed: int


class AgreementReport(Wire):
    units: list[AgreementRow]
    helpers: list[AgreementRow]


# --- draws ------------------------------------------------------------------------------------

Hex256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Committed(Wire):
    commitment: Hex256


class Revealed(Wire):
    secret: Hex256


class DrawPart(Wire):
    commitment: Hex256
    committed_by_name: str
    committed_ms: int
    revealed_ms: int | None
    secret: Hex256 | None
    """Only once the draw is done: who shows it last must not know the other's."""


class DrawView(Wire):
    id: Id
    organisation_name: str
    organisation_name_en: str
    state: DrawState
    starts_ms: int
    ends_ms: int
    reveal_until_ms: int
    county: DrawPart | None
    home: DrawPart | None
    line: AccountableLine | None
    """For which the person may commit and reveal."""
    tree_size: int | None
    tree_root: Hex256 | None
    sample_permille: int | None
    population_sha256: Hex256 | None
    cases: int | None
    drawn: int | None
    missing: list[str]
    drawn_ms: int | None


class DrawFilter(Wire):
    page: Page = 1


class DrawList(Wire):
    draws: list[DrawView]
    total: int
    page: int
    page_size: int


class DrawLot(Wire):
    case_id: Id
    case_number: str | None
    chance_permille: int
    factors: list[str]
    drawn: bool | None


class DrawDetail(Wire):
    """``lots`` are shown when the draw is done; ``shipinban review verify-draw`` reads this."""

    draw: DrawView
    lots: list[DrawLot]
    faults: list[str]
    """What this server found when it drew again: nothing, if all is well."""


class DeskCounts(Wire):
    """What waits for the person, beside the names of the sections."""

    reviews: int
    disagreements: int
    follow_ups: int
    could_not: int
    draws: int
    """Commitments or secrets that the person's line still owes."""
