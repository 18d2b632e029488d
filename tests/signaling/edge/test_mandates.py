"""Delegated handling: no step without the subject's own mandate, and each mandate for what it says."""

import asyncio
import time
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select, update

from casework.authority.steps import Step, StepCall, StepKind, authorise
from casework.database import new_id, read_clock
from casework.errors import Forbidden
from casework.id_number import check_character
from casework.journal.receipts import issue_receipt
from casework.sign_in import SignedIn
from casework.tables import Case, CasePage, Grant, JournalEntry, Mandate
from casework.vocabulary import CaseParty, Role, Surface
from signaling.tables import Call, CallEvent
from tests.signaling.edge.conftest import ORIGIN, Edge, Person, code_of, consent
from tests.signaling.edge.test_outcomes import outcome

ANOTHER_NUMBER = "44162519520202003" + check_character("44162519520202003")
FAR_MS = int(time.time() * 1000) + 300 * 86_400_000
STROKES = [[[100 * at, 80 * at, 20 * at, 500] for at in range(40)]]


async def told(answer: Any) -> Any:  # noqa: ANN401 - JSON
    body = await answer.json()
    assert answer.status == 200, body
    return body


def terms(**changes: object) -> dict[str, object]:
    return {
        "kind": "entrusted",
        "form": "paper",
        "item_codes": ["DELEGATED"],
        "powers": ["hand_in", "sign"],
        "from_ms": 0,
        "until_ms": FAR_MS,
        "once": True,
        **changes,
    }


async def delegated(edge: Edge, helper: Person, **changes: object) -> str:
    """A delegated case of the absent subject, with the helper's answer about recording; its id."""
    case_id = await edge.case(
        helper,
        **{
            "item_id": edge.county.items["delegated"],
            "mode": "delegated",
            "present_relation": "helper",
            **changes,
        },
    )
    given_by = "helper" if changes.get("present_relation", "helper") == "helper" else None
    answer = consent(answered_by=given_by or "present_person")
    assert (await helper.post(f"cases/{case_id}/consent", answer)).status == 200
    return case_id


async def page(edge: Edge, case_id: str, state: str = "ready", replaces: str | None = None) -> str:
    """A page of the case, as if it had been taken."""
    page_id = new_id()
    async with edge.context.database.transaction() as session:
        case = await session.get_one(Case, case_id)
        session.add(
            CasePage(
                id=page_id,
                county_id=case.county_id,
                case_id=case.id,
                replaces_page_id=replaces,
                kind="original",
                state=state,
                media_type="image/jpeg",
                total_bytes=1,
                received_bytes=1,
                sha256="0" * 64,
                file_name=page_id,
                home_organisation_id=case.home_organisation_id,
                county_organisation_id=case.county_organisation_id,
                created_ms=0,
            )
        )
    return page_id


async def on_paper(edge: Edge, helper: Person, case_id: str, **changes: object) -> str:
    """Drafted and captured; its id."""
    drafted = await told(await helper.post(f"cases/{case_id}/mandates", terms(**changes)))
    path = f"cases/{case_id}/mandates/{drafted['id']}"
    for kind in ("mandate", "subject_id"):
        added = {"page_id": await page(edge, case_id), "kind": kind}
        await told(await helper.post(f"{path}/pages", added))
    await told(await helper.post(f"{path}/choose"))
    mandate_id: str = drafted["id"]
    return mandate_id


async def confirm(agent: Person, case_id: str, mandate_id: str) -> Any:  # noqa: ANN401
    return await agent.post(f"cases/{case_id}/mandates/{mandate_id}/confirm", {"compared": True})


async def accept(agent: Person, call_id: str, case_id: str) -> Any:  # noqa: ANN401
    return await agent.post(f"calls/{call_id}/outcomes", outcome(case_id, "accepted"))


async def in_force(edge: Edge, **changes: object) -> tuple[Person, Person, str, str, str]:
    """Helper, agent, call, case, and the mandate on paper that the agent confirmed."""
    helper, agent = await edge.sign_in("helper"), await edge.sign_in("agent")
    case_id = await delegated(edge, helper)
    call_id = await edge.county.call(case_id)
    mandate_id = await on_paper(edge, helper, case_id, **changes)
    await told(await confirm(agent, case_id, mandate_id))
    return helper, agent, call_id, case_id, mandate_id


