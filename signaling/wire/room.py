"""The room socket: ``/nodes/NODE/room``, on the node that holds the room; by one-time token.

Connections are one-way and the sender offers: a participant offers *up*, the server offers one
*down* for each participant seen. Three lines, always in this order: audio, camera, document.
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from casework.vocabulary import ListeningMode, ParticipantKind
from signaling.wire.base import (
    Command,
    Done,
    Event,
    Heartbeat,
    Id,
    Language,
    LongText,
    Refused,
    Sdp,
    ShortText,
    Token,
)
from signaling.wire.forms import (
    FormChanged,
    FormFill,
    FormShow,
    FormWithdraw,
    SignatureDraw,
    SignatureDrawn,
)
from signaling.wire.materials import MaterialsChanged
from signaling.wire.views import (
    CallView,
    CaseView,
    IceServer,
    ListenerView,
    PageView,
    ParticipantView,
)

ConnectionId = Id


class RoomHello(Command):
    """The first message, within 10 s."""

    type: Literal["hello"] = "hello"
    protocol: Literal[1]
    token: Token
    language: Language = "zh-CN"
    connections: list[ConnectionId] = Field(default_factory=list, max_length=16)
    """Down connections that the page still has; all others are offered to it anew."""


class UpOffer(Command):
    """Offers the participant's media. Done: ``{"connection_id", "sdp"}``.

    ``connection_id`` set: an ICE restart of that connection, same DTLS association. Unset: a new
    connection, which replaces an older one of the same participant.
    """

    type: Literal["up.offer"] = "up.offer"
    sdp: Sdp
    connection_id: ConnectionId | None = None


class DownAnswer(Command):
    type: Literal["down.answer"] = "down.answer"
    connection_id: ConnectionId
    sdp: Sdp


class DownRestart(Command):
    """The viewer lost a down connection: the server offers it again (``fresh``: as a new one)."""

    type: Literal["down.restart"] = "down.restart"
    connection_id: ConnectionId
    fresh: bool = False


class HoldSet(Command):
    type: Literal["hold.set"] = "hold.set"
    on: bool


class VoiceAndPagesSet(Command):
    """The explicit mode for a thin uplink: no video, stills and voice only."""

    type: Literal["voice_and_pages.set"] = "voice_and_pages.set"
    on: bool


class PageRequest(Command):
    """The agent asks the window's browser for a full-resolution still. Done: ``{"request": Id}``."""

    type: Literal["page.request"] = "page.request"
    case_id: Id
    material_id: Id | None = None


class PageProgress(Command):
    """The window tells how far a requested page has come, or why it can't be taken."""

    type: Literal["page.progress"] = "page.progress"
    request: Id
    page_id: Id | None = None
    fraction: float = Field(ge=0, le=1)
    problem: ShortText = ""


class ChecklistMark(Command):
    type: Literal["checklist.mark"] = "checklist.mark"
    case_id: Id
    material_id: Id
    checked: bool


class PromptShow(Command):
    """The agent shows a sentence in large type at the window and on the resident's screen."""

    type: Literal["prompt.show"] = "prompt.show"
    text: ShortText


class NotesSave(Command):
    type: Literal["notes.save"] = "notes.save"
    text: LongText


class ConsentWithdraw(Command):
    """The present person takes the consent back: the recording ends, the call goes on for advice."""

    type: Literal["consent.withdraw"] = "consent.withdraw"


class QualityReport(Command):
    """What a client measured with getStats since its last report; kept with the call."""

    type: Literal["quality.report"] = "quality.report"
    connection_id: ConnectionId
    bitrate_bps: int = Field(ge=0, le=10**9)
    lost_fraction: float = Field(ge=0, le=1)
    round_trip_ms: float = Field(ge=0, le=60_000)
    frames_per_s: float = Field(ge=0, le=240)
    concealed_fraction: float = Field(ge=0, le=1)
    available_bps: int | None = Field(default=None, ge=0, le=10**9)
    """Estimated uplink; of an up connection only."""


class ListeningSet(Command):
    """A supervisor changes from listening to whispering or joining, and back.

    Ends the connection up that there is; unless ``mode`` is ``listen`` a new one is offered then.
    """

    type: Literal["listening.set"] = "listening.set"
    mode: ListeningMode


class CallEnd(Command):
    """Either side ends the call; the agent goes to wrap-up."""

    type: Literal["call.end"] = "call.end"


AnyRoomCommand = Annotated[
    RoomHello
    | UpOffer
    | DownAnswer
    | DownRestart
    | HoldSet
    | VoiceAndPagesSet
    | PageRequest
    | PageProgress
    | ChecklistMark
    | FormFill
    | FormShow
    | FormWithdraw
    | SignatureDraw
    | PromptShow
    | NotesSave
    | ConsentWithdraw
    | QualityReport
    | ListeningSet
    | CallEnd,
    Field(discriminator="type"),
]
room_command_adapter: TypeAdapter[AnyRoomCommand] = TypeAdapter(AnyRoomCommand)


