"""A call through a relay process, with aiortc peers: media flows only when and where it should."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aioice.ice
import pytest
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack

from casework.database import Database
from casework.errors import Unavailable
from casework.passwords import Passwords
from casework.vocabulary import Surface
from signaling.peer import Peer
from signaling.relay_client import RelayClient
from signaling.wire.room import (
    CallEnd,
    CallEnded,
    CallStarted,
    DownClosed,
    DownOffered,
    HoldChanged,
    HoldSet,
    RoomWelcome,
    UpClosed,
)
from signaling.wire.views import RoomAddress
from tests.signaling.live.site import eventually, open_site, ringing

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def peers_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """aioice leaves loopback out by itself."""

    def loopback(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        del use_ipv4, use_ipv6
        return ["127.0.0.1"]

    monkeypatch.setattr(aioice.ice, "get_host_addresses", loopback)


@asynccontextmanager
async def relay_process(folder: Path) -> AsyncIterator[RelayClient]:
    path = folder / "relay"
    command = [sys.executable, "-m", "signaling.relay", "--socket", str(path)]
    process = await asyncio.create_subprocess_exec(*command, "--listen", "127.0.0.1:0")
    try:
        yield RelayClient(path)
    finally:
        process.terminate()
        await process.wait()


async def is_ready(relay: RelayClient) -> bool:
    try:
        return bool(relay.ready.addresses)
    except Unavailable:
        return False


async def test_two_peers_see_each_other_in_a_call_and_not_on_hold(
    light: Database, passwords: Passwords, tmp_path: Path
) -> None:
    async with (
        relay_process(tmp_path) as relay,
        open_site(light, passwords, tmp_path, relay=relay) as site,
    ):
        await eventually(lambda: is_ready(relay))
        story = await ringing(site)
        room = await site.room(story.window, story.assigned.room)
        window = Peer(room)
        window_id = (await room.event(RoomWelcome)).participant_id
        await window.send({"audio": AudioStreamTrack(), "camera": VideoStreamTrack()})
        _, address = await story.accept()
        desk = await site.room(story.console, address)
        agent = Peer(desk)
        await desk.event(RoomWelcome)
        await agent.take_down(await desk.event(DownOffered))
        await room.event(CallStarted)

        await eventually(lambda: has_more(agent, window_id, "camera", than=10))
        await desk.command(HoldSet(request_id=1, on=True))
        await room.event(HoldChanged)
        await asyncio.sleep(0.3)  # what was under way arrives
        heard = agent.received.packets[window_id, "audio"]
        await asyncio.sleep(0.5)
        assert agent.received.packets[window_id, "audio"] == heard
        await desk.command(HoldSet(request_id=1, on=False))
        await eventually(lambda: has_more(agent, window_id, "audio", than=heard + 5))
        await desk.command(CallEnd(request_id=1))
        await room.event(CallEnded)
        await window.close()
        await agent.close()


async def has_more(peer: Peer, participant_id: str, line: str, *, than: int) -> bool:
    return peer.received.packets[participant_id, line] > than


async def test_a_killed_relay_costs_its_call_a_reconnect(
    light: Database, passwords: Passwords, tmp_path: Path
) -> None:
    async with AsyncExitStack() as first:
        relay = await first.enter_async_context(relay_process(tmp_path))
        async with open_site(light, passwords, tmp_path, relay=relay) as site:
            await eventually(lambda: is_ready(relay))
            story = await ringing(site)
            room = await site.room(story.window, story.assigned.room)
            window = Peer(room)
            window_id = (await room.event(RoomWelcome)).participant_id
            await window.send({"audio": AudioStreamTrack()})
            _, address = await story.accept()
            desk = await site.room(story.console, address)
            agent = Peer(desk)
            await agent.take_down(await desk.event(DownOffered))
            await eventually(lambda: has_more(agent, window_id, "audio", than=5))

            boot_id = relay.ready.boot_id
            await first.aclose()
            async with relay_process(tmp_path):
                await eventually(lambda: is_another(relay, boot_id))
                await room.event(UpClosed)
                await agent.drop_down(await desk.event(DownClosed))
                await window.close()
                heard = agent.received.packets[window_id, "audio"]
                await window.send({"audio": AudioStreamTrack()})
                await agent.take_down(await desk.event(DownOffered))
                await eventually(lambda: has_more(agent, window_id, "audio", than=heard + 5))
                await window.close()
                await agent.close()


async def is_another(relay: RelayClient, boot_id: str) -> bool:
    return await is_ready(relay) and relay.ready.boot_id != boot_id


async def test_the_device_check_hears_itself(
    light: Database, passwords: Passwords, tmp_path: Path
) -> None:
    async with (
        relay_process(tmp_path) as relay,
        open_site(light, passwords, tmp_path, relay=relay) as site,
    ):
        await eventually(lambda: is_ready(relay))
        helper = await site.client(Surface.WINDOW, "helper")
        room = await site.room(helper, await helper.call("POST", "check-room", RoomAddress))
        own = (await room.event(RoomWelcome)).participant_id
        peer = Peer(room)
        async with asyncio.TaskGroup() as group:
            group.create_task(peer.send({"audio": AudioStreamTrack()}))
            await peer.take_down(await room.event(DownOffered))
        await eventually(lambda: has_more(peer, own, "audio", than=5))
        await peer.close()
