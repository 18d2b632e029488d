"""A window without a browser: takes a ticket for one item and sends two files to the agent.

For kiosks and demos. It signs in as the window's helper, opens a case for an invented subject,
says yes to the recording in the helper's name (no resident is there), waits for an agent, sends,
and leaves when the call ends.
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aiortc import MediaStreamTrack

from casework.errors import NotFound, Unavailable
from casework.vocabulary import ConsentAnswer, ConsentGiver, PageKind, Relation, Surface
from signaling.client import Client, CommandSocket, SocketClosed
from signaling.peer import Peer
from signaling.room_return import FIRST_PAUSE_S, stay_in_room
from signaling.wire.api import (
    CaseDraft,
    Config,
    ConsentGiven,
    ItemBrief,
    ItemsFound,
    OrganisationList,
    PageStarted,
)
from signaling.wire.duty import AnyDutyEvent, RoomAssigned, TicketCancel, TicketTake, WindowState
from signaling.wire.room import (
    AnyRoomEvent,
    CallEnd,
    CallEnded,
    CallStarted,
    DownClosed,
    DownOffered,
    PageRequested,
    RoomWelcome,
    UpClosed,
)
from signaling.wire.views import CallView, CaseView, PageView, TicketView
from village_client.encoded_file import first_picture, read_tracks

Report = Callable[[str], None]

CHUNK_BYTES = 60_000
DEMO_SUBJECT = "演示居民"
DEMO_ID_NUMBER = "441625196001010017"
DEMO_PHONE = "13800000000"


@dataclass(frozen=True)
class StationOrder:
    origin: str
    username: str
    password: str
    camera: Path
    document: Path
    item_code: str
    longest_wait_s: float = 600.0
    call_s: float | None = None
    """Hang up after this long; ``None``: the agent ends the call."""


async def run_station(order: StationOrder, report: Report) -> None:
    """One call. Raises the error tree, ``ConnectionError`` or ``TimeoutError``."""
    make_tracks(order)  # files that will not do are refused before anybody waits
    still = first_picture(order.document)
    async with Client.open(order.origin, Surface.WINDOW) as client:
        me = await client.sign_in(order.username, order.password)
        report(f"signed in: {me.name}, {me.organisation_name}")
        case = await _open_case(client, order.item_code, me.name)
        async with client.duty() as duty:
            assigned = await _wait_for_agent(duty, case, order.longest_wait_s, report)
            call = StationCall(client, lambda: make_tracks(order), still, report)
            await call.run(duty, assigned, order.call_s)


def make_tracks(order: StationOrder) -> dict[str, MediaStreamTrack]:
    """The two files from their beginnings, by line. Raises ``Invalid``."""
    camera, document = read_tracks(order.camera), read_tracks(order.document)
    tracks: dict[str, MediaStreamTrack] = {"camera": camera["video"], "document": document["video"]}
    if "audio" in camera:
        tracks["audio"] = camera["audio"]
    return tracks


async def _open_case(client: Client, item_code: str, helper_name: str) -> CaseView:
    item = await _find_item(client, item_code)
    towns = await client.call("GET", "towns", OrganisationList)
    draft = CaseDraft(
        item_id=item.id,
        subject_name=DEMO_SUBJECT,
        subject_id_number=DEMO_ID_NUMBER,
        subject_phone=DEMO_PHONE,
        registered_organisation_id=towns.organisations[0].id,
        present_relation=Relation.HELPER,
        present_name=helper_name,
    )
    case = await client.call("POST", "cases", CaseView, draft)
    config = await client.call("GET", "/api/config", Config)
    consent = ConsentGiven(
        answer=ConsentAnswer.YES,
        answered_by=ConsentGiver.HELPER,
        language="zh-CN",
        text_version=config.consent_text_version,
    )
    return await client.call("POST", f"cases/{case.id}/consent", CaseView, consent)


async def _find_item(client: Client, code: str) -> ItemBrief:
    found = await client.call("GET", "items", ItemsFound, query={"q": code})
    for item in found.items:
        if item.code == code:
            return item
    raise NotFound("item.not_found", f"no service item has the code {code}")


async def _wait_for_agent(
    duty: CommandSocket[AnyDutyEvent], case: CaseView, longest_wait_s: float, report: Report
) -> RoomAssigned:
    found = await duty.event(WindowState)
    if found.ticket is not None:
        report(f"cancelling ticket {found.ticket.label}, left over from before")
        await duty.command(TicketCancel(request_id=1, ticket_id=found.ticket.id))
    taken = await duty.command(TicketTake(request_id=1, case_id=case.id))
    if "ticket" not in taken:
        raise Unavailable("ticket.call_back", "nobody is on duty: an agent will call back")
    ticket = TicketView.model_validate(taken["ticket"])
    report(f"ticket {ticket.label}, place {ticket.place}")
    return await duty.event(
        RoomAssigned, lambda event: event.ticket_id == ticket.id, longest_wait_s
    )


class StationCall:
    """One call of a station: answers what the room asks until it ends."""

    def __init__(
        self,
        client: Client,
        tracks: Callable[[], dict[str, MediaStreamTrack]],
        still: bytes,
        report: Report,
    ) -> None:
        """``tracks`` makes new ones for each connection: aiortc ends them with it."""
        self._client = client
        self._room: CommandSocket[AnyRoomEvent] | None = None
        self._tracks = tracks
        self._still = still
        self._report = report
        self._peer = Peer()
        self._sends = False
        self._started = asyncio.Event()

    async def run(
        self, duty: CommandSocket[AnyDutyEvent], assigned: RoomAssigned, call_s: float | None
    ) -> None:
        """Sends from now on; returns when the call has ended."""
        try:
            async with asyncio.TaskGroup() as group:
                hanging_up = group.create_task(self._hang_up_after(call_s))
                await stay_in_room(
                    self._client,
                    duty,
                    assigned.ticket_id,
                    assigned.room,
                    lambda: self._peer.downs,
                    self._serve,
                )
                hanging_up.cancel()
        finally:
            await self._peer.close()

    async def _serve(self, room: CommandSocket[AnyRoomEvent]) -> bool:
        if self._room is not None:
            self._report("back in the room")
        self._room = room
        self._peer.use(room)
        if not self._sends:
            await self._peer.send(self._tracks())
            self._sends = True
            self._report("sending")
        async for event in room.events():
            match event:
                case DownOffered():
                    await self._peer.take_down(event)
                case DownClosed():
                    await self._peer.drop_down(event)
                case UpClosed():
                    await self._peer.send(self._tracks())
                    self._report("sending again")
                case PageRequested():
                    await self._send_page(event)
                case RoomWelcome(call=CallView() as call) | CallStarted(call=call):
                    self._report(f"in a call with {call.agent_name}")
                    self._started.set()
                case CallEnded():
                    self._report(f"the call ended: {event.reason}")
                    return True
        return False

    async def _send_page(self, asked: PageRequested) -> None:
        """The file's first picture stands in for the document camera's still."""
        still = self._still
        start = PageStarted(
            kind=PageKind.VIDEO_FRAME,
            sha256=hashlib.sha256(still).hexdigest(),
            total_bytes=len(still),
            media_type="image/jpeg",
            material_id=asked.material_id,
            request=asked.request,
        )
        page = await self._client.call("POST", f"cases/{asked.case_id}/pages", PageView, start)
        for offset in range(0, len(still), CHUNK_BYTES):
            chunk = still[offset : offset + CHUNK_BYTES]
            await self._client.fetch(
                "PUT", f"pages/{page.id}/bytes", chunk, {"offset": str(offset)}
            )
        self._report(f"page sent, {len(still)} bytes")

    async def _hang_up_after(self, call_s: float | None) -> None:
        if call_s is None:
            return
        await self._started.wait()
        await asyncio.sleep(call_s)
        while not await self._hang_up():  # noqa: ASYNC110 - it comes back by itself
            await asyncio.sleep(FIRST_PAUSE_S)

    async def _hang_up(self) -> bool:
        """Whether the room has heard of it."""
        assert self._room is not None, "the call has started"  # noqa: S101
        try:
            await self._room.command(CallEnd(request_id=1))
        except SocketClosed:
            return False
        return True
