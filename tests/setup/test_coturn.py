"""coturn with deploy/turnserver.conf and the arguments of docker-compose.yml."""

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from aioice import stun
from aioice.turn import TurnTransport, create_turn_endpoint

from tests.setup import local_compose
from tests.setup.local_compose import VALUES, LocalCompose

pytestmark = pytest.mark.integration


def turn_credential(secret: str, lifetime_s: int = 600) -> tuple[str, str]:
    """As the nodes hand it out: the REST API for TURN, draft-uberti-behave-turn-rest-00."""
    username = f"{int(time.time()) + lifetime_s}:test"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return username, base64.b64encode(digest).decode()


class Received(asyncio.DatagramProtocol):
    """Keeps what came, data or error; as an echo, sends data back."""

    def __init__(self, *, echo: bool = False) -> None:
        self.came: asyncio.Queue[bytes | Exception] = asyncio.Queue()
        self.closed = asyncio.Event()
        self._echo = echo

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.came.put_nowait(data)
        if self._echo:
            self._transport.sendto(data, addr)

    def error_received(self, exc: Exception) -> None:
        self.came.put_nowait(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        assert exc is None
        self.closed.set()


@pytest.fixture
async def echoes() -> AsyncIterator[dict[str, tuple[str, int]]]:
    """Two UDP services: one at the relay's address, one elsewhere."""
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_datagram_endpoint(lambda: Received(echo=True), local_addr=(host, 0))
        for host in (VALUES["ADDRESS"], "127.0.0.3")
    ]
    relay, elsewhere = (transport.get_extra_info("sockname") for transport, _ in opened)
    yield {"relay": relay, "elsewhere": elsewhere}
    for transport, received in opened:
        transport.close()
        await received.closed.wait()


@asynccontextmanager
async def allocation(port: int, secret: str) -> AsyncIterator[tuple[TurnTransport, Received]]:
    username, password = turn_credential(secret)
    transport, received = await create_turn_endpoint(
        Received, (VALUES["ADDRESS"], port), username, password, transport="tcp"
    )
    try:
        yield transport, received
    finally:
        transport.close()
        await received.closed.wait()


@pytest.fixture
def coturn_port(tmp_path: Path) -> Iterator[int]:
    compose = LocalCompose(tmp_path)
    compose.configuration("shipinban.conf", "turnserver.conf")
    # Only this test's addresses are loopback ones, which coturn refuses to reach otherwise.
    with compose.running("coturn", "--allow-loopback-peers") as process:
        port = compose.ports[3478]
        local_compose.wait_until(
            lambda: (
                local_compose.listens(VALUES["ADDRESS"], port)
                or local_compose.ended(process, "coturn", tmp_path)
            )
        )
        yield port


async def test_coturn_passes_packets_to_the_relay_and_to_nobody_else(
    coturn_port: int, echoes: dict[str, tuple[str, int]]
) -> None:
    async with (
        asyncio.timeout(20),
        allocation(coturn_port, VALUES["TURN_SECRET"]) as (transport, received),
    ):
        transport.sendto(b"to the relay", echoes["relay"])
        assert await received.came.get() == b"to the relay"
        transport.sendto(b"to another", echoes["elsewhere"])
        refused = await received.came.get()
        assert isinstance(refused, stun.TransactionFailed)
        assert refused.response.error_code == 403


async def test_coturn_refuses_a_credential_that_no_node_made(coturn_port: int) -> None:
    with pytest.raises(stun.TransactionFailed, match="401"):
        async with asyncio.timeout(20), allocation(coturn_port, "guessed"):
            pass
