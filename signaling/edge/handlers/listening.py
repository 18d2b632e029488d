"""Supervision's running calls, and the way into one."""

from collections.abc import Sequence

from casework.vocabulary import ParticipantKind, Surface
from signaling.edge.roles import SUPERVISORS
from signaling.edge.route import Asked, Route
from signaling.listening import COMES_WITHIN_MS, open_listening
from signaling.rooms.tokens import Admission, issue_token
from signaling.wallboard.calls import calls_board
from signaling.wire.live import CallsBoard, ListeningAsked, ListeningOpened


async def list_live_calls(asked: Asked[None]) -> CallsBoard:
    """The running calls of the person's line, the longest first."""
    async with asked.context.database.reading() as session:
        return await calls_board(session, asked.person, asked.context.recording_states)


async def listen_in(asked: Asked[ListeningAsked]) -> ListeningOpened:
    """Opens a running call for a reason; both sides are shown who listens, as long as it lasts."""
    person = asked.person
    async with asked.context.database.transaction() as session:
        listener, call = await open_listening(
            session, person, asked.id("call_id"), asked.given.reason
        )
        room = await issue_token(
            session,
            county_id=call.county_id,
            admission=Admission(call.ticket_id, person.staff_id, ParticipantKind.SUPERVISOR),
            node_id=call.node_id,
            lifetime_ms=COMES_WITHIN_MS,
        )
        return ListeningOpened(listener_id=listener.id, room=room)


ROUTES: Sequence[Route] = (
    Route(
        method="GET", path="/api/supervision/live-calls", handler=list_live_calls,
        surface=Surface.SUPERVISION, roles=SUPERVISORS, answer=CallsBoard,
    ),
    Route(
        method="POST", path="/api/supervision/calls/{call_id}/listening", handler=listen_in,
        surface=Surface.SUPERVISION, roles=SUPERVISORS,
        request=ListeningAsked, answer=ListeningOpened,
    ),
)  # fmt: skip
