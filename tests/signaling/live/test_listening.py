"""A supervisor in a running call: shown, in the log, and heard only by whom the mode allows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from casework.database import Database
from casework.errors import ShipinbanError
from casework.passwords import Passwords
from casework.sign_in import revoke_sign_ins
from casework.tables import JournalEntry
from casework.vocabulary import ListeningMode, ParticipantKind, Surface
from recording.watched import watched
from signaling.client import Client
from signaling.relay.control import ConnectionClose, DownOpen, UpOpen
from signaling.tables import CallEvent, CallListener, CallParticipant
from signaling.wire.live import CallsBoard, ListeningAsked, ListeningOpened
from signaling.wire.room import (
    CallEnd,
    CallEnded,
    DownOffered,
    HoldSet,
    ListenersChanged,
    ListeningSet,
    RoomWelcome,
    UpClosed,
    UpOffer,
)
from tests.signaling.live.site import InCall, RoomEnd, eventually, in_call, open_site, ringing
from tests.signaling.live.test_rooms import refused

ASKED = ListeningAsked(reason="质检巡查")


@dataclass
class Listening:
    talk: InCall
    supervisor: Client
    room: RoomEnd
    welcome: RoomWelcome

    @property
    def me(self) -> str:
        return self.welcome.participant_id

    async def set(self, mode: ListeningMode) -> None:
        await self.room.command(ListeningSet(request_id=1, mode=mode))

    async def leave(self) -> None:
        """As a page that is closed."""
        await self.room._socket.close()

    async def speak(self, up_sdp: str) -> UpOpen:
        """Offers the voice; what the relay was ordered."""
        await self.room.command(UpOffer(request_id=1, sdp=up_sdp))
        return self.talk.story.site.relay.of(UpOpen)[-1]


async def listen(talk: InCall, username: str = "county_supervisor") -> Listening:
    site = talk.story.site
    supervisor = await site.client(Surface.SUPERVISION, username)
    opened = await supervisor.call(
        "POST", f"calls/{talk.call.id}/listening", ListeningOpened, ASKED
    )
    room = await site.room(supervisor, opened.room)
    return Listening(talk, supervisor, room, await room.event(RoomWelcome))


async def refused_to(client: Client, call_id: str) -> str:
    with pytest.raises(ShipinbanError) as error:
        await client.call("POST", f"calls/{call_id}/listening", ListeningOpened, ASKED)
    return error.value.code


@asynccontextmanager
async def calling(
    database: Database, passwords: Passwords, folder: Path, up_sdp: str
) -> AsyncIterator[InCall]:
    async with open_site(database, passwords, folder) as site:
        yield await in_call(await ringing(site), up_sdp)


@pytest.fixture
async def talk(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> AsyncIterator[InCall]:
    async with calling(light, passwords, tmp_path, up_sdp) as begun:
        yield begun


def heard_by(talk: InCall, source: str) -> set[str]:
    """The participants that the relay shows a connection up to, by all orders so far."""
    relay = talk.story.site.relay
    return {
        order.participant_id
        for order in relay.of(DownOpen)
        if order.source_connection_id == source and relay.is_held(source)
    }


async def test_who_listens_is_shown_to_both_sides_and_the_resident(
    database: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    async with calling(database, passwords, tmp_path, up_sdp) as talk:
        token = talk.window_welcome.resident_token
        assert token is not None
        address = talk.story.assigned.room.model_copy(update={"token": token})
        async with talk.story.window.room(address) as resident:
            await resident.event(RoomWelcome)
            listening = await listen(talk)
            for end in (talk.window, talk.agent, resident):
                (shown,) = (await end.event(ListenersChanged)).listeners
                assert (shown.participant_id, shown.mode) == (listening.me, ListeningMode.LISTEN)
                assert (shown.name, shown.unit_name) == ("姓名county_supervisor", "county")
            assert listening.welcome.kind is ParticipantKind.SUPERVISOR
            seen = {(await listening.room.event(DownOffered)).participant_id for _ in range(2)}
            assert seen == {talk.window_welcome.participant_id, talk.agent_welcome.participant_id}
            downs = talk.story.site.relay.of(DownOpen)[-2:]
            assert [order.primary for order in downs] == [False, False]
            await listening.leave()
            for end in (talk.window, talk.agent, resident):
                assert (await end.event(ListenersChanged)).listeners == []
        for order in downs:
            assert not talk.story.site.relay.is_held(order.connection_id)
        await talk.story.site.logged("listening.ended")
        async with database.reading() as session:
            entries = await session.scalars(
                select(JournalEntry.what)
                .where(JournalEntry.what.startswith("listening."))
                .order_by(JournalEntry.id)
            )
            assert list(entries) == ["listening.opened", "listening.begun", "listening.ended"]
            (told,) = await watched(session, talk.call.case_ids[0], "zh-CN")
            assert (told.organisation, told.listened) == ("county", True)
            place = await session.get_one(CallParticipant, listening.me)
            assert (place.kind, place.left_ms is not None) == ("supervisor", True)


async def test_a_voice_reaches_only_whom_the_mode_allows(talk: InCall, up_sdp: str) -> None:
    listening = await listen(talk)
    window, agent = talk.window_welcome.participant_id, talk.agent_welcome.participant_id
    offer = UpOffer(request_id=1, sdp=up_sdp)
    assert await refused(listening.room.command(offer)) == "listening.silent"

    await listening.set(ListeningMode.WHISPER)
    whisper = await listening.speak(up_sdp)
    assert (whisper.only_to, heard_by(talk, whisper.connection_id)) == (agent, {agent})
    sent = {line.kind: line.ssrc is not None for line in whisper.lines}
    assert sent == {"audio": True, "camera": False, "document": False}

    await listening.set(ListeningMode.JOIN)
    closed = talk.story.site.relay.of(ConnectionClose)[-1]
    assert closed.connection_id == whisper.connection_id, "before it is for everybody"
    assert (await listening.room.event(UpClosed)).connection_id == whisper.connection_id
    joined = await listening.speak(up_sdp)
    assert (joined.only_to, heard_by(talk, joined.connection_id)) == (None, {window, agent})

    await listening.set(ListeningMode.LISTEN)
    assert heard_by(talk, joined.connection_id) == set()
    assert await refused(listening.room.command(offer)) == "listening.silent"
    async with talk.story.site.database.reading() as session:
        bodies = await session.scalars(
            select(CallEvent.body)
            .where(CallEvent.kind == "listening.changed")
            .order_by(CallEvent.position_ms, CallEvent.id)
        )
        changes = [(body["from"], body["mode"]) for body in bodies]
    assert changes == [("listen", "whisper"), ("whisper", "join"), ("join", "listen")]
    for end in (talk.window, talk.agent):
        modes = [(await end.event(ListenersChanged)).listeners[0].mode for _ in range(4)]
        assert modes == ["listen", "whisper", "join", "listen"]


async def test_a_change_that_the_relay_cannot_make_changes_nothing(
    talk: InCall, up_sdp: str
) -> None:
    listening = await listen(talk)
    await listening.set(ListeningMode.JOIN)
    joined = await listening.speak(up_sdp)
    talk.story.site.relay.away = True
    change = ListeningSet(request_id=1, mode=ListeningMode.WHISPER)
    assert await refused(listening.room.command(change)) == "relay.away"
    talk.story.site.relay.away = False
    async with talk.story.site.database.reading() as session:
        assert await session.scalar(select(CallListener.mode)) == ListeningMode.JOIN
    await listening.set(ListeningMode.WHISPER)
    assert heard_by(talk, joined.connection_id) == set(), "closed at the second try"


async def test_a_listener_commands_nothing(talk: InCall) -> None:
    listening = await listen(talk)
    for command in (HoldSet(request_id=1, on=True), CallEnd(request_id=1)):
        assert await refused(listening.room.command(command)) == "room.role"
    change = ListeningSet(request_id=1, mode=ListeningMode.JOIN)
    assert await refused(talk.agent.command(change)) == "room.role"


async def test_two_may_listen_and_each_of_the_own_line(talk: InCall) -> None:
    site = talk.story.site
    south = await site.client(Surface.SUPERVISION, "south_supervisor")
    assert await refused_to(south, talk.call.id) == "call.not_found"
    assert (await south.call("GET", "live-calls", CallsBoard)).total == 0
    first = await listen(talk, "home_supervisor")
    assert await refused_to(first.supervisor, talk.call.id) == "listening.already"
    second = await listen(talk)
    third = await site.client(Surface.SUPERVISION, "chief_county_supervisor")
    assert await refused_to(third, talk.call.id) == "listening.full"
    (shown,) = (await third.call("GET", "live-calls", CallsBoard)).calls
    assert shown.id == talk.call.id
    await second.leave()
    await talk.agent.event(ListenersChanged, lambda event: len(event.listeners) == 2)
    await talk.agent.event(ListenersChanged, lambda event: len(event.listeners) == 1)
    await site.logged("listening.ended")
    assert len((await listen(talk, "chief_county_supervisor")).welcome.listeners) == 2


async def test_a_token_of_a_listening_that_is_over_opens_nothing(talk: InCall) -> None:
    listening = await listen(talk)
    await listening.leave()
    await talk.story.site.logged("listening.ended")
    again = await listening.supervisor.call(
        "POST", f"calls/{talk.call.id}/listening", ListeningOpened, ASKED
    )
    async with talk.story.site.database.reading() as session:
        rows = list(await session.scalars(select(CallListener.ended_ms)))
    assert len(rows) == 2, "each time anew, with a reason"
    async with listening.supervisor.room(again.room) as room:
        assert (await room.event(RoomWelcome)).participant_id != listening.me


async def test_a_revoked_sign_in_ends_it_at_once(talk: InCall) -> None:
    site = talk.story.site
    await listen(talk)
    await talk.window.event(ListenersChanged)
    async with site.database.transaction() as session:
        await revoke_sign_ins(session, site.edge_county.staff["county_supervisor"])
    assert (await talk.window.event(ListenersChanged)).listeners == []


async def test_the_end_of_the_call_ends_it(talk: InCall) -> None:
    listening = await listen(talk)
    await talk.agent.command(CallEnd(request_id=1))
    assert (await listening.room.event(CallEnded)).reason == "finished"

    async def ended() -> bool:
        async with talk.story.site.database.reading() as session:
            return await session.scalar(select(CallListener.ended_ms)) is not None

    await eventually(ended)
    assert await refused_to(listening.supervisor, talk.call.id) == "call.not_found"
    assert talk.story.site.relay.held().connections == []


async def test_an_edge_that_comes_back_knows_no_listener(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        talk = await in_call(await ringing(site), up_sdp)
        listening = await listen(talk)
        county, relay = site.edge_county, site.relay
        async with light.transaction() as session:
            row = await session.get_one(CallListener, listening.me)
            kept = {"call_id": row.call_id, "staff_id": row.staff_id}
    # As if killed: the leaving that the end of the site wrote is taken back.
    async with light.transaction() as session:
        row = await session.get_one(CallListener, listening.me)
        row.ended_ms = None
        assert kept == {"call_id": row.call_id, "staff_id": row.staff_id}
    async with open_site(light, passwords, tmp_path, relay=relay, county=county) as site:
        await relay.come_back()

        async def over() -> bool:
            async with light.reading() as session:
                return await session.scalar(select(CallListener.ended_ms)) is not None

        await eventually(over)
        held = {each.participant_id for each in relay.held().connections}
        assert listening.me not in held
