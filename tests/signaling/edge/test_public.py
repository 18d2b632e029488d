"""What needs no sign-in, the built pages, and the API's own description."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import jsonschema
import pytest
from sqlalchemy import select, update

from casework.database import Database, open_engine
from casework.passwords import Passwords
from casework.ratings import ask_for_rating
from casework.tables import Case, CaseEvent, Rating
from shipinban.routes import all_routes
from signaling.edge.openapi import openapi_document
from signaling.edge.static_files import StaticFiles
from tests.signaling.edge.conftest import ORIGIN, Edge, code_of, open_edge


async def test_config_tells_the_county_and_the_consent_text(light_edge: Edge) -> None:
    config = await (await light_edge.client.get("/api/config")).json()
    assert (config["county_name"], config["demo"]) == ("东源县", True)
    assert set(config["consent_text"]) == {"zh-CN", "en"}


async def test_health_names_what_is_wrong(
    sqlite_url: str, passwords: Passwords, tmp_path: Path
) -> None:
    async def relay() -> str | None:
        return problem

    problem: str | None = None
    database = Database(open_engine(sqlite_url))
    async for edge in open_edge(database, passwords, tmp_path, health_checks={"relay": relay}):
        well = await edge.client.get("/health")
        assert (well.status, await well.json()) == (200, {"ok": True, "problems": {}})
        problem = "away"
        ill = await edge.client.get("/health")
        assert (ill.status, await ill.json()) == (
            503,
            {"ok": False, "problems": {"relay": "away"}},
        )
    await database.close()


async def test_health_tells_a_database_that_is_gone(light_edge: Edge) -> None:
    async with light_edge.context.database.transaction() as session:
        await session.connection()
    await light_edge.context.database.close()
    Path(light_edge.context.database.engine.url.database or "").unlink()
    Path(light_edge.context.database.engine.url.database or "").mkdir()
    answer = await light_edge.client.get("/health")
    assert answer.status == 503
    assert "database" in (await answer.json())["problems"]
    asked = await light_edge.client.get("/api/config")
    assert await code_of(asked) == (503, "database.unavailable")


async def rate(edge: Edge, token: str, grade: str = "very_satisfied") -> tuple[int, str]:
    body = {"token": token, "grade": grade}
    answer = await edge.client.post("/api/rating", json=body, headers={"Origin": ORIGIN})
    return (200, "") if answer.status == 200 else await code_of(answer)


async def test_the_resident_rates_once_with_the_token_and_nothing_else(edge: Edge) -> None:
    helper = await edge.sign_in("helper")
    case_id = await edge.agreed_case(helper)
    call_id = await edge.county.call(case_id)
    async with edge.context.database.transaction() as session:
        case = await session.get_one(Case, case_id)
        token = await ask_for_rating(session, case, call_id)
        assert await ask_for_rating(session, case, call_id) is None
    assert token is not None
    body = {"token": token, "grade": "fair"}
    without_token = await helper.post("/api/rating", {"grade": "fair"})
    assert without_token.status == 400
    assert await rate(edge, "A" * 43) == (404, "rating.not_found")
    assert await rate(edge, token, "splendid") == (400, "request.invalid")
    assert await rate(edge, token, body["grade"]) == (200, "")
    assert await rate(edge, token) == (409, "rating.given")
    async with edge.context.database.reading() as session:
        rating = (await session.scalars(select(Rating))).one()
        kinds = list(await session.scalars(select(CaseEvent.kind).order_by(CaseEvent.id)))
    assert (rating.grade, kinds[-1]) == ("fair", "rating.given")


async def test_a_rating_is_not_taken_for_ever(light_edge: Edge) -> None:
    helper = await light_edge.sign_in("helper")
    case_id = await light_edge.agreed_case(helper)
    async with light_edge.context.database.transaction() as session:
        case = await session.get_one(Case, case_id)
        token = await ask_for_rating(session, case, await_call := "0" * 36)
        await session.execute(
            update(Rating).where(Rating.call_id == await_call).values(token_expires_ms=1)
        )
    assert await rate(light_edge, token or "") == (410, "rating.expired")


@pytest.fixture
async def built(sqlite_url: str, passwords: Passwords, tmp_path: Path) -> AsyncIterator[Edge]:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>窗口</title>", "utf-8")
    (folder / "assets" / "window-4f2a.js").write_text("export {};" * 100)
    (folder / ".sources").write_text("hidden")
    (tmp_path / "secret").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret")
    database = Database(open_engine(sqlite_url))
    files = StaticFiles({"village_client": folder, "agent_console": tmp_path / "absent"})
    async for edge in open_edge(database, passwords, tmp_path, static_files=files):
        yield edge
    await database.close()


async def test_built_pages_are_served_and_hashed_files_kept_for_ever(built: Edge) -> None:
    page = await built.client.get("/window")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["Cache-Control"] == "no-cache"
    assert "窗口" in await page.text()
    script = await built.client.get("/static/village_client/assets/window-4f2a.js")
    assert "immutable" in script.headers["Cache-Control"]
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert await script.text() == "export {};" * 100


async def test_text_goes_over_a_thin_line_compressed(built: Edge) -> None:
    address = "/static/village_client/assets/window-4f2a.js"
    headers = {"Accept-Encoding": "gzip"}
    sent = await built.client.get(address, headers=headers, auto_decompress=False)
    content = await sent.read()
    assert (sent.headers["Content-Encoding"], len(content) < 100) == ("gzip", True)
    assert gzip.decompress(content) == b"export {};" * 100


@pytest.mark.parametrize(
    "name",
    [".sources", "../secret", "%2e%2e/secret", "..%2fsecret", "link.txt", "assets", "none.js"],
)
async def test_nothing_but_built_files_is_served(built: Edge, name: str) -> None:
    answer = await built.client.get(f"/static/village_client/{name}")
    assert answer.status == 404


async def test_a_page_that_was_not_built_says_so_in_both_languages(built: Edge) -> None:
    answer = await built.client.get("/console", headers={"Accept-Language": "en"})
    assert (answer.status, "have not been built" in await answer.text()) == (503, True)
    answer = await built.client.get("/console")
    assert "尚未构建" in await answer.text()


async def test_the_start_page_leads_to_every_page(light_edge: Edge) -> None:
    text = await (await light_edge.client.get("/")).text()
    for address in ("/window", "/console", "/supervision", "/api/docs", "/?lang=en"):
        assert f'href="{address}"' in text
    assert "<script" not in text
    assert "style" not in text


async def test_the_api_describes_itself(light_edge: Edge) -> None:
    document = await (await light_edge.client.get("/api/openapi.json")).json()
    assert document == openapi_document(all_routes(), "0.1.0")
    described = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    assert ("PUT", "/api/window/pages/{page_id}/bytes") in described
    assert described >= {
        (route.method, route.plain_path)
        for route in all_routes()
        if route.path.startswith("/api/window")
    }
    for operation in (one for methods in document["paths"].values() for one in methods.values()):
        assert operation["description"], operation["operationId"]
    names = [o["operationId"] for m in document["paths"].values() for o in m.values()]
    assert len(names) == len(set(names))
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_reference_of_the_description_leads_somewhere() -> None:
    document = openapi_document(all_routes(), "0.1.0")

    def references(part: object) -> set[str]:
        if isinstance(part, dict):
            own = {part["$ref"]} if "$ref" in part else set()
            return own.union(*(references(value) for value in part.values()))
        if isinstance(part, list):
            return set().union(*(references(value) for value in part))
        return set()

    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert references(document) <= known
