"""Confirming and signing over HTTP: bound to exactly what was shown."""

from typing import Any

import pytest
from sqlalchemy import func, select

from casework.cases import lock_case
from casework.errors import Conflict
from casework.forms.versions import fill_form, show_form, withdraw_form
from casework.moments import Moment
from casework.sign_in import SignedIn
from casework.tables import FormVersion, JournalEntry, Signature
from casework.vocabulary import Role, Surface
from signaling.acting_now import acting_now
from signaling.tables import CallEvent
from tests.signaling.edge.conftest import Edge, code_of

STROKES = [[[1000 + 90 * step, 900 + (step % 5) * 80, step * 12, 500] for step in range(40)]]
ANSWERS: dict[str, Any] = {
    "applicant": "陈秀英",
    "matter": "=SUM(A1) 高龄津贴",
    "delivery": "窗口领取",
}


class Desk:
    """The agent's part, which is played over the room's socket otherwise."""

    def __init__(self, edge: Edge, case_id: str) -> None:
        self._edge, self._case_id = edge, case_id
        self._agent = SignedIn(
            sign_in_id="",
            staff_id=edge.county.staff["agent"],
            county_id=edge.county.county_id,
            organisation_id=edge.county.organisations["county"],
            roles=frozenset({Role.AGENT}),
            surface=Surface.CONSOLE,
        )

    async def fill(self, **changes: object) -> FormVersion:
        async with self._edge.context.database.transaction() as session:
            moment = await acting_now(session, self._agent, self._case_id)
            case = await lock_case(session, self._case_id)
            protected = self._edge.context.protected
            return await fill_form(session, protected, case, moment, ANSWERS | changes, "zh-CN")

    async def show(self, version: int) -> FormVersion:
        async with self._edge.context.database.transaction() as session:
            moment = await acting_now(session, self._agent, self._case_id)
            case = await lock_case(session, self._case_id)
            protected = self._edge.context.protected
            return await show_form(session, protected, case, moment, version)

    async def withdraw(self, version: int) -> FormVersion:
        async with self._edge.context.database.transaction() as session:
            moment: Moment = await acting_now(session, self._agent, self._case_id)
            case = await lock_case(session, self._case_id)
            return await withdraw_form(session, case, moment, version)


async def begun(edge: Edge) -> tuple[Any, str, Desk]:
    helper = await edge.sign_in("helper")
    case_id = await edge.agreed_case(helper)
    await edge.county.call(case_id)
    return helper, case_id, Desk(edge, case_id)


async def test_the_resident_confirms_and_signs_what_was_shown(edge: Edge) -> None:
    helper, case_id, desk = await begun(edge)
    shown = await desk.show((await desk.fill()).version)
    form = (await (await helper.get(f"cases/{case_id}/form")).json())["form"]
    assert form["lines"][2] == {
        "key": "matter",
        "label": "申请事由",
        "text": "=SUM(A1) 高龄津贴",
    }
    said = {"form_id": form["id"], "sha256": form["sha256"]}
    confirmed = await helper.post(f"cases/{case_id}/form/confirm", said)
    assert (await confirmed.json())["state"] == "confirmed"
    signed = await (
        await helper.post(f"cases/{case_id}/form/sign", said | {"strokes": STROKES})
    ).json()
    assert signed["state"] == "signed"
    agent = await edge.sign_in("agent")
    answer = await agent.get(f"signatures/{signed['signature_id']}")
    signature = await answer.json()
    assert (signature["strokes"], signature["signer"]) == (STROKES, "present_person")
    assert signature["signed_sha256"] == shown.shown_sha256
    foreign = await edge.sign_in("helper2")
    other = await foreign.get(f"signatures/{signed['signature_id']}")
    assert await code_of(other) == (404, "signature.not_found")
    async with edge.context.database.reading() as session:
        kinds = await session.scalars(select(CallEvent.kind).order_by(CallEvent.id))
        assert list(kinds) == ["form.confirmed", "form.signed"]
        entries = await session.scalars(
            select(JournalEntry.what)
            .where(JournalEntry.what.like("form.%"))
            .order_by(JournalEntry.id)
        )
        assert list(entries) == ["form.shown", "form.confirmed", "form.signed"]
        sealed = (await session.scalars(select(FormVersion.shown_sealed))).one()
        assert "陈秀英".encode() not in sealed
        strokes = (await session.scalars(select(Signature.strokes_sealed))).one()
        assert b"1000" not in strokes


