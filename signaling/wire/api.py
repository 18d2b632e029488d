"""Requests and answers of the HTTP API. The route table (signaling/edge/routes.py) says who may.

==============================================  ======================  =========================
route                                           request                 answer
==============================================  ======================  =========================
GET  /health                                    –                       Health
GET  /api/config                                –                       Config
GET  /api/openapi.json                          –                       OpenAPI 3.1
POST /api/rating                                RatingGiven             Empty
POST /api/could-not                             CouldNotByResident      CouldNotReceipt
POST /api/SURFACE/sign-in                       SignInRequest           Me
POST /api/SURFACE/sign-out                      –                       Empty
GET  /api/SURFACE/me                            –                       Me
GET  /api/window/items?q=                       –                       ItemsFound
GET  /api/window/items/ITEM                     –                       ItemView
GET  /api/window/towns                          –                       OrganisationList
POST /api/window/cases                          CaseDraft               CaseView
GET  /api/window/cases/CASE                     –                       CaseView
POST /api/window/cases/CASE/consent             ConsentGiven            CaseView
POST /api/window/cases/CASE/could-not           CouldNotOpened          CouldNotReceipt
POST /api/window/could-not                      CouldNotOpened          CouldNotReceipt
POST /api/window/check-room                     –                       RoomAddress
POST /api/window/check                          DeviceCheck             Empty
POST /api/window/cases/CASE/pages               PageStarted             PageView
PUT  /api/window/pages/PAGE/bytes?offset=N      bytes (≤ 64 KiB)        PageView
GET  /api/window/pages/PAGE                     –                       PageView
GET  /api/console/cases/CASE                    –                       CaseView
GET  /api/console/pages/PAGE/rendition          –                       image/webp
GET  /api/console/colleagues?group=             –                       ColleagueList
POST /api/console/calls/CALL/outcomes           OutcomesGiven           Empty
GET  /api/console/calls                         –                       CallList (own, today)
GET  /api/supervision/calls?…                   CallFilter (query)      CallList
GET  /api/supervision/calls/CALL                –                       CallDetail
POST /api/supervision/recordings/RECORDING/views  ViewOpened            ViewView
GET  /api/supervision/views/VIEW/streams/STREAM –                       bytes, Range
GET  /api/supervision/pages/PAGE/rendition      –                       image/webp
GET  /api/supervision/organisations             –                       OrganisationList
GET  /api/supervision/staff                     –                       StaffList
GET  /api/supervision/items                     –                       ItemList
POST /api/supervision/import/KIND               bytes (CSV or XLSX)     ImportDone
==============================================  ======================  =========================

KIND is organisations, staff or items. Errors: ``{"code", "text", "details"}`` with the status of
casework/errors.py; an import that is refused lists what is wrong in ``details.problems``.
"""

from typing import Annotated

from pydantic import Field

from casework.vocabulary import (
    CallEndReason,
    CaseMode,
    ConsentAnswer,
    ConsentGiver,
    OrganisationKind,
    Outcome,
    PageFault,
    PageKind,
    RatingGrade,
    RecordingState,
    Relation,
    Role,
    StreamKind,
    Surface,
    WindowKind,
)
from signaling.wire.base import Id, Language, LongText, ShortText, Token, Wire
from signaling.wire.views import CaseView, ItemView, PageView

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Health(Wire):
    """``ok``, or what is wrong by part; answered with 503 then."""

    ok: bool
    problems: dict[str, str]


class Empty(Wire):
    """Done; there is nothing to tell."""


class ErrorView(Wire):
    code: str
    text: str
    details: dict[str, object]


class Config(Wire):
    version: str
    county_name: str
    county_name_en: str
    demo: bool
    """Offers the test camera and the sample document at the window."""
    consent_text_version: str
    consent_text: dict[Language, str]


class SignInRequest(Wire):
    username: Annotated[str, Field(min_length=1, max_length=40)]
    password: Annotated[str, Field(min_length=1, max_length=200)]


class WindowBrief(Wire):
    id: Id
    name: str
    name_en: str
    place: str
    kind: WindowKind
    uplink_bps: int | None
    checked_ms: int | None


class Me(Wire):
    staff_id: Id
    name: str
    name_en: str
    organisation_name: str
    organisation_name_en: str
    roles: list[Role]
    surface: Surface
    window: WindowBrief | None
    """Of a helper."""


class ItemBrief(Wire):
    id: Id
    code: str
    name: str
    name_en: str
    department_name: str
    department_name_en: str
    immediate: bool
    joint: bool
    delegated: bool
    cross_area: bool
    video: bool


class ItemSearch(Wire):
    q: Annotated[str, Field(max_length=60)] = ""
    """Chinese words, pinyin or initials, English words, or the code; empty: the first items."""


class ItemsFound(Wire):
    items: list[ItemBrief]
    total: int


class CaseDraft(Wire):
    """Refused with ``id_number.check_digit`` and the like; nothing is kept then."""

    item_id: Id
    mode: CaseMode = CaseMode.ASSISTED
    subject_name: Annotated[str, Field(min_length=1, max_length=80)]
    subject_id_number: Annotated[str, Field(min_length=15, max_length=18)]
    subject_phone: Annotated[str, Field(min_length=5, max_length=20)]
    registered_organisation_id: Id | None = None
    """The town of registration; needed for items that it decides."""
    elderly: bool = False
    disabled: bool = False
    present_relation: Relation
    present_name: Annotated[str, Field(min_length=1, max_length=80)]


