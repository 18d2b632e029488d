"""deploy/nginx.conf in front of two stand-in nodes: which path reaches which node, and how."""

import asyncio
import io
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar, TCPConnector, WSMsgType, web
from aiohttp.test_utils import TestServer

from shipinban.certificates import init_certificates
from tests.setup import local_compose
from tests.setup.local_compose import TEMPORARY, LocalCompose

pytestmark = pytest.mark.integration


@asynccontextmanager
async def stand_in(name: str, port: int) -> AsyncIterator[None]:
    """A node that says who it is and what reached it; sockets echo."""

    async def tell(request: web.Request) -> web.Response:
        body = await request.read()
        headers = {key.lower(): value for key, value in request.headers.items()}
        told = {"node": name, "path": request.path_qs, "headers": headers, "bytes": len(body)}
        return web.json_response(told)

    async def echo(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await socket.send_str(f"{name}: {message.data}")
        return socket

    app = web.Application(client_max_size=64 << 20)
    app.router.add_get("/socket", echo)
    app.router.add_get(f"/nodes/{name}/room", echo)
    app.router.add_route("*", "/{path:.*}", tell)
    async with TestServer(app, port=port):
        yield


@pytest.fixture
async def compose(tmp_path: Path) -> AsyncIterator[LocalCompose]:
    """The proxy, running; nodes come and go with each test."""
    compose = LocalCompose(tmp_path)
    init_certificates(tmp_path / "kept" / "certificates", ["localhost", "127.0.0.2"])
    compose.proxy_configuration()
    with compose.running("proxy") as process:
        await asyncio.to_thread(
            local_compose.wait_until,
            lambda: (
                local_compose.listens("127.0.0.1", compose.ports[8080])
                or local_compose.ended(process, "proxy", tmp_path)
            ),
        )
        yield compose


@pytest.fixture
async def nodes(compose: LocalCompose) -> AsyncIterator[AsyncExitStack]:
    """Node a and node b; ``pop_all().aclose()`` takes both away."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(stand_in("a", compose.ports[8081]))
        await stack.enter_async_context(stand_in("b", compose.ports[8082]))
        yield stack


@pytest.fixture
async def client(compose: LocalCompose, tmp_path: Path) -> AsyncIterator[ClientSession]:
    """Trusts the installation's own authority; each request is a new connection."""
    context = ssl.create_default_context(cafile=tmp_path / "kept/certificates/authority.crt")
    connector = TCPConnector(ssl=context, force_close=True)
    async with ClientSession(connector=connector, cookie_jar=CookieJar(unsafe=True)) as session:
        yield session


async def told(client: ClientSession, address: str, **request: Any) -> dict[str, Any]:  # noqa: ANN401
    async with client.get(address, **request) as answer:
        assert answer.status == 200, await answer.text()
        found: dict[str, Any] = await answer.json()
        return found


@pytest.mark.usefixtures("nodes")
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("node", ["a", "b"])
async def test_a_nodes_own_path_reaches_that_node_unchanged(
    compose: LocalCompose, client: ClientSession, scheme: str, node: str
) -> None:
    for _ in range(4):
        found = await told(client, f"{compose.origin(scheme)}/nodes/{node}/health?x=%E5%8A%9E")
        assert (found["node"], found["path"]) == (node, f"/nodes/{node}/health?x=%E5%8A%9E")


@pytest.mark.usefixtures("nodes")
async def test_every_other_path_reaches_both_nodes(
    compose: LocalCompose, client: ClientSession
) -> None:
    found = {(await told(client, f"{compose.origin()}/health"))["node"] for _ in range(12)}
    assert found == {"a", "b"}


async def test_every_other_path_reaches_the_node_that_lives(
    compose: LocalCompose, client: ClientSession
) -> None:
    async with stand_in("b", compose.ports[8082]):
        for _ in range(6):
            assert (await told(client, f"{compose.origin()}/window"))["node"] == "b"


async def test_the_proxys_health_check_tells_whether_any_node_lives(
    compose: LocalCompose,
) -> None:
    assert not await asyncio.to_thread(compose.healthy, "proxy")
    async with stand_in("a", compose.ports[8081]):
        await asyncio.to_thread(compose.wait_healthy, "proxy")


@pytest.mark.usefixtures("nodes")
async def test_a_path_of_no_node_is_not_found(compose: LocalCompose, client: ClientSession) -> None:
    async with client.get(f"{compose.origin()}/nodes/c/room") as answer:
        assert answer.status == 404


@pytest.mark.usefixtures("nodes")
@pytest.mark.parametrize("path", ["/socket", "/nodes/a/room", "/nodes/b/room"])
async def test_sockets_pass(compose: LocalCompose, client: ClientSession, path: str) -> None:
    async with client.ws_connect(f"{compose.origin('https')}{path}") as socket:
        await socket.send_str("你好")
        answer = await socket.receive_str(timeout=10)
    assert answer.endswith(": 你好")
    if path.startswith("/nodes/"):
        assert answer.startswith(path[7])


@pytest.mark.usefixtures("nodes")
async def test_what_a_client_claims_of_itself_is_replaced(
    compose: LocalCompose, client: ClientSession
) -> None:
    claims = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}
    found = await told(client, f"{compose.origin('https')}/api", headers=claims)
    assert found["headers"]["x-forwarded-for"] in ("127.0.0.1", "::1")
    assert found["headers"]["x-forwarded-proto"] == "https"
    assert found["headers"]["host"] == compose.origin("https").removeprefix("https://")


@pytest.mark.usefixtures("nodes")
async def test_other_machines_are_moved_to_https_except_to_learn_to_trust_it(
    compose: LocalCompose, client: ClientSession
) -> None:
    origin, elsewhere = compose.origin(), {"Host": "county-hall:8080"}
    async with client.get(
        f"{origin}/window?x=1", headers=elsewhere, allow_redirects=False
    ) as answer:
        assert answer.status == 308
        secure = f"https://county-hall:{compose.ports[8443]}/window?x=1"
        assert answer.headers["Location"] == secure
    for path in ("/trust", "/trust/shipinban-authority.crt"):
        assert (await told(client, f"{origin}{path}", headers=elsewhere))["path"] == path


@pytest.mark.usefixtures("nodes")
async def test_a_document_passes_whole_and_leaves_nothing_on_the_proxys_disk(
    compose: LocalCompose, client: ClientSession, tmp_path: Path
) -> None:
    async with client.post(
        f"{compose.origin('https')}/pages", data=io.BytesIO(bytes(9 << 20))
    ) as answer:
        assert (await answer.json())["bytes"] == 9 << 20
    kept = [file for name in TEMPORARY for file in (tmp_path / name).rglob("*") if file.is_file()]
    assert kept == []


@pytest.mark.usefixtures("nodes")
async def test_codes_in_addresses_stay_out_of_the_log(
    compose: LocalCompose, client: ClientSession, tmp_path: Path
) -> None:
    await told(client, f"{compose.origin()}/verify?code=5ecret")
    log = tmp_path / "proxy.log"
    await asyncio.to_thread(local_compose.wait_until, lambda: "/verify" in log.read_text())
    assert "5ecret" not in log.read_text()


async def test_a_request_that_dawdles_over_its_head_is_ended(compose: LocalCompose) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", compose.ports[8080])
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
    async with asyncio.timeout(30):
        assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
