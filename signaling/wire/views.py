"""What the server shows of its rows, on sockets and over HTTP alike."""

from pydantic import Field

from casework.vocabulary import (
    AgentState,
    AwayReason,
    CallBackReason,
    CallBackState,
    CaseMode,
    CaseState,
    Level,
    ListeningMode,
    MandatePageKind,
    MaterialRequirement,
    Outcome,
    PageFault,
    PageKind,
    PageState,
    ParticipantKind,
    Relation,
    TicketState,
)
from signaling.wire.base import Id, NodeId, ShortText, Token, Wire


class RoomAddress(Wire):
    """Where a room is and what lets this participant in, once, within 30 s."""

    path: ShortText
    """Of the room socket, such as ``/nodes/a/room``."""
    token: Token
    node_id: NodeId


class IceServer(Wire):
    urls: list[ShortText]
    username: ShortText = ""
    credential: ShortText = ""


class Estimate(Wire):
    """An honest range; absent while there is too little to judge by."""

    from_s: int = Field(ge=0)
    to_s: int = Field(ge=0)


class TicketView(Wire):
    id: Id
    label: str
    """Such as K017."""
    case_id: Id
    state: TicketState
    level: Level
    skill_group_name: str
    skill_group_name_en: str
    place: int | None = None
    """1 is next; ``None`` once it is no longer waiting."""
    ahead: int | None = None
    agents_on_duty: int = 0
    estimate: Estimate | None = None
    waiting_since_ms: int
    advice_only: bool = False
    call_back_id: Id | None = None


class QueueEntry(Wire):
    """A ticket as agents see it in the queue."""

    ticket_id: Id
    label: str
    item_name: str
    item_name_en: str
    window_name: str
    window_name_en: str
    level: Level
    waiting_since_ms: int
    priority: bool
    """Elderly, disabled, or a dropped call."""
    place: int
    mine: bool
    """Whether this agent may pick it."""


class AgentView(Wire):
    staff_id: Id
    name: str
    state: AgentState
    away_reason: AwayReason | None = None
    since_ms: int
    until_ms: int | None = None


class MaterialView(Wire):
    id: Id
    position: int
    name: str
    name_en: str
    requirement: MaterialRequirement
    copies: int
    note: str
    note_en: str
    checked: bool = False


class ItemView(Wire):
    id: Id
    code: str
    version: int
    name: str
    name_en: str
    department_name: str
    department_name_en: str
    video_level: Level | None
    modes: list[CaseMode]
    immediate: bool
    time_limit_days: int | None
    joint: bool
    delegated: bool
    cross_area: bool
    recording_required: bool
    """Whether a no to recording means no call at all."""
    authority_source: str
    authority_document: str
    guide: dict[str, str | list[str]]
    materials: list[MaterialView]


class MandatePaper(Wire):
    """What a page is of a mandate on paper."""

    kind: MandatePageKind
    number: int
    """Among the mandate's pages of that kind; counts from 1."""


class PageView(Wire):
    """A page taken. Its rendition is at ``…/pages/ID/rendition`` once ``ready``."""

    id: Id
    case_id: Id
    material_id: Id | None
    mandate_paper: MandatePaper | None = None
    kind: PageKind
    state: PageState
    replaces_page_id: Id | None
    width_px: int | None
    height_px: int | None
    sheets: int = 1
    """Renditions: of a PDF one a page of paper (``?sheet=2``)."""
    uploaded: bool = False
    faults: list[PageFault] = Field(default_factory=list)
    total_bytes: int
    received_bytes: int
    sha256: str
    position_ms: int | None
    created_ms: int


class CaseView(Wire):
    """A case with personal fields masked; ``id_number`` shows its first 3 and last 4 digits."""

    id: Id
    number: str | None
    state: CaseState
    mode: CaseMode
    item: ItemView
    window_name: str
    window_name_en: str
    subject_name: str
    subject_id_number: str
    subject_phone: str
    registered_organisation_name: str | None
    elderly: bool
    disabled: bool
    present_name: str
    present_relation: Relation
    deciding_organisation_name: str
    deciding_organisation_name_en: str
    consent: str | None
    outcome: Outcome | None = None
    """What its latest call came to; ``None`` until an agent has said so."""
    called: bool = False
    """A call about it has ended."""
    pages: list[PageView]
    created_ms: int


class OfferView(Wire):
    id: Id
    ticket_id: Id
    label: str
    item_name: str
    item_name_en: str
    window_name: str
    window_name_en: str
    helper_name: str
    helper_name_en: str = ""
    subject_name: str
    priority: bool
    advice_only: bool
    may_decide: bool
    waiting_since_ms: int
    deadline_ms: int
    """By the server's clock, as ``welcome.server_ms`` gives it."""


class CallView(Wire):
    id: Id
    ticket_id: Id
    label: str
    case_ids: list[Id]
    agent_name: str
    agent_name_en: str = ""
    helper_name: str
    helper_name_en: str = ""
    window_name: str
    window_name_en: str
    recorded: bool
    may_decide: bool
    started_ms: int


class CallBackView(Wire):
    id: Id
    case_id: Id
    item_name: str
    item_name_en: str
    window_name: str
    window_name_en: str
    subject_name: str
    reason: CallBackReason
    state: CallBackState
    due_ms: int
    owner_staff_id: Id | None
    owner_name: str | None
    owner_name_en: str | None = None
    mine: bool
    created_ms: int


class LastCallView(Wire):
    """The call that ended last at a window, and what has become of it so far."""

    call_id: Id
    case_ids: list[Id]
    settled_case_ids: list[Id]
    """Those for which the agent has given an outcome."""
    rated: bool
    """By the resident, who alone can."""


class ParticipantView(Wire):
    id: Id
    kind: ParticipantKind
    name: str
    connected: bool


class ListenerView(Wire):
    """A supervisor in the call, as both sides and the resident are shown."""

    participant_id: Id
    name: str
    name_en: str
    unit_name: str
    unit_name_en: str
    mode: ListeningMode
    since_ms: int
