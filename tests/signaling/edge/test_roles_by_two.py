"""Roles are given and ended by two security administrators; nobody raises the own rights."""

import pytest
from sqlalchemy import select

from casework.tables import StaffRole
from tests.signaling.edge.conftest import Edge, Person, code_of
from tests.signaling.edge.small_county import SmallCounty


@pytest.fixture
def edge(light_edge: Edge) -> Edge:
    return light_edge


@pytest.fixture
async def first(edge: Edge) -> Person:
    return await edge.sign_in("security_administrator")


@pytest.fixture
async def second(edge: Edge) -> Person:
    return await edge.sign_in("security_administrator_2")


def change(county: SmallCounty, **changes: object) -> dict[str, object]:
    return {
        "staff_id": county.staff["county_supervisor"],
        "role": "coordinator",
        "kind": "give",
        "reason": "兼任协调帮办",
        **changes,
    }


async def proposed(edge: Edge, first: Person, **changes: object) -> str:
    answer = await first.post("role-changes", change(edge.county, **changes))
    assert answer.status == 200, await answer.text()
    change_id: str = (await answer.json())["id"]
    return change_id


async def test_a_role_counts_after_the_second_signature_and_ends_old_sign_ins(
    edge: Edge, first: Person, second: Person
) -> None:
    supervisor = await edge.sign_in("county_supervisor")
    change_id = await proposed(edge, first)
    assert (await supervisor.get("me")).status == 200
    own = await first.post(f"role-changes/{change_id}/approve")
    assert await code_of(own) == (403, "role_change.second_person")
    answer = await second.post(f"role-changes/{change_id}/approve")
    assert (await answer.json())["state"] == "approved"
    assert await code_of(await supervisor.get("me")) == (401, "signed_out")
    async with edge.context.database.reading() as session:
        given = await session.scalar(select(StaffRole).where(StaffRole.source == "supervision"))
    assert given is not None
    assert given.proposed_by_staff_id == edge.county.staff["security_administrator"]
    assert given.approved_by_staff_id == edge.county.staff["security_administrator_2"]


async def test_a_role_is_ended_by_two_as_well(edge: Edge, first: Person, second: Person) -> None:
    change_id = await proposed(
        edge, first, staff_id=edge.county.staff["agent2"], role="agent", kind="end", reason="离岗"
    )
    agent = await edge.sign_in("agent2")
    answer = await second.post(f"role-changes/{change_id}/approve")
    assert (await answer.json())["state"] == "approved"
    assert await code_of(await agent.get("me")) == (401, "signed_out")


async def test_nobody_raises_the_own_rights(edge: Edge, first: Person, second: Person) -> None:
    own = change(edge.county, staff_id=edge.county.staff["security_administrator"])
    assert await code_of(await first.post("role-changes", own)) == (403, "role_change.oneself")
    about_second = await proposed(
        edge,
        first,
        staff_id=edge.county.staff["security_administrator_2"],
        role="security_administrator",
        kind="end",
    )
    answer = await second.post(f"role-changes/{about_second}/approve")
    assert await code_of(answer) == (403, "role_change.second_person")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"role": "county_supervisor"}, 409, "role_change.held"),
        ({"role": "coordinator", "kind": "end"}, 409, "role_change.not_held"),
        ({"role": "auditor"}, 400, "role_change.unfit"),
        ({"role": "home_supervisor"}, 400, "role_change.unfit"),
        ({"reason": "  "}, 400, "authority.reason"),
    ],
)
async def test_what_cannot_be_is_not_proposed(
    edge: Edge, first: Person, changes: dict[str, object], status: int, code: str
) -> None:
    answer = await first.post("role-changes", change(edge.county, **changes))
    assert await code_of(answer) == (status, code)


async def test_one_change_of_a_role_waits_at_a_time_and_is_decided_once(
    edge: Edge, first: Person, second: Person
) -> None:
    change_id = await proposed(edge, first)
    again = await second.post("role-changes", change(edge.county))
    assert await code_of(again) == (409, "role_change.waiting")
    answer = await second.post(f"role-changes/{change_id}/approve")
    assert answer.status == 200
    declined = await second.post(f"role-changes/{change_id}/decline", {"reason": "不合适"})
    assert await code_of(declined) == (409, "role_change.state")


async def test_declining_says_why_and_changes_nothing(
    edge: Edge, first: Person, second: Person
) -> None:
    supervisor = await edge.sign_in("county_supervisor")
    change_id = await proposed(edge, first)
    answer = await second.post(f"role-changes/{change_id}/decline", {"reason": "人手不足"})
    body = await answer.json()
    assert (body["state"], body["decision_reason"]) == ("declined", "人手不足")
    assert (await supervisor.get("me")).status == 200
