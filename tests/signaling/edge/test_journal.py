"""The journal over HTTP: search by line, proofs, tree heads and co-signatures."""

import json
from pathlib import Path

import pytest

from casework.journal.cosigning import LastHead, Offered, cosign
from casework.journal.hashing import hashing
from casework.journal.keys import add_town_key
from casework.journal.seen import parse_seen
from casework.journal.sequencer import Sequencer
from casework.journal.signed_notes import SignatureType, TreeHead, Verifier
from casework.journal.signing import Ed25519Signer, cosign_text
from casework.vocabulary import Role
from tests.signaling.edge.conftest import Edge, Person, code_of

TOWN = Ed25519Signer("north.example/journal", bytes([9]) * 32, SignatureType.COSIGNATURE)


@pytest.fixture
async def sequencer(edge: Edge, tmp_path: Path) -> Sequencer:
    """Turned by hand."""
    return Sequencer(edge.context.database, "b" * 36, tmp_path / "journal.key")


async def turn(sequencer: Sequencer) -> None:
    for _ in range(3):
        await sequencer.turn()


async def entries(person: Person, **wanted: str) -> list[dict[str, object]]:
    answer = await person.get("journal/entries", params=wanted)
    assert answer.status == 200, await answer.text()
    found: list[dict[str, object]] = (await answer.json())["entries"]
    return found


async def test_each_line_finds_its_own_entries_and_an_auditor_all(
    edge: Edge, sequencer: Sequencer
) -> None:
    helper, other = await edge.sign_in("helper"), await edge.sign_in("helper2")
    await edge.agreed_case(helper)
    await edge.case(other)
    await turn(sequencer)
    north = await edge.sign_in(Role.HOME_SUPERVISOR)
    south = await edge.sign_in("south_supervisor")
    county = await edge.sign_in(Role.COUNTY_SUPERVISOR)
    auditor = await edge.sign_in(Role.AUDITOR)
    cases = {"what": "case."}
    assert len(await entries(north, **cases)) == 1
    assert len(await entries(south, **cases)) == 1
    assert len(await entries(county, **cases)) == 2
    assert len(await entries(auditor, **cases)) == 2
    consents = await entries(north, what="consent.given")
    assert [each["title"] for each in consents] == ["征询录像同意"]
    assert await entries(north, actor="姓名helper2") == []
    assert len(await entries(county, actor="helper2")) == 1
    assert len(await entries(county, organisation_id=edge.county.organisations["south"])) == 1


async def test_an_entry_of_another_line_is_answered_like_an_absent_one(
    edge: Edge, sequencer: Sequencer
) -> None:
    await edge.case(await edge.sign_in("helper"))
    await turn(sequencer)
    north = await edge.sign_in(Role.HOME_SUPERVISOR)
    (entry,) = await entries(north, what="case.")
    south = await edge.sign_in("south_supervisor")
    absent = "0192f1c4-0000-7000-8000-000000000000"
    for entry_id in (entry["id"], absent):
        refused = await south.get(f"journal/entries/{entry_id}")
        assert await code_of(refused) == (404, "journal.entry")


async def test_an_entry_comes_with_its_proof(edge: Edge, sequencer: Sequencer) -> None:
    await edge.case(await edge.sign_in("helper"))
    await turn(sequencer)
    person = await edge.sign_in(Role.COUNTY_SUPERVISOR)
    (entry,) = await entries(person, what="case.opened")
    answer = await (await person.get(f"journal/entries/{entry['id']}")).json()
    assert answer["content"]["what"] == "case.opened"
    seen = parse_seen(answer["proof"], "proof")
    assert seen.leaf_hash == bytes.fromhex(answer["leaf_hash"])


async def test_an_auditor_sees_no_personal_field(edge: Edge, sequencer: Sequencer) -> None:
    helper = await edge.sign_in("helper")
    case_id = await edge.agreed_case(helper)
    agent = await edge.sign_in("agent")
    call_id = await edge.county.call(case_id)
    outcome = {"case_id": case_id, "outcome": "advice_given", "text": "请带身份证原件再来"}
    done = await agent.post(f"calls/{call_id}/outcomes", {"outcomes": [outcome], "notes": ""})
    assert done.status == 200, await done.text()
    await turn(sequencer)
    county = await edge.sign_in(Role.COUNTY_SUPERVISOR)
    auditor = await edge.sign_in(Role.AUDITOR)
    (entry,) = await entries(county, what="outcome.given")
    shown = await (await county.get(f"journal/entries/{entry['id']}")).json()
    assert [field["value"] for field in shown["personal"]] == ["请带身份证原件再来"]
    audited = await (await auditor.get(f"journal/entries/{entry['id']}")).json()
    assert audited["personal"] == []
    assert "身份证" not in json.dumps(audited, ensure_ascii=False)


async def test_a_town_co_signs_over_http_and_is_missed_until_it_does(
    edge: Edge, sequencer: Sequencer, tmp_path: Path
) -> None:
    database, county_id = edge.context.database, edge.county.county_id
    async with database.transaction() as session:
        await add_town_key(session, county_id, "north", TOWN.verifier.text)
    await turn(sequencer)
    supervisor = await edge.sign_in(Role.COUNTY_SUPERVISOR)
    state = await (await supervisor.get("journal/state")).json()
    assert [(town["organisation_name"], town["number"]) for town in state["towns"]] == [
        ("north", 0)
    ]
    county = [Verifier.parse(key) for key in state["keys"]]
    answer = await edge.client.get("/api/journal/tree-head", params={"since": "0"})
    offered = Offered.parse(await answer.text())
    line = await cosign(offered, LastHead(tmp_path / "head"), county, hashing("sha256"), TOWN)
    size = TreeHead.parse(offered.note.text).size
    headers = {"Origin": "http://localhost:8080"}
    for _ in range(2):  # twice does no harm
        handed = await edge.client.post(
            "/api/journal/cosignatures", json={"size": size, "line": line.text}, headers=headers
        )
        assert handed.status == 200, await handed.text()
    state = await (await supervisor.get("journal/state")).json()
    assert [(town["number"], town["missing"]) for town in state["towns"]] == [(1, False)]


async def test_a_signature_of_nobody_known_is_refused(edge: Edge, sequencer: Sequencer) -> None:
    await turn(sequencer)
    answer = await edge.client.get("/api/journal/tree-head")
    offered = Offered.parse(await answer.text())
    line = await cosign_text(offered.note.text, TOWN)
    headers = {"Origin": "http://localhost:8080"}
    for body, code in (
        ({"size": 1, "line": line.text}, (403, "journal.cosignature_foreign")),
        ({"size": 99, "line": line.text}, (404, "journal.checkpoint")),
        ({"size": 1, "line": "— x y"}, (400, "journal.cosignature")),
    ):
        refused = await edge.client.post("/api/journal/cosignatures", json=body, headers=headers)
        assert await code_of(refused) == code
