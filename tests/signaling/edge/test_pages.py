"""Pages taken at the window: upload in parts, check, rendition, and who may look."""

import hashlib
import io
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientResponse
from PIL import Image

from casework.database import Database, new_id
from casework.page_files import ORIGINAL
from casework.pages import PART_LIMIT_BYTES
from casework.passwords import Passwords
from casework.tables import CasePage
from tests.signaling.edge.conftest import Edge, Person, code_of, make_picture, open_edge

PART = 16 * 1024


def announced(content: bytes, **changes: object) -> dict[str, object]:
    return {
        "kind": "original",
        "sha256": hashlib.sha256(content).hexdigest(),
        "total_bytes": len(content),
        "media_type": "image/jpeg",
        **changes,
    }


async def begin(helper: Person, case_id: str, content: bytes, **changes: object) -> str:
    answer = await helper.post(f"cases/{case_id}/pages", announced(content, **changes))
    assert answer.status == 200, await answer.text()
    page_id: str = (await answer.json())["id"]
    return page_id


async def put(helper: Person, page_id: str, offset: int, part: bytes) -> ClientResponse:
    params = {"offset": str(offset)}
    return await helper.request("PUT", f"pages/{page_id}/bytes", params=params, data=part)


async def upload(helper: Person, page_id: str, content: bytes) -> ClientResponse:
    for offset in range(0, len(content), PART):
        answer = await put(helper, page_id, offset, content[offset : offset + PART])
        if answer.status != 200:
            break
    return answer


async def test_a_page_taken_in_a_call_is_seen_by_its_agent_and_supervisors(
    edge: Edge, picture: bytes
) -> None:
    helper, agent = await edge.sign_in("helper"), await edge.sign_in("agent")
    case_id = await edge.agreed_case(helper)
    call_id = await edge.county.call(case_id)
    page_id = await begin(helper, case_id, picture)
    done = await (await upload(helper, page_id, picture)).json()
    assert (done["state"], done["width_px"], done["height_px"]) == ("ready", 400, 300)
    seen = await agent.get(f"pages/{page_id}/rendition")
    assert seen.headers["Content-Type"] == "image/webp"
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    shown = await seen.read()
    assert Image.open(io.BytesIO(shown)).size == (400, 300)
    assert shown != picture
    row = await page_row(edge, page_id)
    assert (row.call_id, row.rendition_sha256) == (call_id, hashlib.sha256(shown).hexdigest())
    for username, status in (
        ("agent2", 404),
        ("home_supervisor", 200),
        ("south_supervisor", 404),
        ("county_supervisor", 200),
    ):
        person = await edge.sign_in(username)
        answer = await person.get(f"pages/{page_id}/rendition")
        assert answer.status == status, username


async def page_row(edge: Edge, page_id: str) -> CasePage:
    async with edge.context.database.reading() as session:
        return await session.get_one(CasePage, page_id)


async def test_an_upload_goes_on_where_it_stopped_and_repeats_do_no_harm(
    edge: Edge, picture: bytes
) -> None:
    helper = await edge.sign_in("helper")
    page_id = await begin(helper, await edge.case(helper), picture)
    first, rest = picture[:PART], picture[PART:]
    for _ in range(2):
        answer = await put(helper, page_id, 0, first)
        assert (await answer.json())["received_bytes"] == PART
    ahead = await put(helper, page_id, PART + 1, rest[1:])
    body = await ahead.json()
    assert (ahead.status, body["code"]) == (409, "page.offset")
    assert body["details"]["received_bytes"] == PART
    seen = await (await helper.get(f"pages/{page_id}")).json()
    assert (seen["state"], seen["received_bytes"]) == ("uploading", PART)
    for _ in range(2):
        done = await put(helper, page_id, PART, rest)
        assert (await done.json())["state"] == "ready"


async def test_a_crash_between_the_last_part_and_the_check_is_caught_up(
    light_edge: Edge, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object) -> None:
        raise RuntimeError("the node ends here")

    helper = await light_edge.sign_in("helper")
    page_id = await begin(helper, await light_edge.case(helper), picture)
    with monkeypatch.context() as patch:
        patch.setattr(light_edge.context.renderer, "render", dies)
        assert (await put(helper, page_id, 0, picture)).status == 500
    assert (await page_row(light_edge, page_id)).state == "uploading"
    assert (await (await put(helper, page_id, 0, picture)).json())["state"] == "ready"


async def test_bytes_on_disk_are_encrypted_private_and_randomly_named(
    light_edge: Edge, picture: bytes
) -> None:
    helper = await light_edge.sign_in("helper")
    page_id = await begin(helper, await light_edge.case(helper), picture)
    await upload(helper, page_id, picture)
    files = light_edge.context.page_files
    name = (await page_row(light_edge, page_id)).file_name
    folder = files._root / name
    assert sorted(file.name for file in folder.iterdir()) == ["original", "rendition"]
    assert page_id not in str(folder)
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert picture[:64] not in file.read_bytes()
    assert files.read(name, ORIGINAL) == picture


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"total_bytes": 8 * 1024 * 1024 + 1}, "request.invalid"),
        ({"media_type": "image/svg+xml"}, "request.invalid"),
        ({"sha256": "0"}, "request.invalid"),
        ({"material_id": "town"}, "page.material"),
        ({"replaces_page_id": "none"}, "page.replaces"),
    ],
)
async def test_a_page_that_cannot_be_is_not_begun(
    light_edge: Edge, picture: bytes, changes: dict[str, object], code: str
) -> None:
    helper = await light_edge.sign_in("helper")
    case_id = await light_edge.case(helper)
    ids = {"town": new_id(), "none": new_id()}
    changes = {key: ids.get(str(value), value) for key, value in changes.items()}
    answer = await helper.post(f"cases/{case_id}/pages", announced(picture, **changes))
    assert await code_of(answer) == (400, code)


