"""The console's duty socket: an agent's state, the queue, what rings, the call, call-backs."""

from collections.abc import Sequence

from sqlalchemy import select

from casework.errors import NotFound
from casework.vocabulary import AgentState, CallState, ParticipantKind
from signaling.edge.sockets.base import SocketClosed
from signaling.edge.sockets.changes import Endings, console_changes, missing_call, missing_offer
from signaling.edge.sockets.duty import DutySocket
from signaling.edge.sockets.endings import call_reason, offer_reason
from signaling.pairing import agents, offers
from signaling.pairing.call_backs import reassign_call_back
from signaling.pairing.calling_back import start_call_back
from signaling.pairing.topics import announcing, county_topic, staff_topic
from signaling.pairing.views import call_view, console_state
from signaling.rooms.tokens import Admission, issue_token
from signaling.tables import Agent, Call
from signaling.wire.base import CloseCode
from signaling.wire.commands import Commands, Result
from signaling.wire.duty import (
    AgentAvailable,
    AgentAway,
    AgentOffDuty,
    AgentOnDuty,
    CallBackReassign,
    CallBackStart,
    ConsoleState,
    OfferAccept,
    OfferDecline,
    RoomEnter,
    TakenOver,
    TicketPick,
)


class ConsoleDuty(DutySocket):
    """The newest tab of an agent counts; its id stands in the agent's row."""

    commands: Commands["ConsoleDuty"] = Commands()

    @property
    def topics(self) -> Sequence[str]:
        return staff_topic(self.person.staff_id), county_topic(self.person.county_id)

    async def attach(self) -> None:
        context = self.context
        async with announcing(context.database, context.bus) as session:
            await agents.attach(
                session, context.rules, self.person.staff_id, context.node_id, self.socket_id
            )
        context.heart.consoles.add(self.socket_id)

    async def detach(self) -> None:
        self.context.heart.consoles.discard(self.socket_id)
        async with announcing(self.context.database, self.context.bus) as session:
            await agents.detach(session, self.person.staff_id, self.socket_id)

    @property
    def at_work(self) -> bool:
        shown: ConsoleState | None = self.shown
        agent = shown.agent if shown else None
        return agent is not None and agent.state is not AgentState.OFFLINE

    async def look(self) -> None:
        before: ConsoleState | None = self.shown
        async with self.context.database.reading() as session:
            counts = await session.scalar(
                select(Agent.socket_id).where(Agent.staff_id == self.person.staff_id)
            )
            if counts not in {None, self.socket_id}:
                self.post(TakenOver())
                raise SocketClosed(CloseCode.TAKEN_OVER)
            now = await console_state(session, self.person.staff_id)
            ended = Endings()
            if before is not None:
                ended = Endings(
                    offer_reason=await offer_reason(
                        session, missing_offer(before.offer, now.offer)
                    ),
                    call_reason=await call_reason(session, missing_call(before.call, now.call)),
                )
        if before is None:
            self.post(now)
        else:
            self.post_all(list(console_changes(before, now, ended)))
        self.shown = now


@ConsoleDuty.commands.on(AgentOnDuty)
async def handle_agent_on_duty(socket: ConsoleDuty, _command: AgentOnDuty) -> Result:
    context, staff_id = socket.context, socket.person.staff_id
    async with announcing(context.database, context.bus) as session:
        await agents.on_duty(session, context.rules, staff_id, socket.socket_id)
    return None


@ConsoleDuty.commands.on(AgentOffDuty)
async def handle_agent_off_duty(socket: ConsoleDuty, _command: AgentOffDuty) -> Result:
    context = socket.context
    async with announcing(context.database, context.bus) as session:
        await agents.off_duty(session, context.rules, socket.person.staff_id)
    return None


@ConsoleDuty.commands.on(AgentAway)
async def handle_agent_away(socket: ConsoleDuty, command: AgentAway) -> Result:
    context = socket.context
    async with announcing(context.database, context.bus) as session:
        await agents.away(session, context.rules, socket.person.staff_id, command.reason)
    return None


@ConsoleDuty.commands.on(AgentAvailable)
async def handle_agent_available(socket: ConsoleDuty, _command: AgentAvailable) -> Result:
    context = socket.context
    async with announcing(context.database, context.bus) as session:
        await agents.available(session, context.rules, socket.person.staff_id)
    return None


@ConsoleDuty.commands.on(OfferAccept)
async def handle_offer_accept(socket: ConsoleDuty, command: OfferAccept) -> Result:
    """The call and what lets into its room, in one transaction: one round trip to the picture."""
    context, person = socket.context, socket.person
    async with announcing(context.database, context.bus) as session:
        begun = await offers.accept(session, context.rules, command.offer_id, person.staff_id)
        room = await issue_token(
            session,
            county_id=person.county_id,
            admission=Admission(begun.ticket_id, person.staff_id, ParticipantKind.AGENT),
            node_id=begun.node_id,
            lifetime_ms=context.rooms.context.settings.token_lifetime_ms,
        )
        call = await call_view(session, begun.call_id)
    return {"call": call, "room": room}


@ConsoleDuty.commands.on(OfferDecline)
async def handle_offer_decline(socket: ConsoleDuty, command: OfferDecline) -> Result:
    context = socket.context
    async with announcing(context.database, context.bus) as session:
        await offers.decline(session, context.rules, command.offer_id, socket.person.staff_id)
    return None


@ConsoleDuty.commands.on(TicketPick)
async def handle_ticket_pick(socket: ConsoleDuty, command: TicketPick) -> Result:
    context = socket.context
    async with announcing(context.database, context.bus) as session:
        await offers.pick(session, context.rules, command.ticket_id, socket.person.staff_id)
    return None


@ConsoleDuty.commands.on(CallBackStart)
async def handle_call_back_start(socket: ConsoleDuty, command: CallBackStart) -> Result:
    context, staff_id = socket.context, socket.person.staff_id
    async with announcing(context.database, context.bus) as session:
        await start_call_back(session, context.rules, command.call_back_id, staff_id)
    return None


@ConsoleDuty.commands.on(CallBackReassign)
async def handle_call_back_reassign(socket: ConsoleDuty, command: CallBackReassign) -> Result:
    context, by = socket.context, socket.person.staff_id
    async with announcing(context.database, context.bus) as session:
        await reassign_call_back(session, context.rules, command.call_back_id, by, command.staff_id)
    return None


@ConsoleDuty.commands.on(RoomEnter)
async def handle_room_enter(socket: ConsoleDuty, command: RoomEnter) -> Result:
    """Back into the own call, wherever it lives."""
    async with socket.context.database.reading() as session:
        node_id = await session.scalar(
            select(Call.node_id).where(
                Call.ticket_id == command.ticket_id,
                Call.agent_staff_id == socket.person.staff_id,
                Call.state == CallState.LIVE,
            )
        )
    if node_id is None:
        raise NotFound("ticket.not_found", "没有这个排队号")
    return {"room": await socket.admit(command.ticket_id, ParticipantKind.AGENT, node_id)}
