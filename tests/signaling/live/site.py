"""A whole edge in the test's own process: HTTP, sockets, rooms, dispatcher; the relay is a fake.

Clients are those of :mod:`signaling.client`: what a page does, over real sockets.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select

from casework.database import Database
from casework.passwords import Passwords
from casework.tables import SkillGroupMember
from casework.vocabulary import Surface
from signaling.bus import InProcessBus
from signaling.client import Client, CommandSocket
from signaling.edge.app import Site, build_app, start_server
from signaling.edge.routes import ROUTES
from signaling.edge.sockets.context import SocketContext
from signaling.edge.sockets.heart import Heart
from signaling.edge.sockets.limits import SocketLimits
from signaling.edge.sockets.presence import Presence
from signaling.edge.sockets.resume import Resumable
from signaling.edge.sockets.routes import socket_routes
from signaling.leases import NodeLease
from signaling.pairing.dispatcher import Dispatcher
from signaling.pairing.rules import PairingRules
from signaling.relay_client import RelayClient
from signaling.rooms.context import RoomContext
from signaling.rooms.recorder import CallRecorder
from signaling.rooms.rooms import Rooms
from signaling.rooms.settings import RoomSettings
from signaling.tables import CallEvent
from signaling.wire.api import CaseDraft, ConsentGiven
from signaling.wire.duty import (
    AgentOnDuty,
    AnyDutyEvent,
    OfferAccept,
    OfferRinging,
    RoomAssigned,
    RoomEnter,
    TicketTake,
)
from signaling.wire.room import (
    AnyRoomEvent,
    DownOffered,
    ParticipantJoined,
    RoomWelcome,
    UpOffer,
)
from signaling.wire.views import CallView, CaseView, RoomAddress
from tests.conftest import free_port
from tests.signaling.edge.conftest import consent, draft, edge_context
from tests.signaling.edge.small_county import PASSWORD, SmallCounty
from tests.signaling.live.fake_relay import FakeRelay

NODE = "a"
QUICK = SocketLimits(
    hello_deadline_s=0.5,
    heartbeat_s=0.2,
    sign_in_check_s=0.1,
    look_again_s=0.5,
    close_deadline_s=0.5,
)
PATIENT = RoomSettings(look_again_s=0.5)

Duty = CommandSocket[AnyDutyEvent]
RoomEnd = CommandSocket[AnyRoomEvent]


@dataclass
class LiveSite:
    origin: str
    edge_county: SmallCounty
    database: Database
    bus: InProcessBus
    fake_relay: FakeRelay | None
    rooms: Rooms
    sockets: SocketContext
    stack: AsyncExitStack

    @property
    def relay(self) -> FakeRelay:
        """Of a site without a relay process."""
        assert self.fake_relay is not None
        return self.fake_relay

    async def client(self, surface: Surface, username: str) -> Client:
        client = await self.stack.enter_async_context(Client.open(self.origin, surface))
        await client.sign_in(username, PASSWORD)
        return client

    async def duty(self, client: Client) -> Duty:
        return await self.stack.enter_async_context(client.duty())

    async def room(self, client: Client, address: RoomAddress) -> RoomEnd:
        return await self.stack.enter_async_context(client.room(address))

    async def events_of_call(self) -> list[str]:
        async with self.database.reading() as session:
            rows = await session.scalars(
                select(CallEvent.kind).order_by(CallEvent.position_ms, CallEvent.id)
            )
            return list(rows)

    async def logged(self, kind: str) -> None:
        """Waits until the call's log has an event of this kind."""

        async def has_kind() -> bool:
            return kind in await self.events_of_call()

        await eventually(has_kind)


@dataclass
class Story:
    """A window whose ticket rings at an agent."""

    site: LiveSite
    window: Client
    console: Client
    window_duty: Duty
    console_duty: Duty
    case_id: str
    offer: OfferRinging
    assigned: RoomAssigned

    async def accept(self) -> tuple[CallView, RoomAddress]:
        answer = await self.console_duty.command(
            OfferAccept(request_id=1, offer_id=self.offer.offer.id)
        )
        return CallView.model_validate(answer["call"]), RoomAddress.model_validate(answer["room"])


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    """Waits until rows are as they should be; nobody announces that."""
    async with asyncio.timeout(10):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@asynccontextmanager
