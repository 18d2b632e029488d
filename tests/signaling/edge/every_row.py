"""One row of every kind that a route of this room names, made by those who may make it."""

from sqlalchemy import select

from casework.tables import CouldNotReport, JournalEntry, ReviewDraw
from tests.signaling.edge.conftest import Edge, make_picture
from tests.signaling.edge.reviewing import opened_review, rated_poorly
from tests.signaling.edge.test_course import ended
from tests.signaling.edge.test_forms import STROKES, Desk
from tests.signaling.edge.test_mandates import in_force, page
from tests.signaling.edge.test_materials import given_page
from tests.signaling.edge.test_roles_by_two import proposed


async def rows_of_everything(edge: Edge) -> dict[str, str]:
    review = await opened_review(edge)
    follow_up = await rated_poorly(edge)
    hand_over_id = await _offered(edge)
    signed = await _signed(edge)
    helper, *_, call_id, case_id, mandate_id = await in_force(edge)
    said = {"text": "材料退回三次"}
    assert (await helper.post(f"cases/{case_id}/could-not", said)).status == 200
    role_change_id = await proposed(edge, await edge.sign_in("security_administrator"))
    async with edge.context.database.reading() as session:
        in_county = edge.county.county_id
        reports = select(CouldNotReport.id).where(CouldNotReport.county_id == in_county)
        entries = select(JournalEntry.id).where(JournalEntry.county_id == in_county).limit(1)
        north = edge.county.organisations["north"]
        draws = select(ReviewDraw.id).where(ReviewDraw.home_organisation_id == north)
        report_id = (await session.scalars(reports)).one()
        entry_id = (await session.scalars(entries)).one()
        draw_id = (await session.scalars(draws)).one()
    return {
        "case_id": case_id,
        "call_id": call_id,
        "page_id": await page(edge, case_id),
        "mandate_id": mandate_id,
        "grant_id": edge.county.grants["helper", "delegated"],
        "appointment_id": edge.county.appointments["helper"],
        "report_id": report_id,
        "role_change_id": role_change_id,
        "entry_id": entry_id,
        "item_id": edge.county.items["pension"],
        "material_id": edge.county.materials["photo"],
        "review_id": review.id,
        "follow_up_id": follow_up.id,
        "draw_id": draw_id,
        "hand_over_id": hand_over_id,
        **signed,
    }


async def _offered(edge: Edge) -> str:
    _, agent, case_id = await ended(edge, outcome="accepted")
    to = {"to_staff_id": edge.county.staff["agent2"], "reason": "休假"}
    answer = await agent.post(f"cases/{case_id}/hand-over", to)
    assert answer.status == 200, await answer.text()
    colleague = await edge.sign_in("agent2")
    offers = (await (await colleague.get("hand-overs")).json())["offers"]
    hand_over_id: str = offers[0]["hand_over"]["id"]
    return hand_over_id


async def _signed(edge: Edge) -> dict[str, str]:
    """A form that was signed in a call, and what was given for a line."""
    helper = await edge.sign_in("helper")
    case_id = await edge.agreed_case(helper)
    call_id = await edge.county.call(case_id)
    desk = Desk(edge, case_id)
    form = await desk.show((await desk.fill()).version)
    of = {"form_id": form.id, "sha256": form.shown_sha256}
    path = f"cases/{case_id}/form"
    assert (await helper.post(f"{path}/confirm", of)).status == 200
    signed = await helper.post(f"{path}/sign", of | {"strokes": STROKES})
    assert signed.status == 200, await signed.text()
    given_id = await given_page(edge, helper, case_id, make_picture("JPEG", (400, 300)))
    await edge.county.end_call(call_id)
    return {"signature_id": (await signed.json())["signature_id"], "given_id": given_id}
