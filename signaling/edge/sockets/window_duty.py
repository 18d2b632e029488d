"""The window's duty socket: its place in the queue, its calls, the call-backs that ring there."""

from collections.abc import Sequence

from sqlalchemy import select

from casework.authority.steps import Step, StepKind, authorise
from casework.cases import find_case
from casework.errors import Conflict, Forbidden, NotFound
from casework.sign_in import SignedIn
from casework.vocabulary import CallState, ParticipantKind, TicketState
from signaling.edge.sockets.changes import (
    Endings,
    WindowPicture,
    missing_call,
    missing_ticket,
    ringing_changes,
    room_needed,
    window_changes,
)
from signaling.edge.sockets.context import SocketContext
from signaling.edge.sockets.duty import DutySocket
from signaling.edge.sockets.endings import call_reason
from signaling.pairing.call_back_views import call_backs_of_window
from signaling.pairing.calling_back import answer_call_back
from signaling.pairing.tickets import Taken, cancel_ticket, take_ticket, windows_seen
from signaling.pairing.topics import announcing, county_topic, window_topic
from signaling.pairing.views import (
    ringing_call_back,
    ticket_view,
    window_state,
)
from signaling.tables import Call, Ticket
from signaling.wire.base import CloseCode
from signaling.wire.commands import Commands, Result
from signaling.wire.duty import (
    CallBackAnswer,
    RoomAssigned,
    RoomEnter,
    TakenOver,
    TicketCancel,
    TicketTake,
)
from signaling.wire.views import RoomAddress


class WindowDuty(DutySocket):
    """The newest page of a window counts."""

    commands: Commands["WindowDuty"] = Commands()

    def __init__(self, context: SocketContext, person: SignedIn) -> None:
        super().__init__(context, person)
        if person.window_id is None:
            raise Forbidden("window.none", "您没有可用的窗口，请联系系统管理员")
        self.window_id = person.window_id

    @property
    def topics(self) -> Sequence[str]:
        return window_topic(self.window_id), county_topic(self.person.county_id)

    async def attach(self) -> None:
        older = self.context.heart.windows.get(self.window_id)
        if older is not None:
            older.post(TakenOver())
            older.close(CloseCode.TAKEN_OVER)
        self.context.heart.windows[self.window_id] = self
        async with self.context.database.transaction() as session:
            context = self.context
            await windows_seen(session, context.rules, context.node_id, [self.window_id])

    async def detach(self) -> None:
        if self.context.heart.windows.get(self.window_id) is self:
            del self.context.heart.windows[self.window_id]

    @property
    def at_work(self) -> bool:
        shown: WindowPicture | None = self.shown
        return shown is not None and shown.state.ticket is not None

    async def look(self) -> None:
        before: WindowPicture | None = self.shown
        async with self.context.database.reading() as session:
            rules = self.context.rules
            now = WindowPicture(
                await window_state(session, rules, self.window_id),
                await ringing_call_back(session, rules, self.window_id),
            )
            gone = missing_ticket(before, now) if before else None
            over = missing_call(before.state.call, now.state.call) if before else None
            ended = Endings(
                ticket=None if gone is None else await ticket_view(session, rules, gone.id),
                call_reason=await call_reason(session, over),
            )
        if before is None:  # after a (re)load the page asks for its room by itself
            self.post(now.state)
            self.post_all(list(ringing_changes(None, now.ringing)))
        else:
            # The room first: if that fails nothing has been told, and the next look tries again.
            ticket_id = room_needed(before, now)
            room = None if ticket_id is None else await enter_room(self, ticket_id)
            self.post_all(list(window_changes(before, now, ended)))
            if ticket_id is not None and room is not None:
                self.post(RoomAssigned(ticket_id=ticket_id, room=room))
        self.shown = now


@WindowDuty.commands.on(TicketTake)
async def handle_ticket_take(socket: WindowDuty, command: TicketTake) -> Result:
    context = socket.context
    async with announcing(context.database, context.bus) as session:
        case = await find_case(session, socket.person, command.case_id)
        await authorise(session, Step(kind=StepKind.TAKE_TICKET, case=case, actor=socket.person))
        taken = await take_ticket(
            session,
            context.rules,
            command.case_id,
            socket.window_id,
            socket.person.staff_id,
            context.node_id,
        )
        if isinstance(taken, Taken):
            return {"ticket": await ticket_view(session, context.rules, taken.ticket_id)}
        promised = await call_backs_of_window(session, socket.window_id)
    return {"call_back": next(each for each in promised if each.id == taken.call_back_id)}


@WindowDuty.commands.on(TicketCancel)
async def handle_ticket_cancel(socket: WindowDuty, command: TicketCancel) -> Result:
    context = socket.context
    async with announcing(context.database, context.bus) as session:
        await cancel_ticket(session, context.rules, command.ticket_id, socket.window_id)
    return None


@WindowDuty.commands.on(CallBackAnswer)
async def handle_call_back_answer(socket: WindowDuty, command: CallBackAnswer) -> Result:
    context = socket.context
    async with announcing(context.database, context.bus) as session:
        await answer_call_back(
            session,
            context.rules,
            command.ticket_id,
            socket.window_id,
            socket.person.staff_id,
            context.node_id,
            accept=command.accept,
        )
    return None


@WindowDuty.commands.on(RoomEnter)
async def handle_room_enter(socket: WindowDuty, command: RoomEnter) -> Result:
    return {"room": await enter_room(socket, command.ticket_id)}


async def enter_room(socket: WindowDuty, ticket_id: str) -> RoomAddress:
    """Until its call a ticket's room is here; afterwards where the call is.

    Raises :class:`NotFound` for another window's ticket, :class:`Conflict` for one that is over.
    """
    async with socket.context.database.reading() as session:
        row = (
            await session.execute(
                select(Ticket.state, Call.node_id)
                .outerjoin(Call, (Call.ticket_id == Ticket.id) & (Call.state == CallState.LIVE))
                .where(Ticket.id == ticket_id, Ticket.window_id == socket.window_id)
            )
        ).one_or_none()
    if row is None:
        raise NotFound("ticket.not_found", "没有这个排队号")
    if row.state not in (TicketState.OFFERED, TicketState.SERVING):
        raise Conflict("ticket.over", "这个排队号已结束")
    node_id = row.node_id or socket.context.node_id
    if node_id == socket.context.node_id:
        await socket.context.rooms.of_ticket(ticket_id)
    return await socket.admit(ticket_id, ParticipantKind.WINDOW, node_id)
