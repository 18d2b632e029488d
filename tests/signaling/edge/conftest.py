import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher

from casework.database import Database, open_engine
from casework.master_key import MasterKey
from casework.page_files import PageFiles
from casework.passwords import Passwords
from casework.protected import ProtectedFields
from casework.renditions import Renderer
from casework.sign_in import SURFACE_ROLES, sign_in
from casework.vocabulary import Role, Surface
from shipinban.routes import all_routes
from signaling.edge.app import build_app
from signaling.edge.context import EdgeContext, Rates
from signaling.edge.guards import cookie_name
from signaling.edge.rate_limit import Rate
from tests.signaling.edge.small_county import ID_NUMBER, PASSWORD, SmallCounty

ORIGIN = "http://localhost:8080"


@dataclass
class Edge:
    """The edge under test, its county, and what people do on it."""

    county: SmallCounty
    context: EdgeContext
    client: TestClient[Any, Any]

    async def sign_in(self, username: str, surface: Surface | None = None) -> "Person":
        """Without HTTP, so that a test may have many people."""
        role = next((role for role in Role if username.startswith(role)), Role.HOME_SUPERVISOR)
        surface = surface or next(s for s in Surface if role in SURFACE_ROLES[s])
        new = await sign_in(
            self.context.database,
            self.context.passwords,
            county_id=self.county.county_id,
            surface=surface,
            username=username,
            password=PASSWORD,
            source="192.0.2.1",
        )
        return Person(self.client, surface, new.token)

    async def case(self, helper: "Person", **changes: object) -> str:
        """A drafted case; its id."""
        answer = await helper.post("cases", draft(self.county, **changes))
        assert answer.status == 200, await answer.text()
        case_id: str = (await answer.json())["id"]
        return case_id

    async def agreed_case(self, helper: "Person", **changes: object) -> str:
        case_id = await self.case(helper, **changes)
        answer = await helper.post(f"cases/{case_id}/consent", consent())
        assert answer.status == 200, await answer.text()
        return case_id


@dataclass
class Person:
    client: TestClient[Any, Any]
    surface: Surface
    token: str
    origin: str | None = ORIGIN

    def headers(self) -> dict[str, str]:
        origin = {} if self.origin is None else {"Origin": self.origin}
        return {"Cookie": f"{cookie_name(self.surface)}={self.token}", **origin}

    async def get(self, path: str, **given: Any) -> ClientResponse:  # noqa: ANN401
        return await self.request("GET", path, **given)

    async def post(self, path: str, body: object = None, **given: Any) -> ClientResponse:  # noqa: ANN401
        return await self.request("POST", path, json=body, **given)

    async def request(self, method: str, path: str, **given: Any) -> ClientResponse:  # noqa: ANN401
        """``path`` is below the surface's own, unless it begins with a slash."""
        address = path if path.startswith("/") else f"/api/{self.surface}/{path}"
        headers = {**self.headers(), **given.pop("headers", {})}
        return await self.client.request(method, address, headers=headers, **given)


async def code_of(answer: ClientResponse) -> tuple[int, str]:
    """Status and code of a refusal."""
    body = await answer.json()
    assert set(body) == {"code", "text", "details"}
    return answer.status, body["code"]


def draft(county: SmallCounty, **changes: object) -> dict[str, object]:
    return {
        "item_id": county.items["pension"],
        "mode": "assisted",
        "subject_name": "陈秀英",
        "subject_id_number": ID_NUMBER,
        "subject_phone": "138 0013 8000",
        "registered_organisation_id": county.organisations["north"],
        "elderly": True,
        "present_relation": "self",
        "present_name": "陈秀英",
        **changes,
    }


def consent(**changes: object) -> dict[str, object]:
    return {
        "answer": "yes",
        "answered_by": "present_person",
        "language": "zh-CN",
        "text_version": "1",
        **changes,
    }


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    """Weak on purpose: hashing is tested elsewhere."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), cores=1)


def edge_context(database: Database, passwords: Passwords, folder: Path) -> EdgeContext:
    master = MasterKey(bytes(32))
    return EdgeContext(
        database=database,
        passwords=passwords,
        protected=ProtectedFields(master),
        page_files=PageFiles(folder / "archive", master),
        renderer=Renderer(),
        origins=frozenset({ORIGIN, "https://window.example"}),
        node_id="a",
        version="0.1.0",
        demo=True,
        rates=Rates(requests=Rate(1e6, 10**6), sign_ins=Rate(1e6, 10**6)),
    )


@pytest.fixture
async def edge(database: Database, passwords: Passwords, tmp_path: Path) -> AsyncIterator[Edge]:
    """On SQLite and on PostgreSQL."""
    async for opened in open_edge(database, passwords, tmp_path):
        yield opened


@pytest.fixture
async def light_edge(sqlite_url: str, passwords: Passwords, tmp_path: Path) -> AsyncIterator[Edge]:
    """On SQLite alone: for what does not depend on the database."""
    database = Database(open_engine(sqlite_url))
    async for opened in open_edge(database, passwords, tmp_path):
        yield opened
    await database.close()


async def open_edge(
    database: Database,
    passwords: Passwords,
    folder: Path,
    **changes: Any,  # noqa: ANN401
) -> AsyncIterator[Edge]:
    county = SmallCounty(database)
    await county.found(passwords)
    context = replace(edge_context(database, passwords, folder), **changes)
    async with TestClient(TestServer(build_app(context, all_routes()))) as client:
        yield Edge(county, context, client)


@pytest.fixture(scope="session")
def picture() -> bytes:
    """A JPEG as a canvas writes it."""
    return make_picture("JPEG", (400, 300))


def make_picture(kind: str, size: tuple[int, int], **given: Any) -> bytes:  # noqa: ANN401
    from PIL import Image

    written = io.BytesIO()
    noise = Image.effect_noise(size, 40).convert("RGB")
    noise.save(written, kind, **given)
    return written.getvalue()
