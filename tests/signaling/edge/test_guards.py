"""What every request meets before its handler: role, Origin, size, shape, rate."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import Database, new_id, open_engine
from casework.passwords import Passwords
from casework.sign_in import SURFACE_ROLES
from casework.tables import StaffMember
from casework.vocabulary import Role, Surface
from shipinban.routes import all_routes
from signaling.edge import app as edge_app
from signaling.edge.context import Rates
from signaling.edge.guards import SAFE_METHODS, cookie_name
from signaling.edge.rate_limit import Rate
from signaling.edge.route import Route
from tests.signaling.edge.conftest import ORIGIN, Edge, code_of, draft, open_edge

WITH_ROLES = [route for route in all_routes() if route.roles]


def address(route: Route) -> str:
    """Any address of the route; its ids name nothing."""
    path = route.plain_path
    path = re.sub(r"\{\w+_id\}", lambda _: new_id(), path)
    return path.format(
        kind="items", room="agent_console", name="none.js", code="0000-0000-0000-0000"
    )


async def test_every_route_lets_in_exactly_its_roles(light_edge: Edge) -> None:
    people = {role: await light_edge.sign_in(role) for role in Role}
    checked = 0
    for route in sorted(WITH_ROLES, key=lambda route: route.path.endswith("/sign-out")):
        for role, person in people.items():
            answer = await person.request(route.method, address(route))
            body = await answer.json()
            found, where = (answer.status, body.get("code")), f"{role}: {route.method} {route.path}"
            if role in route.roles:
                assert found not in ((401, "signed_out"), (403, "role")), where
            elif person.surface is route.surface:
                assert found == (403, "role"), where
            else:
                assert found == (401, "signed_out"), where
            checked += 1
    assert checked == len(WITH_ROLES) * len(Role)


@pytest.mark.parametrize("route", WITH_ROLES, ids=lambda route: f"{route.method}-{route.path}")
def test_a_route_names_roles_of_its_own_pages_only(route: Route) -> None:
    assert route.surface is not None
    assert route.path.startswith(f"/api/{route.surface}/")
    assert route.roles <= SURFACE_ROLES[route.surface]


async def test_nothing_with_roles_answers_to_nobody(light_edge: Edge) -> None:
    for route in WITH_ROLES:
        answer = await light_edge.client.request(
            route.method, address(route), headers={"Origin": ORIGIN}
        )
        assert await code_of(answer) == (401, "signed_out"), route.path


async def test_a_cookie_counts_on_its_own_surface_only(light_edge: Edge) -> None:
    helper = await light_edge.sign_in("helper")
    helper.surface = Surface.CONSOLE
    assert await code_of(await helper.get("me")) == (401, "signed_out")


@pytest.mark.parametrize(
    ("origin", "code"),
    [
        (None, "origin.missing"),
        ("null", "origin.foreign"),
        ("http://localhost:8081", "origin.foreign"),
        ("https://localhost:8080", "origin.foreign"),
        ("http://localhost:8080.evil.example", "origin.foreign"),
        ("HTTP://LOCALHOST:8080", "origin.foreign"),
    ],
)
async def test_writes_from_elsewhere_are_refused(
    light_edge: Edge, origin: str | None, code: str
) -> None:
    helper = await light_edge.sign_in("helper")
    helper.origin = origin
    answer = await helper.post("cases", draft(light_edge.county))
    assert await code_of(answer) == (403, code)
    assert (await helper.get("me")).status == 200


async def test_every_write_of_the_table_is_refused_without_origin(light_edge: Edge) -> None:
    for route in all_routes():
        if route.method not in SAFE_METHODS:
            answer = await light_edge.client.request(route.method, address(route))
            assert await code_of(answer) == (403, "origin.missing"), route.path


async def test_a_second_public_origin_may_write(light_edge: Edge) -> None:
    helper = await light_edge.sign_in("helper")
    helper.origin = "https://window.example"
    assert (await helper.post("cases", draft(light_edge.county))).status == 200


@pytest.mark.parametrize(
    ("body", "media_type", "status", "code"),
    [
        (b"{", "application/json", 400, "request.invalid"),
        (b"\xff\xfe", "application/json", 400, "request.invalid"),
        (b"[" * 60_000, "application/json", 400, "request.invalid"),
        (b"null", "application/json", 400, "request.invalid"),
        (b"{}", "text/plain", 400, "body.media_type"),
        (b" " * 10_000_000, "application/json", 413, "body.too_large"),
    ],
    ids=["cut off", "no text", "deep", "null", "no JSON", "10 MB"],
)
async def test_bodies_that_are_no_request(
    light_edge: Edge, body: bytes, media_type: str, status: int, code: str
) -> None:
    helper = await light_edge.sign_in("helper")
    headers = {"Content-Type": media_type}
    answer = await helper.request("POST", "cases", data=io.BytesIO(body), headers=headers)
    assert await code_of(answer) == (status, code)


async def test_a_body_without_length_is_cut_at_the_limit(light_edge: Edge) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 16_384

    helper = await light_edge.sign_in("helper")
    headers = {"Content-Type": "application/json"}
    answer = await helper.request("POST", "cases", data=endless(), headers=headers)
    assert await code_of(answer) == (413, "body.too_large")


async def test_a_compressed_body_is_refused(light_edge: Edge) -> None:
    helper = await light_edge.sign_in("helper")
    answer = await helper.post("cases", draft(light_edge.county), compress="gzip")
    assert await code_of(answer) == (400, "body.encoding")


async def test_an_unknown_field_is_named_and_its_content_is_not(light_edge: Edge) -> None:
    helper = await light_edge.sign_in("helper")
    answer = await helper.post("cases", draft(light_edge.county, colour="S3CRET", subject_name=""))
    body = await answer.json()
    assert answer.status == 400
    assert {row["field"] for row in body["details"]["fields"]} == {"colour", "subject_name"}
    assert "S3CRET" not in await answer.text()


@pytest.mark.parametrize("name", ["1", "%2e%2e%2fme", "A" * 36, "x" * 5000])
async def test_what_is_no_id_is_answered_like_an_absent_one(light_edge: Edge, name: str) -> None:
    helper = await light_edge.sign_in("helper")
    answer = await helper.get(f"items/{name}")
    assert answer.status in (400, 404)
    absent = await helper.get(f"items/{new_id()}")
    assert await code_of(absent) == (404, "item.not_found")


async def test_an_unknown_address_and_a_wrong_method_answer_in_our_shape(light_edge: Edge) -> None:
    assert await code_of(await light_edge.client.get("/api/none")) == (404, "not_found")
    answer = await light_edge.client.delete("/api/config", headers={"Origin": ORIGIN})
    assert await code_of(answer) == (405, "method_not_allowed")


async def test_errors_speak_the_language_that_was_asked_for(light_edge: Edge) -> None:
    async def text(query: str, accept: str) -> str:
        headers = {"Accept-Language": accept}
        answer = await light_edge.client.get(f"/api/window/me{query}", headers=headers)
        said: str = (await answer.json())["text"]
        return said

    assert await text("", "en-GB,en;q=0.9,zh;q=0.5") == "You are signed out: sign in again"
    assert await text("", "zh-CN,zh;q=0.9,en;q=0.5") == "登录已失效，请重新登录"
    assert await text("?lang=zh-CN", "en") == "登录已失效，请重新登录"
    assert await text("", "fr") == "登录已失效，请重新登录"


@pytest.mark.parametrize("path", ["/", "/api/config", "/api/none", "/api/window/me", "/window"])
async def test_every_answer_carries_the_protecting_headers(light_edge: Edge, path: str) -> None:
    headers = (await light_edge.client.get(path)).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "ws://localhost:8080 wss://window.example" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=(self)" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "Server" not in headers


async def test_a_fault_nobody_foresaw_is_told_plainly(
    light_edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_: object) -> None:
        raise RuntimeError("inner secret")

    helper = await light_edge.sign_in("helper")
    monkeypatch.setattr(light_edge.context.catalogue, "find", breaks)
    answer = await helper.get("items")
    assert await code_of(answer) == (500, "internal")
    assert "secret" not in await answer.text()


async def test_a_source_that_asks_too_much_is_told_when_to_come_back(
    sqlite_url: str, passwords: Passwords, tmp_path: Path
) -> None:
    database = Database(open_engine(sqlite_url))
    rates = Rates(requests=Rate(per_s=0.1, burst=3), sign_ins=Rate(per_s=1, burst=9))
    async for edge in open_edge(database, passwords, tmp_path, rates=rates):
        answers = [await edge.client.get("/api/config") for _ in range(4)]
        assert [answer.status for answer in answers] == [200, 200, 200, 429]
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 10
    await database.close()


async def test_a_request_whose_head_never_ends_is_dropped(
    light_edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge_app, "HEADER_DEADLINE_S", 0.2)
    app = edge_app.build_app(light_edge.context, all_routes())
    runner = await edge_app.start_server(app, [edge_app.Site("127.0.0.1", 0)])
    host, port = runner.addresses[0][:2]
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"GET /api/config HTTP/1.1\r\nHost: local")
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()
    await runner.cleanup()


def test_cookie_names_bind_to_the_host() -> None:
    assert {cookie_name(surface) for surface in Surface} == {
        "__Host-window",
        "__Host-console",
        "__Host-supervision",
    }


async def test_a_failing_statement_is_logged_without_the_persons_it_names(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(session: AsyncSession, *_: object) -> None:
        session.add(
            StaffMember(
                county_id=edge.county.county_id,
                organisation_id=edge.county.organisations["village"],
                username="helper",
                name="陈秀英",
                name_en="",
                created_ms=0,
            )
        )
        await session.flush()

    helper = await edge.sign_in("helper")
    monkeypatch.setattr(edge.context.catalogue, "find", breaks)
    with structlog.testing.capture_logs() as logs:
        answer = await helper.get("items")
    assert await code_of(answer) == (500, "internal")
    assert [entry["event"] for entry in logs] == ["statement failed"]
    assert "陈秀英" not in str(logs)
    assert "test_guards.py" in logs[0]["exception"]
