"""Who goes away, and what becomes of the call: grace, the head of the queue, restarts."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import select
from yarl import URL

from casework.database import Database
from casework.passwords import Passwords
from casework.vocabulary import CallEndReason, Surface, TicketState
from signaling.client import Client
from signaling.relay.control import ConnectionState, DownOpen, TapOpen
from signaling.tables import CallParticipant
from signaling.wire.duty import CallOver, ConsoleState, RoomEnter, TicketChanged
from signaling.wire.room import (
    CallEnded,
    DownClosed,
    DownOffered,
    HoldSet,
    ParticipantConnection,
    RoomHello,
    RoomWelcome,
    UpClosed,
    UpOffer,
)
from signaling.wire.views import RoomAddress
from tests.signaling.live.fake_recorder import FakeRecorder
from tests.signaling.live.site import PATIENT, InCall, in_call, open_site, ringing

HASTY = replace(PATIENT, grace_s=1.0, silent_to_lost_s=0.2)


async def test_an_agent_who_stays_away_loses_the_call_and_the_ticket_is_next(
    database: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    async with open_site(database, passwords, tmp_path, settings=HASTY) as site:
        story = await ringing(site)
        window = await site.room(story.window, story.assigned.room)
        call, address = await story.accept()
        async with story.console.room(address) as agent:
            await agent.event(RoomWelcome)
            await window.event(ParticipantConnection, lambda event: event.state == "connected")
        lost = await window.event(ParticipantConnection, lambda event: event.state == "lost")
        assert lost.until_ms is not None
        assert (await window.event(CallEnded)).reason == CallEndReason.AGENT_LOST
        over = await story.window_duty.event(CallOver)
        assert (over.call_id, over.reason) == (call.id, CallEndReason.AGENT_LOST)
        waiting = await story.window_duty.event(
            TicketChanged, lambda event: event.ticket.state is TicketState.WAITING
        )
        assert waiting.ticket.place == 1


async def test_an_agent_who_never_comes_loses_the_call(
    light: Database, passwords: Passwords, tmp_path: Path
) -> None:
    async with open_site(light, passwords, tmp_path, settings=HASTY) as site:
        story = await ringing(site)
        window = await site.room(story.window, story.assigned.room)
        await story.accept()
        assert (await window.event(CallEnded)).reason == CallEndReason.AGENT_LOST


async def test_silent_media_counts_as_lost_and_a_packet_brings_it_back(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    patient = replace(HASTY, grace_s=30)
    async with open_site(light, passwords, tmp_path, settings=patient) as site:
        talk = await in_call(await ringing(site), up_sdp)
        for state, told in (
            (ConnectionState.SILENT, ["silent", "lost"]),
            (ConnectionState.CONNECTED, ["connected"]),
        ):
            site.relay.report(talk.window_up, state)
            for expected in told:
                while (await talk.agent.event(ParticipantConnection)).state != expected:
                    pass


async def test_a_connection_that_the_relay_gave_up_is_offered_anew(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        talk = await in_call(await ringing(site), up_sdp)
        site.relay.report(talk.agent_down.connection_id, ConnectionState.CLOSED)
        assert (await talk.agent.event(DownClosed)).connection_id == talk.agent_down.connection_id
        await talk.agent.event(DownOffered)
        site.relay.report(talk.window_up, ConnectionState.CLOSED)
        assert (await talk.window.event(UpClosed)).connection_id == talk.window_up
        await talk.agent.event(DownClosed)
        await talk.agent.event(ParticipantConnection, lambda event: event.state == "lost")


async def test_a_relay_that_was_killed_costs_its_calls_a_reconnect(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    recorder = FakeRecorder()
    async with open_site(light, passwords, tmp_path, recorder=recorder) as site:
        talk = await in_call(await ringing(site), up_sdp)
        await talk.agent.command(HoldSet(request_id=1, on=True))
        await site.relay.ordered(TapOpen)
        site.relay.forget()
        await site.relay.come_back()
        assert (await talk.window.event(UpClosed)).connection_id == talk.window_up
        assert (await talk.window.event(DownClosed)).connection_id == talk.window_down.connection_id
        assert await site.relay.ordered(TapOpen, 2) == site.relay.of(TapOpen)[0].model_copy(
            update={"request_id": site.relay.of(TapOpen)[1].request_id}
        )
        await talk.window.command(UpOffer(request_id=1, sdp=up_sdp))
        await talk.agent.event(DownOffered)


async def test_the_edge_comes_back_into_its_calls(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    recorder = FakeRecorder()
    async with open_site(light, passwords, tmp_path, recorder=recorder) as before:
        talk = await in_call(await ringing(before), up_sdp)
        await before.relay.ordered(TapOpen)
    async with open_site(
        light,
        passwords,
        tmp_path,
        recorder=recorder,
        relay=before.relay,
        county=before.edge_county,
    ) as site:
        await site.relay.come_back()
        opened = len(site.relay.of(DownOpen))
        console = await site.client(Surface.CONSOLE, "agent")
        duty = await site.duty(console)
        state = await duty.event(ConsoleState)
        assert state.call == talk.call
        entered = await duty.command(RoomEnter(request_id=1, ticket_id=talk.call.ticket_id))
        has = [talk.agent_down.connection_id]
        welcome = await enter_with(console, RoomAddress.model_validate(entered["room"]), has)
        assert welcome.participant_id == talk.agent_welcome.participant_id
        assert len(site.relay.of(DownOpen)) == opened, "what the page still has is not offered"
        assert site.relay.is_held(talk.window_up)
        async with light.reading() as session:
            rows = (await session.scalars(select(CallParticipant.id))).all()
        assert set(rows) == {welcome.participant_id, talk.window_welcome.participant_id}
        assert recorder.closed == []
        assert "call.resumed" in await site.events_of_call()


async def enter_with(client: Client, address: RoomAddress, has: list[str]) -> RoomWelcome:
    """Says hello with the mirrors that the page still has."""
    async with client._http.ws_connect(client.origin.join(URL(address.path))) as socket:
        hello = RoomHello(request_id=1, protocol=1, token=address.token, connections=has)
        await socket.send_str(hello.model_dump_json())
        welcome = RoomWelcome.model_validate_json(await socket.receive_str(timeout=10))
        assert (await socket.receive_json(timeout=10))["type"] != "refused"
    return welcome


async def test_the_longest_call_ends_as_served(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    settings = replace(PATIENT, longest_call_s=0.5)
    async with open_site(light, passwords, tmp_path, settings=settings) as site:
        talk: InCall = await in_call(await ringing(site), up_sdp)
        assert (await talk.window.event(CallEnded)).reason == CallEndReason.LONGEST_CALL
