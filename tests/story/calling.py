"""Helper, agent and supervisor without browsers: HTTP, sockets, and media by aiortc.

They use what a page uses. Everything a socket said is kept, so that a test can ask for it in any
order; what a room offers is answered beside the test.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from aiortc import MediaStreamTrack

from casework.vocabulary import ConsentAnswer, ConsentGiver, RecordingState, Relation, Surface
from signaling.client import Client, CommandSocket
from signaling.peer import Peer
from signaling.wire.api import (
    CallBrief,
    CallDetail,
    CallList,
    CaseDraft,
    Config,
    ConsentGiven,
    ItemsFound,
    OrganisationList,
    ViewOpened,
    ViewView,
)
from signaling.wire.base import Event
from signaling.wire.duty import (
    AgentAvailable,
    AgentOnDuty,
    OfferAccept,
    OfferRinging,
    RoomAssigned,
    RoomEnter,
    TicketTake,
    Welcome,
)
from signaling.wire.room import CallEnd, CallEnded, DownClosed, DownOffered, RoomWelcome, UpClosed
from signaling.wire.views import CallView, CaseView, RoomAddress
from village_client.encoded_file import read_tracks

ITEM = "GA001"
"""Decided by the county, answered by the demo's county agent."""
WAIT_S = 60.0
"""Loose: the machine may be busy with other things."""

Wanted = TypeVar("Wanted", bound=Event)
Found = TypeVar("Found")


async def until(look: Callable[[], Awaitable[Found | None]], timeout_s: float = WAIT_S) -> Found:
    """The first answer that is something, asked for every tenth of a second."""
    async with asyncio.timeout(timeout_s):
        while not (found := await look()):  # noqa: ASYNC110 - what changes is in other processes
            await asyncio.sleep(0.1)
        return found


class Listening:
    """A socket with everything that it said so far."""

    def __init__(self, socket: CommandSocket[Any]) -> None:
        self.socket = socket
        self.heard: list[Event] = []
        self.closed = False
        self._changed = asyncio.Condition()

    async def listen(self, answer: Callable[[Event], Awaitable[None]] | None = None) -> None:
        """Until the socket closes."""
        async for event in self.socket.events():
            if answer is not None:
                await answer(event)
            await self._note(event)
        await self._note(None)

    async def _note(self, event: Event | None) -> None:
        async with self._changed:
            if event is None:
                self.closed = True
            else:
                self.heard.append(event)
            self._changed.notify_all()

    async def saw(
        self,
        wanted: type[Wanted],
        accept: Callable[[Wanted], bool] = lambda _: True,
        timeout_s: float = WAIT_S,
    ) -> Wanted:
        """The first such event, past or to come. Raises ``TimeoutError``, ``ConnectionError``."""

        def find() -> Wanted | None:
            return next((e for e in self.heard if isinstance(e, wanted) and accept(e)), None)

        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(lambda: find() is not None or self.closed)
        found = find()
        if found is None:
            raise ConnectionError(f"closed without {wanted.__name__}")
        return found

    async def saw_close(self, timeout_s: float = WAIT_S) -> None:
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(lambda: self.closed)


@asynccontextmanager
async def on_duty_socket(client: Client, node: str | None = None) -> AsyncIterator[Listening]:
    """The duty socket; behind a proxy, opened again until ``node`` is the one that answers."""
    for _ in range(40):
        async with client.duty() as socket, asyncio.TaskGroup() as group:
            duty: Listening = Listening(socket)
            listening = group.create_task(duty.listen())
            try:
                welcome = await duty.saw(Welcome)
                if node in {None, welcome.node_id}:
                    yield duty
                    return
            finally:
                listening.cancel()
    raise AssertionError(f"node {node} never answered")


@dataclass(frozen=True)
class Files:
    """What a window sends: camera with sound, and a document."""

    camera: Path
    document: Path

    def tracks(self) -> dict[str, MediaStreamTrack]:
        camera = read_tracks(self.camera)
        document = read_tracks(self.document)["video"]
        return {"audio": camera["audio"], "camera": camera["video"], "document": document}


