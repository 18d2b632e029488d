"""The edge's part of a call: the rooms' own :class:`RoomMedia`, a real relay, and browser pages.

Everybody sees everybody who sends. Each participant has a link, and may have an impaired path on it.
"""

import asyncio
import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from casework.database import new_id
from casework.errors import ShipinbanError
from signaling.relay.context import monotonic_us
from signaling.relay.control import Done, KeyFrameRequest, Order, PrimarySet, RelayReady, TrackKind
from signaling.relay_client import RelayClient
from signaling.rooms.media import Offered, RoomMedia, Up
from tests.media.namespaces import Link
from tests.media.readings import Reading, Span

MAX_UP_BITRATE_BPS = 8_000_000
START_BITRATE_BPS = 500_000
"""Of a window whose uplink was never measured."""


@dataclass(slots=True)
class Person:
    participant_id: str
    page: Page
    link: Link
    address: str
    """``address:port`` under which this one reaches the relay."""
    sees: dict[str, bool] = field(default_factory=dict)
    """Whose media this one is shown; whether as the primary viewer."""
    ice_servers: Sequence[dict[str, object]] = ()
    asked: list[str] = field(default_factory=list)
    """Types of the commands that the page gave."""

    async def tell(self, **event: object) -> None:
        await self.page.evaluate("event => lab.tell(event)", event)

    async def read(self) -> Reading:
        return Reading(await self.page.evaluate("() => lab.numbers()"))

    async def read_later(self, seconds: float) -> Reading:
        await asyncio.sleep(seconds)
        return await self.read()


class _Via:
    """The relay, reached at one address only: the participant's whose turn it is."""

    def __init__(self, client: RelayClient) -> None:
        self._client = client
        self.address = ""

    @property
    def ready(self) -> RelayReady:
        return self._client.ready.model_copy(update={"addresses": [self.address]})

    async def order(self, order: Order) -> Done:
        return await self._client.order(order)


class CallOnTrial:
    """One room. Pages ask through :meth:`answer`, as they would over the room socket."""

    def __init__(self, client: RelayClient, folder: Path) -> None:
        self._client = client
        self._via = _Via(client)
        self._room_id = new_id()
        self._folder = folder
        self.media = RoomMedia(self._via, self._room_id, MAX_UP_BITRATE_BPS)
        self.people: dict[str, Person] = {}
        self.start_bitrate_bps = START_BITRATE_BPS
        self._shown: set[tuple[str, str]] = set()
        """Connection up and viewer."""

    async def enter(self, person: Person, *, bring: bool = False) -> None:
        """The page joins, with test devices if it shall ``bring`` some."""
        await person.page.expose_function(
            "askServer", lambda message: self._answered(person, message)
        )
        if bring:
            await person.page.evaluate("() => lab.bring()")
        await person.tell(
            type="welcome", ice_servers=list(person.ice_servers), held_by=None,
            voice_and_pages=False,
        )  # fmt: skip
        # Only now: a source that comes earlier would be offered to a page that cannot answer yet.
        self.people[person.participant_id] = person
        for source in tuple(self.media.ups.values()):
            await self._show(source, person)

    async def set_primary(self, source_id: str, viewer_id: str) -> None:
        """``viewer_id`` is the author of the source's feedback from now on."""
        for person in self.people.values():
            if source_id in person.sees:
                person.sees[source_id] = person.participant_id == viewer_id
        down = self.media.down_of(self.media.ups[source_id], viewer_id)
        assert down is not None
        order = PrimarySet(request_id=new_id(), connection_id=down.connection_id, primary=True)
        await self._client.order(order)

    async def ask_key_frame(self, source_id: str, kind: TrackKind) -> None:
        """As the recorder does."""
        up = self.media.ups[source_id]
        await self._client.order(
            KeyFrameRequest(request_id=new_id(), connection_id=up.connection_id, kind=kind)
        )

    async def tap(self) -> Path:
        """Begins to remember what reaches the tap; the file is there after :meth:`close_tap`."""
        self._recording_id = new_id()
        path = self._folder / f"{self._recording_id}.json"
        await self.media.open_tap(
            recording_id=self._recording_id,
            log_path=str(path),
            key_base64=base64.b64encode(bytes(32)).decode(),
            started_monotonic_us=monotonic_us(),
        )
        return path

    async def close_tap(self, path: Path) -> dict[str, Any]:
        await self.media.close_tap(self._recording_id)
        body: dict[str, Any] = json.loads(path.read_text())
        return body

    # --- what pages ask ------------------------------------------------------------------------

    async def _answered(self, person: Person, message: dict[str, Any]) -> dict[str, Any] | None:
        person.asked.append(message["type"])
        try:
            return await self._answer(person, message)
        except ShipinbanError as error:
            # Becomes the page's rejected promise: what a command error would be.
            raise RuntimeError(error.code) from error

    async def _answer(self, person: Person, message: dict[str, Any]) -> dict[str, Any] | None:
        who = person.participant_id
        self._via.address = person.address
        match message["type"]:
            case "up.offer":
                return await self._take_up(person, message)
            case "down.answer":
                await self.media.take_answer(message["connection_id"], who, message["sdp"])
            case "down.restart" if message["fresh"]:
                down = self.media.downs[message["connection_id"]]
                await self.media.close_down(down)
                self._shown.discard((down.source.connection_id, who))
                await self._show(down.source, person)
            case "down.restart":
                offered = await self.media.restart_down(message["connection_id"], who)
                await self._offer(person, offered)
        return None

    async def _take_up(self, person: Person, message: dict[str, Any]) -> dict[str, Any]:
        who, start = person.participant_id, self.start_bitrate_bps
        if message["connection_id"] is not None:
            connection_id = message["connection_id"]
            accepted = await self.media.restart_up(who, connection_id, message["sdp"], start)
            return _told(accepted.connection_id, accepted.sdp)
        accepted, older = await self.media.take_up(who, message["sdp"], start)
        if older is not None:
            for down in await self.media.close_up(older):
                viewer = self.people[down.viewer_id]
                await viewer.tell(type="down.closed", connection_id=down.connection_id)
        for viewer in tuple(self.people.values()):
            await self._show(self.media.ups[who], viewer)
        return _told(accepted.connection_id, accepted.sdp)

    async def _show(self, source: Up, viewer: Person) -> None:
        primary = viewer.sees.get(source.participant_id)
        key = (source.connection_id, viewer.participant_id)
        # Both may come at the same moment; who is shown already is not shown again.
        if primary is None or key in self._shown:
            return
        self._shown.add(key)
        self._via.address = viewer.address
        offered = await self.media.show(source, viewer.participant_id, primary=primary)
        await self._offer(viewer, offered)

    async def _offer(self, viewer: Person, offered: Offered) -> None:
        await viewer.tell(
            type="down.offered",
            connection_id=offered.connection_id,
            participant_id=offered.participant_id,
            sdp=offered.sdp,
        )


def _told(connection_id: str, sdp: str) -> dict[str, Any]:
    return {"connection_id": connection_id, "sdp": sdp}


async def watch(people: Sequence[Person], seconds: float) -> list[Span]:
    """The same ``seconds`` of each of ``people``."""
    before = [await person.read() for person in people]
    await asyncio.sleep(seconds)
    after = [await person.read() for person in people]
    return [Span(*pair) for pair in zip(before, after, strict=True)]