async def open_site(
    database: Database,
    passwords: Passwords,
    folder: Path,
    *,
    limits: SocketLimits = QUICK,
    settings: RoomSettings = PATIENT,
    recorder: CallRecorder | None = None,
    relay: FakeRelay | RelayClient | None = None,
    county: SmallCounty | None = None,
) -> AsyncIterator[LiveSite]:
    """``county`` and ``relay`` of an earlier site: as after a restart of the edge alone."""
    if county is None:
        county = SmallCounty(database)
        await county.found(passwords)
        await _join_groups(county)
    port = free_port()
    origin = f"http://localhost:{port}"
    bus, rules = InProcessBus(), PairingRules()
    relay = relay or FakeRelay()
    edge = edge_context(database, passwords, folder)
    rooms = Rooms(
        RoomContext(
            database=database,
            bus=bus,
            rules=rules,
            settings=settings,
            relay=relay,
            node_id=NODE,
            protected=edge.protected,
            recorder=recorder,
        )
    )
    fake_relay = relay if isinstance(relay, FakeRelay) else None
    if fake_relay is not None:
        fake_relay.events = rooms
    sockets = SocketContext(
        database=database,
        bus=bus,
        rules=rules,
        rooms=rooms,
        presence=Presence(database, limits.sign_in_check_s),
        heart=Heart(database, rules, NODE, interval_s=0.5),
        resumable=Resumable(limits.resumable, limits.resume_s),
        limits=limits,
        node_id=NODE,
    )
    context = replace(edge, origins=frozenset({origin}), page_changed=rooms.page_changed)
    app = build_app(context, [*ROUTES, *socket_routes(sockets)])
    lease = NodeLease(database, NODE, "00000000-0000-0000-0000-000000000001")
    await lease.take()
    dispatcher = Dispatcher(database, bus, rules, interval_s=0.2)
    runner = await start_server(app, [Site("localhost", port)])
    try:
        async with asyncio.TaskGroup() as group:
            work = [
                group.create_task(each.run())
                for each in (rooms, sockets.presence, sockets.heart, lease, dispatcher)
            ]
            if isinstance(relay, RelayClient):
                work.append(group.create_task(relay.run(rooms)))
            async with AsyncExitStack() as stack:
                yield LiveSite(origin, county, database, bus, fake_relay, rooms, sockets, stack)
            for task in work:
                task.cancel()
    finally:
        await runner.cleanup()


async def _join_groups(county: SmallCounty) -> None:
    async with county.database.transaction() as session:
        for agent in ("agent", "agent2"):
            session.add(
                SkillGroupMember(
                    skill_group_id=county.groups["K"],
                    staff_id=county.staff[agent],
                    county_id=county.county_id,
                )
            )


async def agreed_case(site: LiveSite, window: Client, **changes: object) -> str:
    """A drafted case whose resident agreed to the recording."""
    given = CaseDraft.model_validate(draft(site.edge_county, **changes))
    case = await window.call("POST", "cases", CaseView, given)
    answer = ConsentGiven.model_validate(consent())
    await window.call("POST", f"cases/{case.id}/consent", CaseView, answer)
    return case.id


async def ringing(site: LiveSite) -> Story:
    """The agent is on duty, the window took a ticket, it rings, and the room is assigned."""
    console = await site.client(Surface.CONSOLE, "agent")
    window = await site.client(Surface.WINDOW, "helper")
    console_duty = await site.duty(console)
    window_duty = await site.duty(window)
    await console_duty.command(AgentOnDuty(request_id=1))
    case_id = await agreed_case(site, window)
    await window_duty.command(TicketTake(request_id=1, case_id=case_id))
    offer = await console_duty.event(OfferRinging)
    assigned = await window_duty.event(RoomAssigned)
    return Story(site, window, console, window_duty, console_duty, case_id, offer, assigned)


@dataclass
class InCall:
    """Both sides in the room, both connected up, each offered the other."""

    story: Story
    call: CallView
    window: RoomEnd
    agent: RoomEnd
    window_welcome: RoomWelcome
    agent_welcome: RoomWelcome
    window_up: str
    agent_up: str
    window_down: DownOffered
    agent_down: DownOffered
    joined: ParticipantJoined
    """What the window was told of the agent."""


async def come_again(talk: InCall) -> RoomWelcome:
    """What the agent's page is told when it enters anew."""
    wish = RoomEnter(request_id=1, ticket_id=talk.call.ticket_id)
    entered = await talk.story.console_duty.command(wish)
    address = RoomAddress.model_validate(entered["room"])
    async with talk.story.console.room(address) as again:
        return await again.event(RoomWelcome)


async def in_call(story: Story, up_sdp: str) -> InCall:
    site = story.site
    window = await site.room(story.window, story.assigned.room)
    window_welcome = await window.event(RoomWelcome)
    window_up = await window.command(UpOffer(request_id=1, sdp=up_sdp))
    call, address = await story.accept()
    agent = await site.room(story.console, address)
    agent_welcome = await agent.event(RoomWelcome)
    joined = await window.event(ParticipantJoined)
    agent_up = await agent.command(UpOffer(request_id=1, sdp=up_sdp))
    return InCall(
        story=story,
        call=call,
        window=window,
        agent=agent,
        window_welcome=window_welcome,
        agent_welcome=agent_welcome,
        window_up=window_up["connection_id"],
        agent_up=agent_up["connection_id"],
        window_down=await window.event(DownOffered),
        agent_down=await agent.event(DownOffered),
        joined=joined,
    )