class InRoom:
    """One participant: takes what is offered, sends again what the relay lost."""

    def __init__(self, listening: Listening, peer: Peer, files: Files | None) -> None:
        self.room = listening
        self.peer = peer
        self.files = files

    @property
    def command(self) -> Callable[..., Awaitable[dict[str, Any]]]:
        return self.room.socket.command

    @property
    def saw(self) -> Callable[..., Awaitable[Any]]:
        return self.room.saw

    async def send(self) -> None:
        assert self.files is not None
        await self.peer.send(self.files.tracks())

    async def answer(self, event: Event) -> None:
        match event:
            case DownOffered():
                await self.peer.take_down(event)
            case DownClosed():
                await self.peer.drop_down(event)
            case UpClosed() if self.files is not None:
                await self.send()

    def packets(self, line: str) -> int:
        """Received so far of one line, whoever sent it."""
        counted = self.peer.received.packets
        return sum(packets for (_, of), packets in counted.items() if of == line)

    async def receives(
        self, lines: Sequence[str] = ("audio", "camera", "document"), packets: int = 4
    ) -> None:
        """Waits until so many more of every line have arrived than there were now."""
        before = {line: self.packets(line) for line in lines}

        async def more() -> bool:
            return all(self.packets(line) >= before[line] + packets for line in lines)

        await until(more)


@asynccontextmanager
async def in_room(
    client: Client, address: RoomAddress, files: Files | None = None, peer: Peer | None = None
) -> AsyncIterator[InRoom]:
    """``peer``: one that has outlived an earlier socket; its owner closes it."""
    connections = [] if peer is None else peer.downs
    async with client.room(address, connections) as socket:
        own = Peer(socket)
        if peer is not None:
            peer.use(socket)
        there = InRoom(Listening(socket), peer or own, files)
        try:
            async with asyncio.TaskGroup() as group:
                listening = group.create_task(there.room.listen(there.answer))
                try:
                    await there.saw(RoomWelcome)
                    yield there
                finally:
                    listening.cancel()
        finally:
            await own.close()


async def open_case(client: Client, code: str = ITEM) -> CaseView:
    """With the helper's own yes to recording."""
    found = await client.call("GET", "items", ItemsFound, query={"q": code})
    towns = await client.call("GET", "towns", OrganisationList)
    draft = CaseDraft(
        item_id=next(item.id for item in found.items if item.code == code),
        subject_name="李桂香",
        subject_id_number="441625196001010017",
        subject_phone="13812345678",
        registered_organisation_id=towns.organisations[0].id,
        present_relation=Relation.SELF,
        present_name="李桂香",
    )
    case = await client.call("POST", "cases", CaseView, draft)
    config = await client.call("GET", "/api/config", Config)
    consent = ConsentGiven(
        answer=ConsentAnswer.YES,
        answered_by=ConsentGiver.PRESENT_PERSON,
        language="zh-CN",
        text_version=config.consent_text_version,
    )
    return await client.call("POST", f"cases/{case.id}/consent", CaseView, consent)


@dataclass
class Call:
    """A call under way, both ends of it in this process."""

    helper: Client
    agent: Client
    helper_duty: Listening
    agent_duty: Listening
    window: InRoom
    desk: InRoom
    view: CallView
    node_id: str
    offer_id: str

    async def finish(self) -> None:
        """The agent ends it and is free for the next one."""
        await self.desk.command(CallEnd(request_id=1))
        await self.window.saw(CallEnded)
        await self.agent_duty.socket.command(AgentAvailable(request_id=1))