async def test_nothing_else_than_what_was_shown_can_be_confirmed_or_signed(edge: Edge) -> None:
    helper, case_id, desk = await begun(edge)
    shown = await desk.show((await desk.fill()).version)
    said = {"form_id": shown.id, "sha256": shown.shown_sha256}
    path = f"cases/{case_id}/form"
    early = await helper.post(f"{path}/sign", said | {"strokes": STROKES})
    assert await code_of(early) == (409, "form.changed")
    wrong = await helper.post(f"{path}/confirm", said | {"sha256": "0" * 64})
    assert await code_of(wrong) == (409, "form.changed")
    await helper.post(f"{path}/confirm", said)
    newer = await desk.fill(remarks="改过")
    late = await helper.post(f"{path}/sign", said | {"strokes": STROKES})
    assert await code_of(late) == (409, "form.changed")
    unshown = {"form_id": newer.id, "sha256": newer.shown_sha256}
    assert (await helper.post(f"{path}/confirm", unshown)).status == 409
    async with edge.context.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Signature)) == 0


async def test_a_signed_form_is_locked_until_it_is_withdrawn_and_every_version_stays(
    edge: Edge,
) -> None:
    helper, case_id, desk = await begun(edge)
    shown = await desk.show((await desk.fill()).version)
    said = {"form_id": shown.id, "sha256": shown.shown_sha256}
    await helper.post(f"cases/{case_id}/form/confirm", said)
    await helper.post(f"cases/{case_id}/form/sign", said | {"strokes": STROKES})
    with pytest.raises(Conflict, match=r"form\.signed"):
        await desk.fill(remarks="改过")
    await desk.withdraw(shown.version)
    await desk.show((await desk.fill(remarks="改过")).version)
    versions = (await (await helper.get(f"cases/{case_id}/forms")).json())["forms"]
    assert [(form["version"], form["state"]) for form in versions] == [
        (1, "withdrawn"),
        (2, "shown"),
    ]
    assert versions[0]["sha256"] == shown.shown_sha256
    assert versions[0]["signature_id"] is not None


async def test_the_resident_says_that_something_is_wrong(edge: Edge) -> None:
    helper, case_id, desk = await begun(edge)
    shown = await desk.show((await desk.fill()).version)
    said = {"form_id": shown.id, "sha256": shown.shown_sha256}
    answer = await helper.post(f"cases/{case_id}/form/object", said)
    assert (await answer.json())["state"] == "objected"
    again = await helper.post(f"cases/{case_id}/form/confirm", said)
    assert await code_of(again) == (409, "form.changed")


async def test_a_tap_or_a_flood_of_points_is_no_signature(light_edge: Edge) -> None:
    helper, case_id, desk = await begun(light_edge)
    shown = await desk.show((await desk.fill()).version)
    said = {"form_id": shown.id, "sha256": shown.shown_sha256}
    await helper.post(f"cases/{case_id}/form/confirm", said)
    path = f"cases/{case_id}/form/sign"
    tap = await helper.post(path, said | {"strokes": [[[5, 5, 0, 500]]]})
    assert await code_of(tap) == (400, "signature.empty")
    flood = await helper.post(path, said | {"strokes": [[[5, 5, 0, 500]] * 2001]})
    assert flood.status == 400
    form = (await (await helper.get(f"cases/{case_id}/form")).json())["form"]
    assert form["state"] == "confirmed"


async def test_an_absent_resident_s_form_is_not_signed_by_the_helper_without_a_mandate(
    light_edge: Edge,
) -> None:
    helper = await light_edge.sign_in("helper")
    case_id = await light_edge.case(helper, present_relation="helper", present_name="帮办员")
    consent = {
        "answer": "yes", "answered_by": "helper", "language": "zh-CN", "text_version": "1"
    }  # fmt: skip
    await helper.post(f"cases/{case_id}/consent", consent)
    await light_edge.county.call(case_id)
    desk = Desk(light_edge, case_id)
    shown = await desk.show((await desk.fill()).version)
    said = {"form_id": shown.id, "sha256": shown.shown_sha256}
    answer = await helper.post(f"cases/{case_id}/form/confirm", said)
    assert await code_of(answer) == (403, "form.needs_mandate")
