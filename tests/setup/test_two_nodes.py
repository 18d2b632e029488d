"""docker-compose.yml as a whole, its commands run here: two nodes of one county behind the proxy."""

import asyncio
import signal
import ssl
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from aiohttp import ClientSession, TCPConnector

from tests.setup import local_compose
from tests.setup.county import NODES, County, two_nodes

pytestmark = [pytest.mark.integration, pytest.mark.fault]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory, postgresql_server: str) -> Iterator[County]:
    """One for all tests here, each of which leaves it running; the last one ends it."""
    with two_nodes(tmp_path_factory.mktemp("county"), postgresql_server) as county:
        yield county


@pytest.fixture
async def client(county: County) -> AsyncIterator[ClientSession]:
    """A browser's view: through the proxy, over the certificate that ``prepare`` made."""
    authority = county.compose.folder / "kept" / "certificates" / "authority.crt"
    connector = TCPConnector(ssl=ssl.create_default_context(cafile=authority), force_close=True)
    async with ClientSession(county.compose.origin("https"), connector=connector) as session:
        yield session


async def config(client: ClientSession) -> dict[str, Any]:
    async with client.get("/api/config") as answer:
        assert answer.status == 200
        found: dict[str, Any] = await answer.json()
        return found


async def test_pages_are_served_and_writes_need_the_public_origin(
    county: County, client: ClientSession
) -> None:
    origin = county.compose.origin("https")
    async with client.get("/window") as answer:
        assert answer.status == 200
        assert origin.replace("https", "wss") in answer.headers["Content-Security-Policy"]
    for given, status in ((origin, (400, 401)), ("https://elsewhere.example.org", (403,))):
        async with client.post(
            "/api/window/sign-in", json={"username": "x"}, headers={"Origin": given}
        ) as answer:
            assert answer.status in status, await answer.text()


async def test_other_machines_learn_to_trust_the_certificate_over_plain_http(
    county: County, client: ClientSession
) -> None:
    async with client.get(
        f"{county.compose.origin()}/trust", headers={"Host": "county-hall"}
    ) as answer:
        assert answer.status == 200
        assert "shipinban-authority.crt" in await answer.text()


async def test_the_county_lives_on_when_a_node_is_killed_and_takes_it_back(
    county: County, client: ClientSession
) -> None:
    assert await config(client)

    county.processes["node-a"].send_signal(signal.SIGKILL)
    county.processes["node-a"].wait(10)
    await asyncio.to_thread(
        local_compose.wait_until, lambda: not county.compose.healthy("node-a"), 30
    )
    for _ in range(8):
        assert await config(client)

    await asyncio.to_thread(county.start, "node-a")
    assert await config(client)


def test_told_to_stop_each_node_ends_in_order(county: County) -> None:
    for service in NODES:
        county.processes[service].terminate()
    for service in NODES:
        assert county.processes[service].wait(60) == 0
        assert not county.compose.healthy(service)
