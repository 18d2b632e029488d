"""From two pictures of the rows to the events that tell the difference. Pure functions."""

from collections.abc import Iterator
from dataclasses import dataclass

from casework.vocabulary import TicketState
from signaling.wire.base import Event
from signaling.wire.duty import (
    AgentChanged,
    CallAssigned,
    CallBackRinging,
    CallBacksChanged,
    CallOver,
    ConsoleState,
    LastCallChanged,
    OfferOver,
    OfferRinging,
    QueueChanged,
    TicketChanged,
    WindowState,
)
from signaling.wire.views import CallBackView, CallView, OfferView, TicketView


@dataclass(frozen=True, slots=True)
class WindowPicture:
    state: WindowState
    ringing: tuple[TicketView, CallBackView, str] | None
    """The call-back that rings at the window, and who calls."""


@dataclass(frozen=True, slots=True)
class Endings:
    """How what is no longer shown has ended; read only when something is missing."""

    ticket: TicketView | None = None
    offer_reason: str = ""
    call_reason: str = ""


def missing_ticket(before: WindowPicture, now: WindowPicture) -> TicketView | None:
    """A ticket that was shown and is not live any more."""
    ticket, following = before.state.ticket, now.state.ticket
    gone = ticket is not None and (following is None or following.id != ticket.id)
    return ticket if gone else None


def missing_call(before: CallView | None, now: CallView | None) -> CallView | None:
    gone = before is not None and (now is None or now.id != before.id)
    return before if gone else None


def missing_offer(before: OfferView | None, now: OfferView | None) -> OfferView | None:
    gone = before is not None and (now is None or now.id != before.id)
    return before if gone else None


def room_needed(before: WindowPicture | None, now: WindowPicture) -> str | None:
    """The ticket whose room the window should enter now, if it has not been told before.

    A ticket that rings at an agent warms up; a call-back rings at the window, and needs the room
    when the helper has answered.
    """
    ticket = now.state.ticket
    if ticket is None or not _wants_room(ticket):
        return None
    shown = before.state.ticket if before else None
    told = shown is not None and shown.id == ticket.id and _wants_room(shown)
    return None if told else ticket.id


def _wants_room(ticket: TicketView) -> bool:
    if ticket.state is TicketState.OFFERED:
        return ticket.call_back_id is None
    return ticket.state is TicketState.SERVING


def window_changes(before: WindowPicture, now: WindowPicture, ended: Endings) -> Iterator[Event]:
    """The end of a call before what becomes of its ticket, the ticket before its call."""
    yield from _call_over(before.state.call, now.state.call, ended)
    if ended.ticket is not None:
        yield TicketChanged(ticket=ended.ticket)
    ticket = now.state.ticket
    if ticket is not None and ticket != before.state.ticket:
        yield TicketChanged(ticket=ticket)
    yield from _call_assigned(before.state.call, now.state.call)
    if now.state.last_call is not None and now.state.last_call != before.state.last_call:
        yield LastCallChanged(last_call=now.state.last_call)
    if now.state.call_backs != before.state.call_backs:
        yield CallBacksChanged(call_backs=now.state.call_backs)
    yield from ringing_changes(before.ringing, now.ringing)


def ringing_changes(
    before: tuple[TicketView, CallBackView, str] | None,
    now: tuple[TicketView, CallBackView, str] | None,
) -> Iterator[Event]:
    if now is not None and (before is None or before[0].id != now[0].id):
        ticket, call_back, agent_name = now
        yield CallBackRinging(ticket=ticket, call_back=call_back, agent_name=agent_name)


def console_changes(before: ConsoleState, now: ConsoleState, ended: Endings) -> Iterator[Event]:
    """What rang before what the agent is now; the call last, so that the page is ready for it."""
    missing = missing_offer(before.offer, now.offer)
    if missing is not None:
        yield OfferOver(offer_id=missing.id, reason=ended.offer_reason)
    yield from _call_over(before.call, now.call, ended)
    if now.agent is not None and now.agent != before.agent:
        yield AgentChanged(agent=now.agent)
    if now.queue != before.queue:
        yield QueueChanged(queue=now.queue)
    if now.call_backs != before.call_backs:
        yield CallBacksChanged(call_backs=now.call_backs)
    if now.offer is not None and (before.offer is None or before.offer.id != now.offer.id):
        yield OfferRinging(offer=now.offer)
    yield from _call_assigned(before.call, now.call)


def _call_over(before: CallView | None, now: CallView | None, ended: Endings) -> Iterator[Event]:
    missing = missing_call(before, now)
    if missing is not None:
        yield CallOver(call_id=missing.id, reason=ended.call_reason)


def _call_assigned(before: CallView | None, now: CallView | None) -> Iterator[Event]:
    if now is not None and (before is None or before.id != now.id):
        yield CallAssigned(call=now)
