"""The duty socket: queue, presence, offers. Any node; by the surface's cookie.

``/api/window/duty``, ``/api/console/duty`` and ``/api/supervision/duty``.
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from casework.vocabulary import AwayReason, Surface
from signaling.wire.base import (
    Command,
    Done,
    Event,
    Heartbeat,
    Id,
    Language,
    NodeId,
    Refused,
    Resume,
)
from signaling.wire.views import (
    AgentView,
    CallBackView,
    CallView,
    LastCallView,
    OfferView,
    QueueEntry,
    RoomAddress,
    TicketView,
)


class Hello(Command):
    """The first message, within 10 s. With ``resume`` missed events are replayed if still kept."""

    type: Literal["hello"] = "hello"
    protocol: Literal[1]
    language: Language = "zh-CN"
    resume: Resume | None = None


# --- commands of the window --------------------------------------------------------------------


class TicketTake(Command):
    """Puts a draft case in the queue. Done: ``{"ticket": TicketView}``; or a call-back request."""

    type: Literal["ticket.take"] = "ticket.take"
    case_id: Id


class TicketCancel(Command):
    type: Literal["ticket.cancel"] = "ticket.cancel"
    ticket_id: Id


class CallBackAnswer(Command):
    """The helper takes, or declines, a call-back that rings at the window."""

    type: Literal["call_back.answer"] = "call_back.answer"
    ticket_id: Id
    accept: bool


class RoomEnter(Command):
    """Done: ``{"room": RoomAddress}``: a fresh token for the room of a live ticket of one's own."""

    type: Literal["room.enter"] = "room.enter"
    ticket_id: Id


# --- commands of the console -------------------------------------------------------------------


class AgentOnDuty(Command):
    type: Literal["agent.on_duty"] = "agent.on_duty"


class AgentOffDuty(Command):
    type: Literal["agent.off_duty"] = "agent.off_duty"


class AgentAway(Command):
    type: Literal["agent.away"] = "agent.away"
    reason: AwayReason


class AgentAvailable(Command):
    """Back from away, or the wrap-up is done before its time."""

    type: Literal["agent.available"] = "agent.available"


class OfferAccept(Command):
    """Done: ``{"call": CallView, "room": RoomAddress}``."""

    type: Literal["offer.accept"] = "offer.accept"
    offer_id: Id


class OfferDecline(Command):
    type: Literal["offer.decline"] = "offer.decline"
    offer_id: Id


class TicketPick(Command):
    """Makes an offer to oneself; it rings like any other."""

    type: Literal["ticket.pick"] = "ticket.pick"
    ticket_id: Id


class CallBackStart(Command):
    """Rings at the window; the call begins when the helper answers."""

    type: Literal["call_back.start"] = "call_back.start"
    call_back_id: Id


class CallBackReassign(Command):
    type: Literal["call_back.reassign"] = "call_back.reassign"
    call_back_id: Id
    staff_id: Id


AnyDutyCommand = Annotated[
    Hello
    | TicketTake
    | TicketCancel
    | CallBackAnswer
    | RoomEnter
    | AgentOnDuty
    | AgentOffDuty
    | AgentAway
    | AgentAvailable
    | OfferAccept
    | OfferDecline
    | TicketPick
    | CallBackStart
    | CallBackReassign,
    Field(discriminator="type"),
]
duty_command_adapter: TypeAdapter[AnyDutyCommand] = TypeAdapter(AnyDutyCommand)


# --- events ------------------------------------------------------------------------------------


class Welcome(Event):
    type: Literal["welcome"] = "welcome"
    protocol: Literal[1] = 1
    socket_id: Id
    node_id: NodeId
    surface: Surface
    staff_id: Id
    resumed: bool
    server_ms: int


class WindowState(Event):
    """Everything a window page needs to draw itself anew: after hello, or as a resync."""

    type: Literal["window.state"] = "window.state"
    ticket: TicketView | None
    call: CallView | None
    call_backs: list[CallBackView]
    last_call: LastCallView | None


class ConsoleState(Event):
    type: Literal["console.state"] = "console.state"
    agent: AgentView | None
    queue: list[QueueEntry]
    offer: OfferView | None
    call: CallView | None
    call_backs: list[CallBackView]


class TicketChanged(Event):
    type: Literal["ticket.changed"] = "ticket.changed"
    ticket: TicketView


class RoomAssigned(Event):
    """To the window while the offer rings: connect up; nobody sees it until the accept."""

    type: Literal["room.assigned"] = "room.assigned"
    ticket_id: Id
    room: RoomAddress


class CallAssigned(Event):
    type: Literal["call.assigned"] = "call.assigned"
    call: CallView


class CallOver(Event):
    """The call of a ticket ended; what comes next is in the ticket's and the agent's state."""

    type: Literal["call.over"] = "call.over"
    call_id: Id
    reason: str


class LastCallChanged(Event):
    """An outcome was given or the resident has rated: what a window shows at the end of a call."""

    type: Literal["last_call.changed"] = "last_call.changed"
    last_call: LastCallView


class CallBackRinging(Event):
    type: Literal["call_back.ringing"] = "call_back.ringing"
    ticket: TicketView
    call_back: CallBackView
    agent_name: str


class CallBacksChanged(Event):
    type: Literal["call_backs.changed"] = "call_backs.changed"
    call_backs: list[CallBackView]


class AgentChanged(Event):
    type: Literal["agent.changed"] = "agent.changed"
    agent: AgentView


class QueueChanged(Event):
    type: Literal["queue.changed"] = "queue.changed"
    queue: list[QueueEntry]


class OfferRinging(Event):
    type: Literal["offer.ringing"] = "offer.ringing"
    offer: OfferView


class OfferOver(Event):
    """The offer no longer rings here: ``accepted``, ``declined``, ``expired`` or ``cancelled``."""

    type: Literal["offer.over"] = "offer.over"
    offer_id: Id
    reason: str


class TakenOver(Event):
    """A newer page of the same person is in charge; the socket closes with 4409."""

    type: Literal["taken_over"] = "taken_over"


AnyDutyEvent = Annotated[
    Done
    | Refused
    | Heartbeat
    | Welcome
    | WindowState
    | ConsoleState
    | TicketChanged
    | RoomAssigned
    | CallAssigned
    | CallOver
    | LastCallChanged
    | CallBackRinging
    | CallBacksChanged
    | AgentChanged
    | QueueChanged
    | OfferRinging
    | OfferOver
    | TakenOver,
    Field(discriminator="type"),
]
duty_event_adapter: TypeAdapter[AnyDutyEvent] = TypeAdapter(AnyDutyEvent)
