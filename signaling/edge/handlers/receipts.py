"""Receipts: issued at the window, and what their code shows to anybody."""

from http import HTTPStatus
from typing import Any

import segno
from aiohttp import web

from casework.authority.revoked_mandates import revoke_with_receipt, standing_mandates
from casework.errors import NotFound, TooMany
from casework.journal.proofs import EntryProof, prove_entry
from casework.journal.receipts import await_proof, issue_receipt, look_up, read_receipt, written
from casework.tables import County, Receipt, ServiceItem
from casework.vocabulary import Surface
from signaling.edge.rate_limit import rate_key
from signaling.edge.roles import HELPERS
from signaling.edge.route import Asked, Route
from signaling.edge.scope import live_call_of, visible_case
from signaling.edge.texts import text_of
from signaling.edge.verify_page import STYLE, STYLE_PATH, Shown, ask_for_code, show_receipt
from signaling.wire.journal import CodeTyped, ReceiptIssued, ReceiptPaper

CODE_PATTERN = "[0-9A-Za-z-]{16,24}"
DAY_S = 86_400


async def issue(asked: Asked[None]) -> ReceiptIssued:
    """A receipt over what was done in the case so far, for the helper to print. Its code is shown
    this once."""
    person, context = asked.person, asked.context
    async with context.database.transaction() as session:
        case = await visible_case(session, person, asked.id("case_id"))
        call = await live_call_of(session, case.id)
        new = await issue_receipt(
            session, case, issued_by=person.staff_id, call_id=None if call is None else call.id
        )
        receipt = await session.get_one(Receipt, new.id)
        await session.refresh(receipt)
    proof = await await_proof(context.database, person.county_id, new.entry_id)
    address = (
        f"{context.public_origin}/verify/{new.code}"
        f"?e={proof.leaf_hash.hex()}&c={proof.checkpoint_number}"
    )
    rows = segno.make_qr(address, error="m").matrix
    return ReceiptIssued(
        code=written(new.code),
        address=address,
        qr=["".join(str(int(dark)) for dark in row) for row in rows],
        entry_hash=proof.leaf_hash.hex(),
        checkpoint_number=proof.checkpoint_number,
        issued_ms=receipt.issued_ms,
    )


async def ask(asked: Asked[CodeTyped]) -> web.StreamResponse:
    """The page that asks for a receipt's code."""
    if asked.given.code is None:
        return _page(ask_for_code(asked.language))
    return await _show(asked, asked.given.code, ReceiptPaper())


async def show(asked: Asked[ReceiptPaper]) -> web.StreamResponse:
    """What a receipt's code stands for: what was done, by whom, for which units, who watched."""
    return await _show(asked, asked.id("code"), asked.given)


async def _show(asked: Asked[Any], code: str, paper: ReceiptPaper) -> web.StreamResponse:
    try:
        receipt = await _found(asked, code)
    except (NotFound, TooMany) as error:
        problem = text_of(error, asked.language)
        return _page(ask_for_code(asked.language, problem), error.status)
    return _page(show_receipt(asked.language, await _shown(asked, receipt, code, paper)))


async def _found(asked: Asked[Any], code: str) -> Receipt:
    return await look_up(asked.context.database, code, rate_key(asked.source))


async def _shown(asked: Asked[Any], receipt: Receipt, code: str, paper: ReceiptPaper) -> Shown:
    async with asked.context.database.reading() as session:
        content = await read_receipt(session, receipt, asked.language)
        item = await session.get_one(ServiceItem, content.case.item_id)
        county = await session.get_one(County, receipt.county_id)
        proof = await prove_entry(session, receipt.county_id, receipt.entry_id)
        watched = await asked.context.recording_watched(session, receipt.case_id, asked.language)
        standing = await standing_mandates(session, receipt)
    return Shown(
        code=code,
        content=content,
        item_name=item.name_en if asked.language == "en" else item.name,
        issued_ms=receipt.issued_ms,
        timezone=county.timezone,
        entry_hash="" if proof is None else proof.leaf_hash.hex(),
        checkpoint_number=None if proof is None else proof.checkpoint_number,
        paper_matches=_matches(paper, proof),
        watched=watched,
        standing_mandates=standing,
    )


def _matches(paper: ReceiptPaper, proof: EntryProof | None) -> bool | None:
    if paper.e is None or proof is None:
        return None
    return paper.e == proof.leaf_hash.hex() and paper.c in (None, proof.checkpoint_number)


async def download_proof(asked: Asked[None]) -> web.StreamResponse:
    """The proof that the receipt's entry stands in the journal; ``shipinban journal verify --seen``
    reads it."""
    receipt = await _found(asked, asked.id("code"))
    async with asked.context.database.reading() as session:
        proof = await prove_entry(session, receipt.county_id, receipt.entry_id)
        content = await read_receipt(session, receipt)
    if proof is None:
        raise NotFound("receipt.no_checkpoint")
    return web.Response(
        text=proof.text(content.opened),
        content_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="receipt-proof.json"'},
    )


async def revoke_mandates(asked: Asked[None]) -> web.StreamResponse:
    """The holder of a receipt takes back the mandates of its case; the page then says so."""
    code = asked.id("code")
    receipt = await _found(asked, code)
    async with asked.context.database.transaction() as session:
        await revoke_with_receipt(session, receipt)
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": f"/verify/{code}"})


async def style(asked: Asked[None]) -> web.StreamResponse:
    """The style of the page ``/verify``."""
    del asked
    answer = web.Response(text=STYLE, content_type="text/css")
    answer.headers["Cache-Control"] = f"public, max-age={DAY_S}"
    return answer


def _page(html: str, status: int = HTTPStatus.OK) -> web.Response:
    return web.Response(text=html, content_type="text/html", status=status)


ROUTES = (
    Route(
        method="POST", path="/api/window/cases/{case_id}/receipt", roles=HELPERS,
        surface=Surface.WINDOW, handler=issue, answer=ReceiptIssued,
    ),
    Route(
        method="GET", path="/verify", handler=ask, query=CodeTyped, answer="text/html",
        signs_in=True,
    ),
    Route(
        method="GET", path=f"/verify/{{code:{CODE_PATTERN}}}", handler=show, query=ReceiptPaper,
        answer="text/html", signs_in=True,
    ),
    Route(
        method="GET", path=f"/verify/{{code:{CODE_PATTERN}}}/proof", handler=download_proof,
        answer="application/json", signs_in=True,
    ),
    Route(
        method="POST", path=f"/verify/{{code:{CODE_PATTERN}}}/mandates/revoke", takes_bytes=True,
        handler=revoke_mandates, answer="text/html", signs_in=True,
    ),
    Route(method="GET", path=STYLE_PATH, handler=style, answer="text/css"),
)  # fmt: skip