@dataclass(frozen=True)
class County:
    """Where it runs and who may sign in."""

    origin: str
    passwords: dict[str, str]
    files: Files

    @asynccontextmanager
    async def person(self, surface: Surface, username: str) -> AsyncIterator[Client]:
        async with Client.open(self.origin, surface) as client:
            await client.sign_in(username, self.passwords[username])
            yield client

    @asynccontextmanager
    async def calling(
        self, helper_node: str | None = None, agent_node: str | None = None
    ) -> AsyncIterator[Call]:
        """A call from a new ticket on, with media flowing to the agent."""
        async with AsyncExitStack() as stack:
            enter = stack.enter_async_context
            helper = await enter(self.person(Surface.WINDOW, "helper"))
            agent = await enter(self.person(Surface.CONSOLE, "county-agent"))
            agent_duty = await enter(on_duty_socket(agent, agent_node))
            helper_duty = await enter(on_duty_socket(helper, helper_node))
            await agent_duty.socket.command(AgentOnDuty(request_id=1))
            case = await open_case(helper)
            await helper_duty.socket.command(TicketTake(request_id=1, case_id=case.id))
            yield await self.answered(stack, helper, agent, helper_duty, agent_duty)

    async def answered(
        self,
        stack: AsyncExitStack,
        helper: Client,
        agent: Client,
        helper_duty: Listening,
        agent_duty: Listening,
        after: Call | None = None,
    ) -> Call:
        """The window connects up while it rings; the agent accepts and receives all lines.

        ``after``: the lost call of the same ticket, whose offer is not meant.
        """
        assigned = await helper_duty.saw(RoomAssigned)
        window = await stack.enter_async_context(in_room(helper, assigned.room, self.files))
        await window.send()
        former = after.offer_id if after else None
        ringing = await agent_duty.saw(
            OfferRinging,
            lambda event: event.offer.ticket_id == assigned.ticket_id and event.offer.id != former,
        )
        accepted = await agent_duty.socket.command(
            OfferAccept(request_id=1, offer_id=ringing.offer.id)
        )
        address = RoomAddress.model_validate(accepted["room"])
        desk = await stack.enter_async_context(in_room(agent, address))
        await desk.receives()
        view = CallView.model_validate(accepted["call"])
        return Call(
            helper,
            agent,
            helper_duty,
            agent_duty,
            window,
            desk,
            view,
            address.node_id,
            ringing.offer.id,
        )

    @asynccontextmanager
    async def rejoined(self, lost: Call, *, media: bool) -> AsyncIterator[Call]:
        """The same call after both lost their sockets.

        ``media``: also their connections; else those go on, as the hello says.
        """
        async with AsyncExitStack() as stack:
            enter = stack.enter_async_context
            entering = RoomEnter(request_id=1, ticket_id=lost.view.ticket_id)
            ends = []
            for client, before in ((lost.helper, lost.window), (lost.agent, lost.desk)):
                duty = await enter(on_duty_socket(client))
                address = (await duty.socket.command(entering))["room"]
                there = await enter(
                    in_room(
                        client,
                        RoomAddress.model_validate(address),
                        before.files,
                        None if media else before.peer,
                    )
                )
                if media and before.files is not None:
                    await there.send()
                ends.append((duty, there))
            (helper_duty, window), (agent_duty, desk) = ends
            yield replace(
                lost, helper_duty=helper_duty, agent_duty=agent_duty, window=window, desk=desk
            )

    async def recorded(self, call_id: str, state: RecordingState) -> CallDetail:
        """Waits until supervision sees the call's recording in this state."""
        async with self.person(Surface.SUPERVISION, "county-supervisor") as supervisor:

            async def look() -> CallDetail | None:
                detail = await supervisor.call("GET", f"calls/{call_id}", CallDetail)
                recording = detail.recording
                return detail if recording is not None and recording.state is state else None

            return await until(look)

    async def calls(self) -> list[CallBrief]:
        async with self.person(Surface.SUPERVISION, "county-supervisor") as supervisor:
            return (await supervisor.call("GET", "calls", CallList)).calls

    async def files_of(self, detail: CallDetail) -> dict[tuple[str, str], bytes]:
        """The recording's files by participant kind and stream kind, as playback serves them."""
        assert detail.recording is not None
        found = {}
        async with self.person(Surface.SUPERVISION, "county-supervisor") as supervisor:
            path = f"recordings/{detail.recording.id}/views"
            view = await supervisor.call("POST", path, ViewView, ViewOpened(reason="抽查"))
            for stream in detail.recording.streams:
                content = await supervisor.fetch("GET", f"views/{view.id}/streams/{stream.id}")
                found[stream.participant_kind, str(stream.kind)] = content
        return found
