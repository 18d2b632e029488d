"""What every socket does, on the duty socket of supervision, which does nothing else."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from casework.database import Database
from casework.passwords import Passwords
from casework.sign_in import revoke_sign_ins
from casework.vocabulary import Surface
from signaling.wire.base import CloseCode, Resume
from tests.signaling.live.site import LiveSite, open_site

HELLO = {"type": "hello", "request_id": 1, "protocol": 1, "language": "en"}
DEADLINE_S = 10.0


class RawSocket:
    """A client that may misbehave."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, message: object) -> None:
        await self.socket.send_str(json.dumps(message))

    async def hear(self, kind: str) -> dict[str, Any]:
        """The next message of a type."""
        async with asyncio.timeout(DEADLINE_S):
            while True:
                message: dict[str, Any] = await self.socket.receive_json()
                if message["type"] == kind:
                    return message

    async def closed(self) -> int | None:
        async with asyncio.timeout(DEADLINE_S):
            async for _ in self.socket:
                pass
        return self.socket.close_code


@asynccontextmanager
async def supervision(site: LiveSite, origin: str | None = None) -> AsyncIterator[RawSocket]:
    client = await site.client(Surface.SUPERVISION, "county_supervisor")
    headers = {"Origin": origin or site.origin}
    address = client.origin / "api" / "supervision" / "duty"
    async with client._http.ws_connect(address, headers=headers) as socket:
        yield RawSocket(socket)


async def test_without_a_hello_the_socket_closes(
    light: Database, passwords: Passwords, tmp_path: Path
) -> None:
    async with open_site(light, passwords, tmp_path) as site, supervision(site) as socket:
        assert await socket.closed() == CloseCode.HELLO_TIMEOUT


async def test_a_foreign_page_gets_no_socket(
    light: Database, passwords: Passwords, tmp_path: Path
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with supervision(site, origin="https://elsewhere.example"):
                pass
        assert refused.value.status == 403


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not JSON", CloseCode.BAD_MESSAGE),
        ("[" * 60_000, CloseCode.BAD_MESSAGE),
        (json.dumps({"type": "x", "text": "y" * 70_000}), CloseCode.TOO_BIG),
    ],
)
async def test_what_is_no_message_closes_with_its_code(
    light: Database, passwords: Passwords, tmp_path: Path, text: str, code: CloseCode
) -> None:
    async with open_site(light, passwords, tmp_path) as site, supervision(site) as socket:
        await socket.say(HELLO)
        await socket.hear("welcome")
        await socket.socket.send_str(text)
        assert await socket.closed() == code


async def test_a_malformed_hello_is_refused(
    light: Database, passwords: Passwords, tmp_path: Path
) -> None:
    async with open_site(light, passwords, tmp_path) as site, supervision(site) as socket:
        await socket.say({**HELLO, "surprise": 1})
        assert (await socket.hear("refused"))["code"] == "command.invalid"
        assert await socket.closed() == CloseCode.FORBIDDEN


async def test_an_unknown_command_is_refused_and_the_socket_stays(
    light: Database, passwords: Passwords, tmp_path: Path
) -> None:
    async with open_site(light, passwords, tmp_path) as site, supervision(site) as socket:
        await socket.say(HELLO)
        assert (await socket.hear("done"))["request_id"] == 1
        await socket.say({"type": "offer.steal", "request_id": 2})
        refused = await socket.hear("refused")
        assert (refused["request_id"], refused["code"]) == (2, "command.unknown")
        assert "reload" in refused["text"]
        assert (await socket.hear("heartbeat"))["seq"] == 0


async def test_a_flood_closes_the_socket(
    light: Database, passwords: Passwords, tmp_path: Path
) -> None:
    async with open_site(light, passwords, tmp_path) as site, supervision(site) as socket:
        await socket.say(HELLO)
        for number in range(2, 200):
            await socket.say({"type": "offer.steal", "request_id": number})
        assert await socket.closed() == CloseCode.TOO_FAST


async def test_a_revoked_sign_in_closes_its_sockets(
    light: Database, passwords: Passwords, tmp_path: Path
) -> None:
    async with open_site(light, passwords, tmp_path) as site, supervision(site) as socket:
        await socket.say(HELLO)
        await socket.hear("welcome")
        async with light.transaction() as session:
            await revoke_sign_ins(session, site.edge_county.staff["county_supervisor"])
        assert await socket.closed() == CloseCode.SIGNED_OUT


async def test_a_node_that_stops_tells_its_clients(
    light: Database, passwords: Passwords, tmp_path: Path
) -> None:
    async with open_site(light, passwords, tmp_path) as site, supervision(site) as socket:
        await socket.say(HELLO)
        await socket.hear("welcome")
        site.sockets.presence.close_all(CloseCode.GOING_AWAY)
        assert await socket.closed() == CloseCode.GOING_AWAY
        async with supervision(site) as late:
            await late.say(HELLO)
            assert await late.closed() == CloseCode.DRAINING


async def test_nobody_takes_up_a_strangers_socket(
    light: Database, passwords: Passwords, tmp_path: Path
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        async with supervision(site) as socket:
            await socket.say(HELLO)
            welcome = await socket.hear("welcome")
        resume = Resume(socket_id=welcome["socket_id"], last_seq=welcome["seq"])
        stranger = await site.client(Surface.SUPERVISION, "auditor")
        address = stranger.origin / "api" / "supervision" / "duty"
        async with stranger._http.ws_connect(address) as raw:
            other = RawSocket(raw)
            await other.say({**HELLO, "resume": resume.model_dump()})
            second = await other.hear("welcome")
        assert not second["resumed"]
        assert second["socket_id"] != welcome["socket_id"]