async def changed(edge: Edge, mandate_id: str, **values: object) -> None:
    async with edge.context.database.transaction() as session:
        await session.execute(update(Mandate).where(Mandate.id == mandate_id).values(**values))


async def test_a_delegated_case_is_accepted_under_grant_and_mandate(edge: Edge) -> None:
    helper, agent, call_id, case_id, mandate_id = await in_force(edge)
    shown = await told(await agent.get(f"cases/{case_id}/authority"))
    assert shown["refusal"] is None
    assert shown["grant"]["condition"] == "in_force"
    assert shown["mandate"]["witness"]["id"] == edge.county.staff["agent"]
    await told(await accept(agent, call_id, case_id))
    async with edge.context.database.reading() as session:
        mandate = await session.get_one(Mandate, mandate_id)
        entry = await session.scalar(
            select(JournalEntry.leaf).where(JournalEntry.what == "outcome.given")
        )
    assert mandate.used_case_id == case_id
    assert entry is not None
    assert mandate_id in entry
    assert edge.county.grants["helper", "delegated"] in entry
    listed = await told(await helper.get(f"cases/{case_id}/authority"))
    assert [(one["id"], one["used"]) for one in listed["mandates"]] == [(mandate_id, True)]


async def test_how_a_mandate_was_given_is_found_on_the_clock_of_its_call(light_edge: Edge) -> None:
    _, _, call_id, _, _ = await in_force(light_edge)
    async with light_edge.context.database.reading() as session:
        events = await session.scalars(
            select(CallEvent)
            .where(CallEvent.call_id == call_id, CallEvent.kind.startswith("mandate."))
            .order_by(CallEvent.position_ms, CallEvent.at_ms, CallEvent.id)
        )
        found = [(event.kind, event.actor_staff_id) for event in events]
    staff = light_edge.county.staff
    assert Counter(found) == {
        ("mandate.drafted", staff["helper"]): 1,
        ("mandate.page_added", staff["helper"]): 2,
        ("mandate.chosen", staff["helper"]): 1,
        ("mandate.confirmed", staff["agent"]): 1,
    }


async def test_without_a_mandate_nothing_is_done(light_edge: Edge) -> None:
    edge = light_edge
    helper, agent = await edge.sign_in("helper"), await edge.sign_in("agent")
    case_id = await delegated(edge, helper)
    call_id = await edge.county.call(case_id)
    shown = await told(await helper.get(f"cases/{case_id}/authority"))
    assert (shown["mandate_needed"], shown["refusal"]) == (True, "authority.mandate_none")
    assert shown["refusal_text"].startswith("代办须有")
    answer = await accept(agent, call_id, case_id)
    assert await code_of(answer) == (403, "authority.mandate_none")
    mandate_id = await on_paper(edge, helper, case_id)
    answer = await accept(agent, call_id, case_id)
    assert await code_of(answer) == (403, "authority.mandate_unconfirmed")
    declined = await agent.post(
        f"cases/{case_id}/mandates/{mandate_id}/decline", {"reason": "证件与本人不符"}
    )
    assert (await told(declined))["reason"] == "证件与本人不符"
    answer = await accept(agent, call_id, case_id)
    assert await code_of(answer) == (403, "authority.mandate_declined")
    assert await code_of(await confirm(agent, case_id, mandate_id)) == (409, "mandate.state")


async def test_another_helpers_mandate_is_refused_and_not_even_found(light_edge: Edge) -> None:
    edge = light_edge
    helper, agent, call_id, case_id, mandate_id = await in_force(edge)
    await changed(edge, mandate_id, helper_staff_id=edge.county.staff["helper2"])
    assert await code_of(await accept(agent, call_id, case_id)) == (403, "authority.mandate_helper")
    answer = await helper.post(f"cases/{case_id}/mandates/{mandate_id}/choose")
    assert await code_of(answer) == (404, "mandate.not_found")
    assert (await told(await helper.get(f"cases/{case_id}/authority")))["mandates"] == []


async def test_another_subjects_mandate_is_not_found(light_edge: Edge) -> None:
    edge = light_edge
    helper, _, _, _, mandate_id = await in_force(edge)
    other = await delegated(edge, helper, subject_id_number=ANOTHER_NUMBER)
    answer = await helper.post(f"cases/{other}/mandates/{mandate_id}/choose")
    assert await code_of(answer) == (404, "mandate.not_found")


