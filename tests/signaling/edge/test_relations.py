"""Routes × roles × organisations × relations, generated from the route table.

Every route that names a row by id is asked by every kind of person, once with the id of a row that
is there and is not theirs, and once with an id that names nothing: both are answered alike. Rows
are a case of the northern village in a call, its page, mandate, grant, appointment, and a change of
roles; people stand in each relation to them that the county has.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from casework.database import new_id
from casework.vocabulary import Role, Surface
from shipinban.routes import all_routes
from signaling.edge.route import Route
from signaling.wire.authority import MandateCompared, MandatePageAdded, Reason
from signaling.wire.base import Wire
from tests.signaling.edge.conftest import Edge, Person
from tests.signaling.edge.test_mandates import in_force, page

Rows = dict[str, str]


@dataclass(frozen=True)
class Relation:
    """Somebody, and which of the rows are theirs by organisation, window or call."""

    username: str
    role: Role
    own: frozenset[str]


CASE_ROWS = frozenset({"case_id", "page_id", "mandate_id"})
LINE_ROWS = frozenset({"grant_id", "appointment_id"})
RELATIONS = (
    Relation("helper", Role.HELPER, CASE_ROWS),
    Relation("helper2", Role.HELPER, frozenset()),
    Relation("agent", Role.AGENT, CASE_ROWS | {"call_id"}),
    Relation("agent2", Role.AGENT, frozenset()),
    Relation("home_supervisor", Role.HOME_SUPERVISOR, CASE_ROWS | LINE_ROWS | {"call_id"}),
    Relation("south_supervisor", Role.HOME_SUPERVISOR, frozenset()),
)
"""County supervisors see all of their county, and nobody of another county is known here."""


BODIES: Mapping[type[Wire], Mapping[str, object]] = {
    Reason: {"reason": "核实"},
    MandateCompared: {"compared": True},
    MandatePageAdded: {"page_id": new_id(), "kind": "mandate"},
}
"""Requests that pass for whole; others are refused for their form, alike for every id."""


def filled(route: Route, rows: Rows) -> str:
    """The address with these ids; a row that has none here is named by an id of nothing."""
    path = re.sub(r"\{(\w+_id)\}", lambda found: rows.get(found[1], new_id()), route.plain_path)
    return path.format(kind="items", room="agent_console", name="none.js", code="0" * 16)


def named(route: Route) -> frozenset[str]:
    return frozenset(re.findall(r"\{(\w+_id)\}", route.plain_path))


async def told(person: Person, route: Route, path: str) -> tuple[int, object]:
    body = None if route.request is None else BODIES.get(route.request, {})
    answer = await person.request(route.method, path, json=body)
    return answer.status, (await answer.json()).get("code")


async def test_what_is_not_theirs_is_answered_like_what_is_not_there(light_edge: Edge) -> None:
    *_, call_id, case_id, mandate_id = await in_force(light_edge)
    rows = {
        "case_id": case_id,
        "call_id": call_id,
        "page_id": await page(light_edge, case_id),
        "mandate_id": mandate_id,
        "grant_id": light_edge.county.grants["helper", "delegated"],
        "appointment_id": light_edge.county.appointments["helper"],
    }
    asked = 0
    for relation in RELATIONS:
        person = await light_edge.sign_in(relation.username)
        for route in all_routes():
            ids = named(route)
            foreign = ids & rows.keys() - relation.own
            if not foreign or relation.role not in route.roles:
                continue
            present = await told(person, route, filled(route, rows))
            absent = await told(person, route, filled(route, {}))
            where = f"{relation.username}: {route.method} {route.path}"
            assert present == absent, where
            assert present[0] in (400, 404), where
            asked += 1
    assert asked > 40


async def test_no_administrator_and_no_auditor_reaches_a_case(light_edge: Edge) -> None:
    about_cases = [
        route
        for route in all_routes()
        if named(route) & {"case_id", "page_id", "mandate_id", "call_id", "recording_id"}
    ]
    assert about_cases
    for route in about_cases:
        assert not route.roles & {Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR}, (
            route.path
        )


async def test_an_administrator_sees_no_case_content(light_edge: Edge) -> None:
    *_, case_id, _ = await in_force(light_edge)
    for role in (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR):
        person = await light_edge.sign_in(role, Surface.SUPERVISION)
        for path in ("calls", "grants", "appointments", f"calls/{case_id}"):
            answer = await person.get(path)
            assert (answer.status, (await answer.json())["code"]) == (403, "role"), path
