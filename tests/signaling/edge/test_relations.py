"""Routes × roles × organisations × relations, generated from the route table.

Every route of this room that names a row by id is asked by every kind of person, once with the id of
a row that is there and is not theirs, and once with an id that names nothing: both are answered
alike. People stand in each relation to the rows that the county has; what everybody of another county
is told stands in tests/recording/keeping/test_every_county.py, for the routes of all rooms.
"""

from dataclasses import dataclass

from casework.vocabulary import Role, Surface
from shipinban.routes import all_routes
from tests.signaling.edge.conftest import Edge
from tests.signaling.edge.every_route import filled, named, told
from tests.signaling.edge.every_row import rows_of_everything
from tests.signaling.edge.test_mandates import in_force


@dataclass(frozen=True)
class Relation:
    """Somebody, and which of the rows are theirs by organisation, window or call."""

    username: str
    role: Role
    own: frozenset[str]


CATALOGUE = frozenset({"item_id", "material_id"})
"""Everybody's."""
CASE_ROWS = CATALOGUE | {"case_id", "call_id", "page_id", "mandate_id", "given_id", "signature_id"}
LINE_ROWS = frozenset(
    {"grant_id", "appointment_id", "review_id", "follow_up_id", "report_id", "draw_id", "entry_id"}
)
RELATIONS = (
    Relation("helper", Role.HELPER, CASE_ROWS),
    Relation("helper2", Role.HELPER, CATALOGUE),
    Relation("agent", Role.AGENT, CASE_ROWS | {"hand_over_id"}),
    Relation("agent2", Role.AGENT, CATALOGUE | {"hand_over_id"}),
    Relation("home_supervisor", Role.HOME_SUPERVISOR, CASE_ROWS | LINE_ROWS),
    Relation("south_supervisor", Role.HOME_SUPERVISOR, CATALOGUE),
)
"""County supervisors see all of their county."""


async def test_what_is_not_theirs_is_answered_like_what_is_not_there(light_edge: Edge) -> None:
    rows = await rows_of_everything(light_edge)
    asked = set()
    for relation in RELATIONS:
        person = await light_edge.sign_in(relation.username)
        for route in all_routes():
            foreign = named(route) & rows.keys() - relation.own
            if not foreign or relation.role not in route.roles:
                continue
            present = await told(person, route, filled(route, rows))
            absent = await told(person, route, filled(route, {}))
            where = f"{relation.username}: {route.method} {route.path}"
            assert present == absent, where
            assert present[0] == 404, (where, present)
            asked.add(route.path)
    assert len(asked) > 70


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