async def test_a_used_mandate_serves_no_second_case(light_edge: Edge) -> None:
    edge = light_edge
    helper, agent, call_id, case_id, mandate_id = await in_force(edge)
    await told(await accept(agent, call_id, case_id))
    await edge.county.end_call(call_id)
    second = await delegated(edge, helper)
    call_id = await edge.county.call(second)
    await told(await helper.post(f"cases/{second}/mandates/{mandate_id}/choose"))
    assert await code_of(await accept(agent, call_id, second)) == (403, "authority.mandate_used")


async def test_two_cases_at_once_use_a_once_mandate_once(edge: Edge) -> None:
    helper, _, call_id, first, mandate_id = await in_force(edge)
    cases = [first, *[await delegated(edge, helper) for _ in range(3)]]
    for case_id in cases[1:]:
        await told(await helper.post(f"cases/{case_id}/mandates/{mandate_id}/choose"))
    used = await asyncio.gather(*(use(edge, call_id, case_id) for case_id in cases))
    assert Counter(used) == {"authority.mandate_used": 3, mandate_id: 1}
    async with edge.context.database.reading() as session:
        mandate = await session.get_one(Mandate, mandate_id)
    assert mandate.used_case_id == cases[used.index(mandate_id)]


async def use(edge: Edge, call_id: str, case_id: str) -> str:
    """The mandate that acceptance rests on, or why it may not be."""
    agent = edge.county.staff["agent"]
    person = SignedIn(
        sign_in_id="",
        staff_id=agent,
        county_id=edge.county.county_id,
        organisation_id=edge.county.organisations["county"],
        roles=frozenset({Role.AGENT}),
        surface=Surface.CONSOLE,
    )
    call = StepCall(call_id, agent, edge.county.staff["helper"], recorded=True, may_decide=True)
    try:
        async with edge.context.database.transaction() as session:
            case = await session.get_one(Case, case_id, with_for_update=True)
            step = Step(
                kind=StepKind.ACCEPT,
                case=case,
                actor=person,
                call=call,
                who=frozenset({CaseParty.DECIDER}),
            )
            return str((await authorise(session, step)).mandate_id)
    except Forbidden as error:
        return error.code


async def test_a_grant_that_ends_during_the_call_ends_the_authority(edge: Edge) -> None:
    _, agent, call_id, case_id, _ = await in_force(edge)
    home = await edge.sign_in("home_supervisor")
    grant_id = edge.county.grants["helper", "delegated"]
    suspended = await home.post(f"grants/{grant_id}/suspend", {"reason": "核实"})
    assert suspended.status == 200
    assert await code_of(await accept(agent, call_id, case_id)) == (
        403,
        "authority.grant_suspended",
    )
    assert (await home.post(f"grants/{grant_id}/lift", {"reason": "已核实"})).status == 200
    async with edge.context.database.transaction() as session:
        grant = await session.get_one(Grant, grant_id)
        grant.until_ms = await read_clock(session)
    assert await code_of(await accept(agent, call_id, case_id)) == (403, "authority.grant_ended")
    case = (await told(await agent.get(f"cases/{case_id}")))["state"]
    assert case == "draft"