class RoomWelcome(Event):
    """``call`` and ``cases`` are absent for the window until an agent accepts, and in a check room."""

    type: Literal["welcome"] = "welcome"
    participant_id: Id
    kind: ParticipantKind
    ice_servers: list[IceServer]
    start_bitrate_bps: int
    server_ms: int
    resident_token: Token | None = None
    """For the window: lets the resident's screen open its own socket."""
    call: CallView | None = None
    cases: list[CaseView] = Field(default_factory=list)
    participants: list[ParticipantView] = Field(default_factory=list)
    held_by: ParticipantKind | None = None
    voice_and_pages: bool = False
    notes: str = ""
    prompt: str = ""
    """What the agent showed last."""
    recording: Literal["recording", "stopped", "failed"] | None = None
    """As :class:`RecordingChanged` told last; ``None``: nothing is recorded (yet)."""
    listeners: list[ListenerView] = Field(default_factory=list)
    """Supervisors in the call."""


class CallStarted(Event):
    """The agent accepted: from now on both sides see each other, and the recording runs."""

    type: Literal["call.started"] = "call.started"
    call: CallView
    cases: list[CaseView]


class UpClosed(Event):
    """The relay does not have this connection up any more: make a new one at once."""

    type: Literal["up.closed"] = "up.closed"
    connection_id: ConnectionId


class DownOffered(Event):
    type: Literal["down.offered"] = "down.offered"
    connection_id: ConnectionId
    participant_id: Id
    sdp: str
    restart: bool = False
    """Answer on the existing connection of this id (ICE restart)."""


class DownClosed(Event):
    type: Literal["down.closed"] = "down.closed"
    connection_id: ConnectionId


class ParticipantJoined(Event):
    type: Literal["participant.joined"] = "participant.joined"
    participant: ParticipantView


class ParticipantConnection(Event):
    """How another participant's link is: ``connected``, ``silent`` or ``lost``."""

    type: Literal["participant.connection"] = "participant.connection"
    participant_id: Id
    state: Literal["connected", "silent", "lost"]
    until_ms: int | None = None
    """When a lost participant's call ends (60 s)."""


class HoldChanged(Event):
    type: Literal["hold.changed"] = "hold.changed"
    on: bool
    by: ParticipantKind


class VoiceAndPagesChanged(Event):
    type: Literal["voice_and_pages.changed"] = "voice_and_pages.changed"
    on: bool
    by: ParticipantKind


class PageRequested(Event):
    type: Literal["page.requested"] = "page.requested"
    request: Id
    case_id: Id
    material_id: Id | None


class PageChanged(Event):
    """A page's upload went on, finished, or failed (``problem``)."""

    type: Literal["page.changed"] = "page.changed"
    request: Id | None
    page: PageView | None
    fraction: float
    problem: str = ""


class ChecklistMarked(Event):
    type: Literal["checklist.marked"] = "checklist.marked"
    case_id: Id
    material_id: Id
    checked: bool


class PromptShown(Event):
    type: Literal["prompt.shown"] = "prompt.shown"
    text: str


class RecordingChanged(Event):
    """``recording``, ``stopped`` (consent withdrawn) or ``failed`` (told to both sides)."""

    type: Literal["recording.changed"] = "recording.changed"
    state: Literal["recording", "stopped", "failed"]
    reason: str = ""


class ListenersChanged(Event):
    """A supervisor came, changed, or left: all who are in the call now, shown to everybody."""

    type: Literal["listeners.changed"] = "listeners.changed"
    listeners: list[ListenerView]


class ReportAllowed(Event):
    """To the resident's own socket alone: the right to one could-not report about this call."""

    type: Literal["report.allowed"] = "report.allowed"
    token: Token


class AuthorityChanged(Event):
    """What a case rests on is not as it was: its mandates, their pages, the window's grants."""

    type: Literal["authority.changed"] = "authority.changed"
    case_id: Id


class CasesChanged(Event):
    """Another matter of the same resident was added: all cases of the call, as they stand."""

    type: Literal["cases.changed"] = "cases.changed"
    call: CallView
    cases: list[CaseView]


class CallEnded(Event):
    """The last event of a call. ``rating_token`` goes to the resident's own socket alone."""

    type: Literal["call.ended"] = "call.ended"
    reason: str
    rating_token: Token | None = None


AnyRoomEvent = Annotated[
    Done
    | Refused
    | Heartbeat
    | RoomWelcome
    | CallStarted
    | UpClosed
    | DownOffered
    | DownClosed
    | ParticipantJoined
    | ParticipantConnection
    | HoldChanged
    | VoiceAndPagesChanged
    | PageRequested
    | PageChanged
    | ChecklistMarked
    | MaterialsChanged
    | FormChanged
    | SignatureDrawn
    | AuthorityChanged
    | PromptShown
    | RecordingChanged
    | ListenersChanged
    | ReportAllowed
    | CasesChanged
    | CallEnded,
    Field(discriminator="type"),
]
room_event_adapter: TypeAdapter[AnyRoomEvent] = TypeAdapter(AnyRoomEvent)
