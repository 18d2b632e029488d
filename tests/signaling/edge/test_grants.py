"""Appointments and grants over HTTP: two lines, two signatures, and nothing without either."""

from typing import Any

import pytest

from casework.database import read_clock
from casework.tables import Grant, StaffMember
from tests.signaling.edge.conftest import Edge, Person, code_of

DAY_MS = 86_400_000
FAR_MS = 2 * 10**12 * 2


async def told(answer: Any) -> Any:  # noqa: ANN401 - JSON
    body = await answer.json()
    assert answer.status == 200, body
    return body


@pytest.fixture
def edge(light_edge: Edge) -> Edge:
    return light_edge


@pytest.fixture
async def home(edge: Edge) -> Person:
    return await edge.sign_in("home_supervisor")


@pytest.fixture
async def county(edge: Edge) -> Person:
    return await edge.sign_in("county_supervisor")


async def end_all(edge: Edge, county: Person) -> None:
    answer = await county.post(
        f"appointments/{edge.county.appointments['helper']}/end", {"reason": "轮岗"}
    )
    await told(answer)


async def appoint(edge: Edge, home: Person, county: Person) -> str:
    await end_all(edge, county)
    nomination = {
        "staff_id": edge.county.staff["helper"],
        "window_id": edge.county.windows["village"],
    }
    made = await told(await home.post("appointments", nomination))
    assert (made["state"], made["may"]) == ("nominated", ["end"])
    appointed = await told(await county.post(f"appointments/{made['id']}/approve"))
    assert appointed["state"] == "appointed"
    appointment_id: str = made["id"]
    return appointment_id


def proposal(appointment_id: str, **changes: object) -> dict[str, object]:
    return {
        "appointment_id": appointment_id,
        "item_code": "DELEGATED",
        "from_ms": 0,
        "until_ms": FAR_MS,
        "document_number": "东政数〔2026〕8号",
        **changes,
    }


async def test_a_helper_is_appointed_by_both_lines_and_neither_alone(
    edge: Edge, home: Person, county: Person
) -> None:
    nomination = {
        "staff_id": edge.county.staff["helper"],
        "window_id": edge.county.windows["village"],
    }
    assert await code_of(await home.post("appointments", nomination)) == (
        409,
        "appointment.exists",
    )
    assert await code_of(await county.post("appointments", nomination)) == (403, "role")
    appointment_id = await appoint(edge, home, county)
    again = await county.post(f"appointments/{appointment_id}/approve")
    assert await code_of(again) == (409, "appointment.state")


async def test_ending_an_appointment_revokes_its_grants(
    edge: Edge, home: Person, county: Person
) -> None:
    await end_all(edge, county)
    grants = await told(await home.get("grants"))
    assert {grant["condition"] for grant in grants["grants"]} == {"revoked"}
    assert grants["grants"][0]["may"] == []


async def test_a_grant_holds_when_both_lines_have_signed(
    edge: Edge, home: Person, county: Person
) -> None:
    appointment_id = await appoint(edge, home, county)
    grant = await told(await home.post("grants", proposal(appointment_id)))
    assert (grant["condition"], grant["may"]) == ("proposed", ["decline"])
    twice = await home.post(f"grants/{grant['id']}/sign")
    assert await code_of(twice) == (409, "grant.signed_already")
    signed = await told(await county.post(f"grants/{grant['id']}/sign"))
    assert (signed["condition"], signed["may"]) == ("in_force", ["suspend", "revoke"])
    assert signed["home_signed"]["person"]["id"] == edge.county.staff["home_supervisor"]
    assert signed["county_signed"]["person"]["id"] == edge.county.staff["county_supervisor"]


async def test_only_the_line_that_suspended_lifts(edge: Edge, home: Person, county: Person) -> None:
    path = f"grants/{edge.county.grants['helper', 'delegated']}"
    reason = {"reason": "收到投诉，暂停核实"}
    suspended = await told(await home.post(f"{path}/suspend", reason))
    assert (suspended["condition"], suspended["may"]) == ("suspended", ["lift", "revoke"])
    assert await code_of(await county.post(f"{path}/lift", reason)) == (
        403,
        "grant.other_lines_suspension",
    )
    both = await told(await county.post(f"{path}/suspend", reason))
    assert {one["line"] for one in both["suspensions"]} == {"home", "county"}
    still = await told(await home.post(f"{path}/lift", reason))
    assert still["condition"] == "suspended"
    lifted = await told(await county.post(f"{path}/lift", reason))
    assert (lifted["condition"], lifted["suspensions"]) == ("in_force", [])
    assert await code_of(await county.post(f"{path}/lift", reason)) == (409, "grant.not_suspended")