async def test_a_live_mandate_is_given_by_the_subject_in_a_recorded_call(edge: Edge) -> None:
    helper, agent = await edge.sign_in("helper"), await edge.sign_in("agent")
    present = await edge.agreed_case(helper)
    path = f"cases/{present}/mandates"
    live = terms(form="live", once=False)
    assert await code_of(await helper.post(path, live)) == (403, "mandate.not_recorded")
    call_id = await edge.county.call(present)
    drafted = await told(await helper.post(path, live))
    assert await code_of(await confirm(agent, present, drafted["id"])) == (409, "mandate.unsigned")
    signed = await told(
        await helper.post(f"{path}/{drafted['id']}/signature", {"strokes": STROKES})
    )
    assert signed["signature_id"] is not None
    assert signed["state"] == "proposed"
    twice = await helper.post(f"{path}/{drafted['id']}/signature", {"strokes": STROKES})
    assert await code_of(twice) == (409, "mandate.signed")
    async with edge.context.database.transaction() as session:
        call = await session.get_one(Call, call_id)
        call.started_ms = await read_clock(session) - 5_000
    unheard = await confirm(agent, present, drafted["id"])
    assert await code_of(unheard) == (409, "mandate.unspoken")
    mark = f"{path}/{drafted['id']}/spoken"
    assert await code_of(await agent.post(mark, {"at": "end"})) == (409, "mandate.not_begun")
    assert await code_of(await helper.post(mark, {"at": "start"})) == (404, "not_found")
    begun = (await told(await agent.post(mark, {"at": "start"})))["spoken"]
    assert (begun["call_id"], begun["until_ms"]) == (call_id, None)
    heard = await confirm(agent, present, drafted["id"])
    assert await code_of(heard) == (409, "mandate.unspoken")
    await asyncio.sleep(0.01)
    spoken = (await told(await agent.post(mark, {"at": "end"})))["spoken"]
    assert begun["from_ms"] == spoken["from_ms"] < spoken["until_ms"]
    confirmed = await told(await confirm(agent, present, drafted["id"]))
    assert (confirmed["state"], confirmed["given_call_id"]) == ("in_force", call_id)
    assert confirmed["given_position_ms"] == spoken["from_ms"]
    async with edge.context.database.reading() as session:
        entry = await session.scalar(
            select(JournalEntry.leaf).where(JournalEntry.what == "mandate.confirmed")
        )
    assert entry is not None
    assert f'"spoken_from_ms":{spoken["from_ms"]}' in entry
    assert f'"spoken_until_ms":{spoken["until_ms"]}' in entry
    await edge.county.end_call(call_id)
    later = await delegated(edge, helper)
    await told(await helper.post(f"cases/{later}/mandates/{drafted['id']}/choose"))
    call_id = await edge.county.call(later)
    await told(await accept(agent, call_id, later))


async def test_without_the_subject_a_mandate_is_not_given_live(light_edge: Edge) -> None:
    edge = light_edge
    helper = await edge.sign_in("helper")
    case_id = await delegated(edge, helper)
    await edge.county.call(case_id)
    answer = await helper.post(f"cases/{case_id}/mandates", terms(form="live"))
    assert await code_of(answer) == (403, "mandate.subject_absent")


async def test_guardianship_is_on_paper_and_counts_while_the_guardian_is_there(
    light_edge: Edge,
) -> None:
    edge = light_edge
    helper, agent = await edge.sign_in("helper"), await edge.sign_in("agent")
    absent = await delegated(edge, helper)
    guardianship = terms(kind="guardianship")
    answer = await helper.post(f"cases/{absent}/mandates", guardianship)
    assert await code_of(answer) == (403, "mandate.guardian_absent")
    case_id = await delegated(edge, helper, present_relation="guardian", present_name="陈大明")
    live = await helper.post(f"cases/{case_id}/mandates", {**guardianship, "form": "live"})
    assert await code_of(live) == (400, "mandate.guardianship_paper")
    call_id = await edge.county.call(case_id)
    mandate_id = await on_paper(edge, helper, case_id, kind="guardianship", once=False)
    confirmed = await told(await confirm(agent, case_id, mandate_id))
    assert confirmed["guardian_name"] == "陈大明"
    await told(await accept(agent, call_id, case_id))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"until_ms": 1}, "mandate.span"),
        ({"until_ms": 2 * FAR_MS}, "mandate.span"),
        ({"from_ms": FAR_MS}, "mandate.span"),
        ({"item_codes": ["PENSION"]}, "mandate.items"),
        ({"item_codes": ["NONE"]}, "mandate.items"),
    ],
)
async def test_terms_that_cannot_be_are_refused(
    light_edge: Edge, changes: dict[str, object], code: str
) -> None:
    helper = await light_edge.sign_in("helper")
    case_id = await delegated(light_edge, helper)
    answer = await helper.post(f"cases/{case_id}/mandates", terms(**changes))
    assert await code_of(answer) == (400, code)


async def test_a_paper_needs_its_pages_and_the_subjects_id(light_edge: Edge) -> None:
    edge = light_edge
    helper, agent = await edge.sign_in("helper"), await edge.sign_in("agent")
    case_id = await delegated(edge, helper)
    other = await delegated(edge, helper)
    await edge.county.call(case_id)
    drafted = await told(await helper.post(f"cases/{case_id}/mandates", terms()))
    path = f"cases/{case_id}/mandates/{drafted['id']}/pages"
    foreign = {"page_id": await page(edge, other), "kind": "mandate"}
    assert await code_of(await helper.post(path, foreign)) == (400, "mandate.page")
    added = {"page_id": await page(edge, case_id), "kind": "mandate"}
    await told(await helper.post(path, added))
    assert await code_of(await helper.post(path, added)) == (409, "mandate.page_twice")
    answer = await confirm(agent, case_id, drafted["id"])
    assert await code_of(answer) == (409, "mandate.pages_missing")
    coming = {"page_id": await page(edge, case_id, "uploading"), "kind": "subject_id"}
    await told(await helper.post(path, coming))
    answer = await confirm(agent, case_id, drafted["id"])
    assert await code_of(answer) == (409, "mandate.pages_not_ready")


