"""What supervision sees of the county, and the import."""

import io

import pytest

from tests.signaling.edge.conftest import Edge, code_of


@pytest.mark.parametrize("username", ["system_administrator", "county_supervisor"])
async def test_the_county_is_listed_whole(light_edge: Edge, username: str) -> None:
    person = await light_edge.sign_in(username)
    organisations = (await (await person.get("organisations")).json())["organisations"]
    assert {one["code"] for one in organisations} == set(light_edge.county.organisations)
    village = next(one for one in organisations if one["code"] == "village")
    assert [window["id"] for window in village["windows"]] == [light_edge.county.windows["village"]]
    staff = (await (await person.get("staff")).json())["staff"]
    assert {one["username"]: one["roles"] for one in staff}["agent2"] == ["agent"]
    assert len(staff) == len(light_edge.county.staff)
    items = await (await person.get("items")).json()
    assert [item["code"] for item in items["items"]] == ["DELEGATED", "PENSION", "STRICT", "TOWN"]


@pytest.mark.parametrize("content", [b"", b"code,name\n1,2\n", b"\xd0\xcf\x11\xe0old"])
async def test_a_file_that_is_refused_names_every_problem(light_edge: Edge, content: bytes) -> None:
    administrator = await light_edge.sign_in("system_administrator")
    answer = await administrator.request("POST", "import/items", data=content)
    assert await code_of(answer) == (400, "import.refused")
    problems = (await answer.json())["details"]["problems"]
    assert problems
    assert all(problem["zh"] and problem["en"] for problem in problems)


async def test_an_import_of_another_kind_does_not_exist(light_edge: Edge) -> None:
    administrator = await light_edge.sign_in("system_administrator")
    answer = await administrator.request("POST", "import/passwords", data=b"x")
    assert await code_of(answer) == (404, "not_found")


async def test_a_file_over_the_limit_is_not_read(light_edge: Edge) -> None:
    administrator = await light_edge.sign_in("system_administrator")
    answer = await administrator.request(
        "POST", "import/items", data=io.BytesIO(bytes(5 * 1024 * 1024 + 1))
    )
    assert await code_of(answer) == (413, "body.too_large")