async def test_either_line_revokes_at_once_and_for_good(
    edge: Edge, home: Person, county: Person
) -> None:
    path = f"grants/{edge.county.grants['helper', 'delegated']}"
    revoked = await told(await home.post(f"{path}/revoke", {"reason": "调离"}))
    assert (revoked["condition"], revoked["reason"]) == ("revoked", "调离")
    for verb in ("suspend", "revoke", "decline"):
        answer = await county.post(f"{path}/{verb}", {"reason": "再次"})
        assert await code_of(answer) == (409, "grant.state"), verb


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"from_ms": FAR_MS}, "grant.span"),
        ({"until_ms": 1}, "grant.span"),
        ({"document_number": " "}, "grant.document"),
        ({"item_code": "NONE"}, "grant.item"),
        ({"item_code": None}, "grant.item"),
    ],
)
async def test_a_grant_that_says_too_little_is_refused(
    edge: Edge, home: Person, changes: dict[str, object], code: str
) -> None:
    answer = await home.post("grants", proposal(edge.county.appointments["helper"], **changes))
    assert await code_of(answer) == (400, code)


async def test_a_reason_is_demanded(edge: Edge, home: Person) -> None:
    path = f"grants/{edge.county.grants['helper', 'delegated']}/suspend"
    assert (await home.post(path, {"reason": ""})).status == 400
    assert await code_of(await home.post(path, {"reason": "  "})) == (400, "authority.reason")


async def test_a_set_lends_what_it_named_when_it_was_signed(
    edge: Edge, home: Person, county: Person
) -> None:
    items = {"name": "常办事项", "item_codes": ["PENSION", "DELEGATED"]}
    made = await told(await county.post("item-sets", items))
    assert await code_of(await county.post("item-sets", items)) == (409, "item_set.name")
    unknown = {"name": "其他", "item_codes": ["NONE"]}
    assert await code_of(await county.post("item-sets", unknown)) == (400, "item_set.unknown_item")
    appointment_id = await appoint(edge, home, county)
    grant = await told(
        await county.post(
            "grants", proposal(appointment_id, item_code=None, item_set_id=made["id"])
        )
    )
    assert (grant["name"], grant["may"]) == ("常办事项", ["decline"])
    await told(await home.post(f"grants/{grant['id']}/sign"))
    listed = await told(await home.get("item-sets"))
    assert listed["item_sets"][0]["item_codes"] == ["DELEGATED", "PENSION"]


async def test_grants_are_found_by_window_person_and_condition(
    edge: Edge, home: Person, county: Person
) -> None:
    path = f"grants/{edge.county.grants['helper', 'delegated']}"
    await told(await county.post(f"{path}/suspend", {"reason": "核实"}))
    whole = (await told(await county.get("grants")))["grants"]
    assert len(whole) == 2 * len(edge.county.items)
    suspended = (await told(await county.get("grants?condition=suspended")))["grants"]
    assert [grant["item_code"] for grant in suspended] == ["DELEGATED"]
    at_window = f"grants?window_id={edge.county.windows['hamlet']}"
    assert len((await told(await county.get(at_window)))["grants"]) == len(edge.county.items)
    assert (await told(await home.get(at_window)))["grants"] == []
    async with edge.context.database.transaction() as session:
        grant = await session.get_one(Grant, edge.county.grants["helper", "pension"])
        grant.until_ms = await read_clock(session) + DAY_MS
    soon = (await told(await county.get("grants?expiring_days=30")))["grants"]
    assert [grant["item_code"] for grant in soon] == ["PENSION"]


async def test_a_supervisor_who_moved_into_a_helpers_place_signs_nothing_of_the_own(
    edge: Edge, county: Person
) -> None:
    """Whoever holds a grant never signs for it, whatever roles were added later."""
    async with edge.context.database.transaction() as session:
        grant = await session.get_one(Grant, edge.county.grants["helper", "delegated"])
        grant.state = "proposed"
        grant.county_signed_by_staff_id = None
        grant.staff_id = edge.county.staff["county_supervisor"]
        helper = await session.get_one(StaffMember, edge.county.staff["helper"])
        assert helper.active
    answer = await county.post(f"grants/{edge.county.grants['helper', 'delegated']}/sign")
    assert await code_of(answer) == (403, "grant.oneself")


async def test_the_other_towns_supervisor_finds_nothing(edge: Edge) -> None:
    south = await edge.sign_in("south_supervisor")
    grant, appointment = (
        edge.county.grants["helper", "delegated"],
        edge.county.appointments["helper"],
    )
    assert await code_of(await south.post(f"grants/{grant}/revoke", {"reason": "x"})) == (
        404,
        "grant.not_found",
    )
    assert await code_of(await south.post(f"appointments/{appointment}/end", {"reason": "x"})) == (
        404,
        "appointment.not_found",
    )
    assert await code_of(await south.post("grants", proposal(appointment))) == (
        404,
        "appointment.not_found",
    )
    names = {
        "staff_id": edge.county.staff["helper"],
        "window_id": edge.county.windows["hamlet"],
    }
    assert await code_of(await south.post("appointments", names)) == (404, "appointment.helper")
    helpers = await told(await south.get("helpers"))
    assert [one["person"]["id"] for one in helpers["helpers"]] == [edge.county.staff["helper2"]]