async def test_pages_of_a_mandate_say_what_they_are_and_a_retaken_one_keeps_its_place(
    light_edge: Edge,
) -> None:
    edge = light_edge
    helper = await edge.sign_in("helper")
    case_id = await delegated(edge, helper)
    drafted = await told(await helper.post(f"cases/{case_id}/mandates", terms()))
    path = f"cases/{case_id}/mandates/{drafted['id']}/pages"
    taken = [await page(edge, case_id) for _ in range(3)]
    for page_id, kind in zip(taken, ("mandate", "subject_id", "mandate"), strict=True):
        shown = await told(await helper.post(path, {"page_id": page_id, "kind": kind}))
    again = await page(edge, case_id, replaces=taken[0])
    shown = await told(await helper.post(path, {"page_id": again, "kind": "mandate"}))
    assert [one["page_id"] for one in shown["pages"]] == [again, *taken[1:]]
    papers = {
        one["id"]: one["mandate_paper"]
        for one in (await told(await helper.get(f"cases/{case_id}")))["pages"]
    }
    assert papers == {
        taken[0]: None,
        again: {"kind": "mandate", "number": 1},
        taken[1]: {"kind": "subject_id", "number": 1},
        taken[2]: {"kind": "mandate", "number": 2},
    }


async def test_the_agent_confirms_in_a_recorded_call_only(light_edge: Edge) -> None:
    edge = light_edge
    helper, agent = await edge.sign_in("helper"), await edge.sign_in("agent")
    case_id = await delegated(edge, helper)
    call_id = await edge.county.call(case_id, recorded=False)
    mandate_id = await on_paper(edge, helper, case_id)
    answer = await confirm(agent, case_id, mandate_id)
    assert await code_of(answer) == (403, "mandate.not_recorded")
    await edge.county.end_call(call_id)
    stranger = await edge.sign_in("agent2")
    assert await code_of(await confirm(stranger, case_id, mandate_id)) == (404, "case.not_found")


async def test_a_helper_of_another_village_sees_neither_case_nor_mandate(light_edge: Edge) -> None:
    edge = light_edge
    *_, case_id, mandate_id = await in_force(edge)
    stranger = await edge.sign_in("helper2")
    for path in (f"cases/{case_id}/authority", f"cases/{new_id()}/authority"):
        assert await code_of(await stranger.get(path)) == (404, "case.not_found")
    answer = await stranger.post(f"cases/{case_id}/mandates/{mandate_id}/choose")
    assert await code_of(answer) == (404, "case.not_found")


async def test_the_receipts_code_takes_the_mandate_back(light_edge: Edge) -> None:
    edge = light_edge
    _, agent, call_id, case_id, _ = await in_force(edge)
    async with edge.context.database.transaction() as session:
        case = await session.get_one(Case, case_id)
        issued = await issue_receipt(
            session, case, issued_by=edge.county.staff["helper"], call_id=call_id
        )
    path = f"/verify/{issued.code}"
    shown = await (await edge.client.get(path)).text()
    assert "撤回委托" in shown
    revoke = f"{path}/mandates/revoke"
    assert await code_of(await edge.client.post(revoke)) == (403, "origin.missing")
    answer = await edge.client.post(revoke, headers={"Origin": ORIGIN}, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, path)
    assert "撤回委托" not in await (await edge.client.get(path)).text()
    assert await code_of(await accept(agent, call_id, case_id)) == (
        403,
        "authority.mandate_revoked",
    )
    again = await edge.client.post(revoke, headers={"Origin": ORIGIN})
    assert await code_of(again) == (409, "mandate.none_standing")
    wrong = await edge.client.post(
        "/verify/0000000000000000/mandates/revoke", headers={"Origin": ORIGIN}
    )
    assert await code_of(wrong) == (404, "receipt.not_found")
