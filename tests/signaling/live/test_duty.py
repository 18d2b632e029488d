"""The duty sockets: what a page is shown first, what it missed, and who counts."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from yarl import URL

from casework.database import Database
from casework.errors import ShipinbanError
from casework.passwords import Passwords
from casework.tables import CallBack
from casework.vocabulary import AgentState, AwayReason, Surface, TicketState
from signaling.client import Client
from signaling.tables import Agent
from signaling.wire.base import CloseCode, Resume
from signaling.wire.duty import (
    AgentAvailable,
    AgentAway,
    AgentChanged,
    AgentOffDuty,
    AgentOnDuty,
    CallAssigned,
    CallBackAnswer,
    CallBackRinging,
    CallBacksChanged,
    CallBackStart,
    ConsoleState,
    Hello,
    OfferAccept,
    OfferDecline,
    OfferOver,
    OfferRinging,
    QueueChanged,
    RoomAssigned,
    TakenOver,
    TicketCancel,
    TicketChanged,
    TicketPick,
    TicketTake,
    WindowState,
)
from signaling.wire.room import CallStarted, RoomWelcome
from signaling.wire.views import CallBackView, TicketView
from tests.signaling.live.site import agreed_case, eventually, open_site, ringing


async def test_a_declined_ring_is_over_and_the_ticket_waits(
    light: Database, passwords: Passwords, tmp_path: Path
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        story = await ringing(site)
        offer_id = story.offer.offer.id
        await story.console_duty.command(OfferDecline(request_id=1, offer_id=offer_id))
        over = await story.console_duty.event(OfferOver)
        assert (over.offer_id, over.reason) == (offer_id, "declined")
        back = await story.window_duty.event(
            TicketChanged, lambda event: event.ticket.state is TicketState.WAITING
        )
        ticket = back.ticket
        with pytest.raises(ShipinbanError) as late:
            await story.console_duty.command(OfferAccept(request_id=1, offer_id=offer_id))
        assert late.value.code == "offer.over"
        await story.console_duty.command(TicketPick(request_id=1, ticket_id=ticket.id))
        again = await story.console_duty.event(OfferRinging)
        assert again.offer.ticket_id == ticket.id
        await story.window_duty.event(RoomAssigned)


async def test_the_queue_and_the_place_in_it_are_shown_as_they_change(
    light: Database, passwords: Passwords, tmp_path: Path
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        console = await site.client(Surface.CONSOLE, "agent")
        duty = await site.duty(console)
        await duty.command(AgentOnDuty(request_id=1))
        await duty.command(AgentAway(request_id=1, reason=AwayReason.BREAK))
        away = await duty.event(AgentChanged, lambda event: event.agent.state is AgentState.AWAY)
        assert away.agent.away_reason is AwayReason.BREAK
        window = await site.client(Surface.WINDOW, "helper")
        window_duty = await site.duty(window)
        case_id = await agreed_case(site, window)
        taken = await window_duty.command(TicketTake(request_id=1, case_id=case_id))
        ticket = TicketView.model_validate(taken["ticket"])
        assert (ticket.state, ticket.place) == (TicketState.WAITING, 1)
        queue = (await duty.event(QueueChanged, lambda event: bool(event.queue))).queue
        assert [entry.ticket_id for entry in queue] == [ticket.id]
        # A ticket that came and went between two looks is in the answers alone.
        await window_duty.event(TicketChanged)
        await window_duty.command(TicketCancel(request_id=1, ticket_id=ticket.id))
        over = await window_duty.event(
            TicketChanged, lambda event: event.ticket.state is TicketState.CANCELLED
        )
        assert over.ticket.id == ticket.id
        await duty.event(QueueChanged, lambda event: not event.queue)
        await duty.command(AgentAvailable(request_id=1))
        await duty.command(AgentOffDuty(request_id=1))
        await duty.event(AgentChanged, lambda event: event.agent.state is AgentState.OFFLINE)


async def test_the_newest_tab_of_an_agent_wins(
    database: Database, passwords: Passwords, tmp_path: Path
) -> None:
    async with open_site(database, passwords, tmp_path) as site:
        console = await site.client(Surface.CONSOLE, "agent")
        older = await site.duty(console)
        await older.command(AgentOnDuty(request_id=1))
        newer = await site.duty(console)
        await older.event(TakenOver)
        with pytest.raises(ConnectionError, match=str(int(CloseCode.TAKEN_OVER))):
            await older.event(TakenOver)
        state = await newer.event(ConsoleState)
        assert state.agent is not None
        assert state.agent.state is AgentState.AVAILABLE, "the state is the person's, not the tab's"


async def test_the_newest_page_of_a_window_wins(
    light: Database, passwords: Passwords, tmp_path: Path
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        window = await site.client(Surface.WINDOW, "helper")
        older = await site.duty(window)
        newer = await site.duty(window)
        await older.event(TakenOver)
        await newer.event(WindowState)


async def test_an_agent_whose_socket_is_gone_is_not_rung(
    light: Database, passwords: Passwords, tmp_path: Path
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        console = await site.client(Surface.CONSOLE, "agent")
        async with console.duty() as duty:
            await duty.command(AgentOnDuty(request_id=1))

        async def detached() -> bool:
            async with light.reading() as session:
                return await session.scalar(select(Agent.socket_id)) is None

        await eventually(detached)


async def test_a_call_back_rings_at_the_window_and_becomes_a_call(
    light: Database, passwords: Passwords, tmp_path: Path
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        window = await site.client(Surface.WINDOW, "helper")
        window_duty = await site.duty(window)
        case_id = await agreed_case(site, window)
        promised = await window_duty.command(TicketTake(request_id=1, case_id=case_id))
        call_back = CallBackView.model_validate(promised["call_back"])
        console = await site.client(Surface.CONSOLE, "agent")
        console_duty = await site.duty(console)
        await console_duty.command(AgentOnDuty(request_id=1))
        await console_duty.event(CallBacksChanged, lambda event: event.call_backs[0].mine)
        await console_duty.command(CallBackStart(request_id=1, call_back_id=call_back.id))
        ringing_now = await window_duty.event(CallBackRinging)
        assert ringing_now.call_back.id == call_back.id
        answer = CallBackAnswer(request_id=1, ticket_id=ringing_now.ticket.id, accept=True)
        await window_duty.command(answer)
        assigned = await window_duty.event(RoomAssigned)
        call = (await console_duty.event(CallAssigned)).call
        room = await site.room(window, assigned.room)
        welcome = await room.event(RoomWelcome)
        if welcome.call is None:
            welcome = welcome.model_copy(update={"call": (await room.event(CallStarted)).call})
        assert welcome.call == call
        async with light.reading() as session:
            assert await session.scalar(select(CallBack.state)) == "started"


async def test_a_page_that_comes_back_is_told_what_it_missed_once(
    light: Database, passwords: Passwords, tmp_path: Path
) -> None:
    async with open_site(light, passwords, tmp_path) as site, AsyncExitStack() as stack:
        window = await site.client(Surface.WINDOW, "helper")
        console = await site.client(Surface.CONSOLE, "agent")
        duty = await stack.enter_async_context(console.duty())
        await duty.command(AgentOnDuty(request_id=1))
        await duty.command(AgentAway(request_id=1, reason=AwayReason.MEAL))
        first = await Listener.open(window, None)
        welcome = await first.until("welcome")
        state = await first.until("window.state")
        await first.close()
        case_id = await agreed_case(site, window)
        other = await site.duty(window)
        await other.command(TicketTake(request_id=1, case_id=case_id))

        resume = Resume(socket_id=welcome["socket_id"], last_seq=welcome["seq"])
        again = await Listener.open(window, resume)
        kinds = [message["type"] for message in await again.some(3)]
        assert kinds == ["window.state", "welcome", "ticket.changed"]
        assert state["seq"] == welcome["seq"] + 1
        await again.close()
        lost = Resume(socket_id=welcome["socket_id"], last_seq=10_000)
        third = await Listener.open(window, lost)
        assert not (await third.until("welcome"))["resumed"]
        assert (await third.until("window.state"))["ticket"]["state"] == "waiting"
        await third.close()


class Listener:
    """A duty socket of which each message counts."""

    def __init__(self, socket: Any) -> None:  # noqa: ANN401
        self._socket = socket

    @classmethod
    async def open(cls, client: Client, resume: Resume | None) -> "Listener":
        address = client.origin.join(URL(f"/api/{client.surface}/duty"))
        socket = await client._http.ws_connect(address)
        hello = Hello(request_id=1, protocol=1, resume=resume)
        await socket.send_str(hello.model_dump_json())
        return cls(socket)

    async def some(self, count: int) -> list[dict[str, Any]]:
        """The next events; answers and heartbeats are passed over."""
        found: list[dict[str, Any]] = []
        while len(found) < count:
            message = await self._socket.receive_json(timeout=10)
            if message.get("seq"):
                found.append(message)
        return found

    async def until(self, kind: str) -> dict[str, Any]:
        while True:
            (message,) = await self.some(1)
            if message["type"] == kind:
                return message

    async def close(self) -> None:
        await self._socket.close()