class ConsentGiven(Wire):
    answer: ConsentAnswer
    answered_by: ConsentGiver
    language: Language
    text_version: Annotated[str, Field(max_length=20)]


class DeviceStep(Wire):
    """One step of the device check: ``passed``, ``failed`` or ``skipped``, with what was seen."""

    name: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    result: Annotated[str, Field(pattern=r"^(passed|failed|skipped)$")]
    detail: ShortText = ""


class DeviceCheck(Wire):
    steps: Annotated[list[DeviceStep], Field(min_length=1, max_length=20)]
    uplink_bps: Annotated[int, Field(ge=0, le=10**9)] | None = None


class PartPlace(Wire):
    offset: Annotated[int, Field(ge=0, le=8 * 1024 * 1024)]


class PageStarted(Wire):
    kind: PageKind
    sha256: Sha256
    total_bytes: Annotated[int, Field(ge=1, le=8 * 1024 * 1024)]
    media_type: Annotated[str, Field(pattern=r"^(image/(jpeg|png|webp)|application/pdf)$")]
    uploaded: bool = False
    """A file that was brought along; only such may be a PDF."""
    faults: list[PageFault] = Field(default_factory=list, max_length=len(PageFault))
    """What the window found wrong with the page; it is sent nevertheless."""
    material_id: Id | None = None
    request: Id | None = None
    """Of the agent's page.request; ``None`` when the helper took the page unasked."""
    replaces_page_id: Id | None = None


class OutcomeOfCase(Wire):
    case_id: Id
    outcome: Outcome
    missing_material_ids: list[Id] = Field(default_factory=list, max_length=50)
    """Everything missing, told at once (一次性告知); with ``returned`` and ``accepted_to_follow``."""
    text: LongText = ""
    """With ``refusal_proposed``: the reason, as the resident will read it."""
    legal_basis: LongText = ""
    """With ``refusal_proposed``."""
    pass_to_skill_group_id: Id | None = None
    """With ``passed_on``."""


class OutcomesGiven(Wire):
    outcomes: Annotated[list[OutcomeOfCase], Field(min_length=1, max_length=20)]
    notes: LongText = ""


class RatingGiven(Wire):
    token: Token
    grade: RatingGrade


class Colleague(Wire):
    staff_id: Id
    name: str
    name_en: str = ""
    organisation_name: str
    organisation_name_en: str = ""
    on_duty: bool


class SkillGroupBrief(Wire):
    id: Id
    name: str
    name_en: str
    letters: str


class ColleagueFilter(Wire):
    group: Id | None = None
    """Of one skill group only."""


class ColleagueList(Wire):
    colleagues: list[Colleague]
    skill_groups: list[SkillGroupBrief]


class CallFilter(Wire):
    from_ms: int | None = None
    to_ms: int | None = None
    item: ShortText | None = None
    window_id: Id | None = None
    agent_staff_id: Id | None = None
    organisation_id: Id | None = None
    outcome: Outcome | None = None
    rating: RatingGrade | None = None
    text: ShortText | None = None
    """Ticket label, case number, subject's name, or a whole ID or phone number."""
    page: Annotated[int, Field(ge=1, le=10_000)] = 1


class CallBrief(Wire):
    id: Id
    label: str
    item_name: str
    item_name_en: str
    window_name: str
    window_name_en: str
    home_organisation_name: str
    home_organisation_name_en: str
    helper_name: str
    helper_name_en: str = ""
    agent_name: str
    agent_name_en: str = ""
    subject_name: str
    case_number: str | None
    started_ms: int
    ended_ms: int | None
    end_reason: CallEndReason | None
    outcome: Outcome | None
    rating: RatingGrade | None
    recording_state: RecordingState | None


class CallList(Wire):
    calls: list[CallBrief]
    total: int
    page: int
    page_size: int


class StreamView(Wire):
    id: Id
    participant_kind: str
    participant_name: str
    participant_name_en: str
    kind: StreamKind
    media_type: str
    start_offset_ms: int
    duration_ms: int
    size_bytes: int
    gaps: list[list[int | str]]
    """``[from_ms, to_ms, reason]`` on the call's clock."""


class RecordingView(Wire):
    id: Id
    state: RecordingState
    state_reason: str
    duration_ms: int | None
    streams: list[StreamView]


class CallEventView(Wire):
    kind: str
    position_ms: int
    actor_name: str | None
    actor_name_en: str | None
    body: dict[str, object]


class CallDetail(Wire):
    call: CallBrief
    cases: list[CaseView]
    notes: str
    events: list[CallEventView]
    pages: list[PageView]
    recording: RecordingView | None
    views: list["ViewView"]
    """Who watched before."""


class ViewOpened(Wire):
    reason: Annotated[str, Field(min_length=2, max_length=200)]


class ViewView(Wire):
    id: Id
    staff_name: str
    reason: str
    opened_ms: int


class OrganisationView(Wire):
    id: Id
    parent_id: Id | None
    kind: OrganisationKind
    code: str
    name: str
    name_en: str
    windows: list[WindowBrief]


class OrganisationList(Wire):
    organisations: list[OrganisationView]


class StaffView(Wire):
    id: Id
    username: str
    name: str
    name_en: str = ""
    organisation_name: str
    organisation_name_en: str = ""
    roles: list[Role]
    active: bool


class StaffList(Wire):
    staff: list[StaffView]


class ItemList(Wire):
    items: list[ItemView]
    total: int


class ImportDone(Wire):
    added: int
    changed: int
    unchanged: int
    proposed: int
    """Changes of roles that wait for a security administrator."""