@pytest.mark.parametrize("length", [0, PART_LIMIT_BYTES + 1])
async def test_a_part_is_neither_empty_nor_over_its_limit(light_edge: Edge, length: int) -> None:
    helper = await light_edge.sign_in("helper")
    page_id = await begin(helper, await light_edge.case(helper), bytes(100_000))
    answer = await put(helper, page_id, 0, bytes(length))
    assert answer.status == (400 if length == 0 else 413)
    beyond = await put(helper, page_id, 99_999, b"12")
    assert await code_of(beyond) == (400, "page.part")
    assert (await put(helper, page_id, -1, b"1")).status == 400


async def test_a_page_with_another_hash_fails_for_good(edge: Edge, picture: bytes) -> None:
    helper = await edge.sign_in("helper")
    case_id = await edge.case(helper)
    page_id = await begin(helper, case_id, picture, sha256="0" * 64)
    assert await code_of(await upload(helper, page_id, picture)) == (400, "page.sha256")
    shown = await (await helper.get(f"pages/{page_id}")).json()
    assert shown["state"] == "failed"
    again = await put(helper, page_id, 0, picture[:PART])
    assert (await again.json())["state"] == "failed"


def bomb() -> bytes:
    """A PNG of 33 KB that would be 900 million pixels."""
    tiny = make_picture("PNG", (8, 8))
    return tiny[:16] + (30_000).to_bytes(4, "big") * 2 + tiny[24:]


@pytest.mark.parametrize(
    ("make", "media_type", "code"),
    [
        (bomb, "image/png", "page.pixels"),
        (
            lambda: make_picture("JPEG", (64, 64)) + b"PK\x05\x06" + bytes(18),
            "image/jpeg",
            "page.polyglot",
        ),
        (lambda: make_picture("PNG", (64, 64)), "image/jpeg", "page.format"),
        (lambda: b"%PDF-1.7\n" + bytes(500), "image/jpeg", "page.format"),
        (lambda: make_picture("JPEG", (64, 64))[:-600], "image/jpeg", "page.format"),
    ],
    ids=["bomb", "with a ZIP behind", "another format", "PDF", "cut off"],
)
async def test_what_is_no_plain_picture_is_refused(
    light_edge: Edge, make: object, media_type: str, code: str
) -> None:
    content: bytes = make()  # type: ignore[operator]
    helper = await light_edge.sign_in("helper")
    page_id = await begin(helper, await light_edge.case(helper), content, media_type=media_type)
    assert await code_of(await upload(helper, page_id, content)) == (400, code)
    assert (await page_row(light_edge, page_id)).state == "failed"


async def test_a_large_page_is_made_smaller_and_loses_what_it_says_of_itself(
    light_edge: Edge,
) -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    exif[0x0112] = 6  # lying on its side
    content = make_picture("JPEG", (3000, 1500), quality=30, exif=exif)
    helper, agent = await light_edge.sign_in("helper"), await light_edge.sign_in("agent")
    case_id = await light_edge.agreed_case(helper)
    await light_edge.county.call(case_id)
    page_id = await begin(helper, case_id, content)
    assert (await upload(helper, page_id, content)).status == 200
    shown = await (await agent.get(f"pages/{page_id}/rendition")).read()
    rendition = Image.open(io.BytesIO(shown))
    assert rendition.size == (1280, 2560)
    assert not rendition.getexif()
    assert b"secret place" not in shown


async def test_a_page_of_another_window_is_answered_like_an_absent_one(
    light_edge: Edge, picture: bytes
) -> None:
    helper, other = await light_edge.sign_in("helper"), await light_edge.sign_in("helper2")
    page_id = await begin(helper, await light_edge.case(helper), picture)
    for asked in (page_id, new_id()):
        assert await code_of(await other.get(f"pages/{asked}")) == (404, "page.not_found")
        assert await code_of(await put(other, asked, 0, picture)) == (404, "page.not_found")
    stranger = await light_edge.sign_in("county_supervisor")
    assert await code_of(await stranger.get(f"pages/{page_id}/rendition")) == (
        404,
        "page.not_ready",
    )


@pytest.fixture
async def told(
    sqlite_url: str, passwords: Passwords, tmp_path: Path
) -> AsyncIterator[tuple[Edge, list[str]]]:
    from casework.database import open_engine

    database, changed = Database(open_engine(sqlite_url)), []

    async def note(page_id: str) -> None:
        changed.append(page_id)

    async for opened in open_edge(database, passwords, tmp_path, page_changed=note):
        yield opened, changed
    await database.close()


async def test_the_room_is_told_of_every_step(told: tuple[Edge, list[str]], picture: bytes) -> None:
    edge, changed = told
    helper = await edge.sign_in("helper")
    page_id = await begin(helper, await edge.case(helper), picture)
    await upload(helper, page_id, picture)
    parts = -(-len(picture) // PART)
    assert changed == [page_id] * (1 + parts)


async def test_an_original_may_follow_its_readable_version(
    light_edge: Edge, picture: bytes
) -> None:
    helper = await light_edge.sign_in("helper")
    case_id = await light_edge.case(helper)
    readable = await begin(helper, case_id, picture, kind="readable")
    original = await begin(helper, case_id, picture, replaces_page_id=readable)
    pages = (await (await helper.get(f"cases/{case_id}")).json())["pages"]
    assert [page["id"] for page in pages] == [readable, original]
    assert pages[1]["replaces_page_id"] == readable
