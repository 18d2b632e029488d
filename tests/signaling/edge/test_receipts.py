"""The receipt from the window to the public page."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select

from casework.journal.commitments import commitment
from casework.journal.receipts import find_receipt, mask, read_code
from casework.journal.seen import parse_seen
from casework.journal.sequencer import Sequencer
from casework.tables import Receipt
from tests.signaling.edge.conftest import Edge, code_of


@asynccontextmanager
async def running(edge: Edge, folder: Path) -> AsyncIterator[None]:
    sequencer = Sequencer(edge.context.database, "b" * 36, folder / "journal.key")
    async with asyncio.TaskGroup() as group:
        task = group.create_task(sequencer.run())
        yield
        task.cancel()


async def issued(edge: Edge, folder: Path) -> tuple[str, dict[str, object]]:
    """A case and its receipt."""
    helper = await edge.sign_in("helper")
    case_id = await edge.agreed_case(helper)
    async with running(edge, folder):
        answer = await helper.post(f"cases/{case_id}/receipt")
        assert answer.status == 200, await answer.text()
    return case_id, await answer.json()


async def test_a_receipt_is_printed_with_a_code_a_hash_and_a_checkpoint(
    edge: Edge, tmp_path: Path
) -> None:
    _, receipt = await issued(edge, tmp_path)
    code = read_code(str(receipt["code"]))
    assert code is not None
    rows = receipt["qr"]
    assert isinstance(rows, list)
    picture = Image.new("L", (len(rows) + 8, len(rows) + 8), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            picture.putpixel((x + 4, y + 4), 0 if dark == "1" else 255)
    big = picture.resize((picture.width * 6, picture.height * 6), Image.Resampling.NEAREST)
    (read,) = zxingcpp.read_barcodes(big)
    assert read.text == receipt["address"]
    assert code in read.text
    assert str(receipt["entry_hash"]) in read.text
    async with edge.context.database.reading() as session:
        row = (await session.scalars(select(Receipt))).one()
        assert code.encode() not in row.code_hash
        assert (await find_receipt(session, code.lower())).id == row.id


async def test_the_public_page_shows_who_did_what_masked(light_edge: Edge, tmp_path: Path) -> None:
    _, receipt = await issued(light_edge, tmp_path)
    parts = urlsplit(str(receipt["address"]))
    for language, words in (
        ("zh-CN", ("回执有效", "一致", "登记办件", "征询录像同意", "出具回执", "陈**", "姓**")),
        ("en", ("The receipt is good", "Case opened", "H**", "Nobody has watched")),
    ):
        answer = await light_edge.client.get(f"{parts.path}?{parts.query}&lang={language}")
        assert answer.status == 200
        page = await answer.text()
        for word in words:
            assert word in page
        assert "陈秀英" not in page
        assert "姓名helper" not in page
        assert "<script" not in page


async def test_a_paper_with_another_hash_is_told_to_differ(
    light_edge: Edge, tmp_path: Path
) -> None:
    _, receipt = await issued(light_edge, tmp_path)
    path = urlsplit(str(receipt["address"])).path
    page = await (await light_edge.client.get(f"{path}?e={'0' * 64}&c=1")).text()
    assert "不一致" in page


async def test_the_downloaded_proof_opens_the_masked_name_and_nothing_else(
    light_edge: Edge, tmp_path: Path
) -> None:
    _, receipt = await issued(light_edge, tmp_path)
    path = urlsplit(str(receipt["address"])).path
    answer = await light_edge.client.get(f"{path}/proof")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    text = await answer.text()
    seen = parse_seen(text, "proof")
    assert seen.leaf_hash is not None
    assert seen.leaf_hash.hex() == receipt["entry_hash"]
    body = json.loads(text)
    (field,) = body["opened"]
    opened = body["opened"][field]
    assert opened["value"] == "陈**"
    entry = json.loads(body["entry"])
    salt = bytes.fromhex(opened["salt"])
    assert commitment(salt, opened["value"]) == entry["personal"][field]


async def test_a_code_can_be_typed(light_edge: Edge, tmp_path: Path) -> None:
    _, receipt = await issued(light_edge, tmp_path)
    typed = str(receipt["code"]).lower()
    answer = await light_edge.client.get("/verify", params={"code": typed})
    assert "回执有效" in await answer.text()
    empty = await (await light_edge.client.get("/verify")).text()
    assert re.search(r'<input id="code"', empty)


async def test_wrong_codes_are_told_alike_and_make_their_source_wait(
    light_edge: Edge, tmp_path: Path
) -> None:
    _, receipt = await issued(light_edge, tmp_path)
    path = urlsplit(str(receipt["address"])).path
    statuses = [
        (await light_edge.client.get(f"/verify/{'0' * 12}{number:04}")).status
        for number in range(12)
    ]
    assert statuses == [404] * 10 + [429] * 2
    held_back = await light_edge.client.get(path)
    assert held_back.status == 429
    assert "请等待" in await held_back.text()


async def test_another_window_s_case_gets_no_receipt(light_edge: Edge) -> None:
    case_id = await light_edge.case(await light_edge.sign_in("helper"))
    other = await light_edge.sign_in("helper2")
    assert await code_of(await other.post(f"cases/{case_id}/receipt")) == (404, "case.not_found")


async def test_without_a_sequencer_no_receipt_is_promised(
    light_edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casework.journal.receipts.CHECKPOINT_WAIT_S", 0.2)
    helper = await light_edge.sign_in("helper")
    case_id = await light_edge.case(helper)
    answer = await helper.post(f"cases/{case_id}/receipt")
    assert await code_of(answer) == (503, "receipt.no_checkpoint")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("abcd-efgh-jkmn-pqrs", "ABCDEFGHJKMNPQRS"),
        ("O1lI 0000 0000 0000", "0111000000000000"),
        ("abcd-efgh-jkmn-pqr", None),
        ("abcd-efgh-jkmn-pqru", None),
    ],
)
def test_a_code_is_read_as_people_write_it(typed: str, code: str | None) -> None:
    assert read_code(typed) == code


def test_names_are_masked() -> None:
    assert mask("陈秀英") == "陈**"
    assert mask("") == ""
