"""Routes × roles × organisations × relations, generated from the route table.

Every route that names a row by id is asked by every kind of person, once with the id of a row that
is there and is not theirs, and once with an id that names nothing: both are answered alike. Rows
are a case of the northern village in a call, its page, mandate, grant, appointment, and a change of
roles; people stand in each relation to them that the county has. For everybody of another county every
row is one that is not there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from casework.database import new_id
from casework.passwords import Passwords
from casework.tables import CouldNotReport, JournalEntry
from casework.vocabulary import Role, Surface
from shipinban.routes import all_routes
from signaling.edge.route import Route
from signaling.wire.base import Wire
from tests.signaling.edge.conftest import Edge, Person
from tests.signaling.edge.reviewing import opened_review, rated_poorly
from tests.signaling.edge.small_county import SmallCounty
from tests.signaling.edge.test_mandates import in_force, page
from tests.signaling.edge.test_roles_by_two import proposed

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
    Relation("helper", Role.HELPER, CASE_ROWS | {"call_id"}),
    Relation("helper2", Role.HELPER, frozenset()),
    Relation("agent", Role.AGENT, CASE_ROWS | {"call_id"}),
    Relation("agent2", Role.AGENT, frozenset()),
    Relation("home_supervisor", Role.HOME_SUPERVISOR, CASE_ROWS | LINE_ROWS | {"call_id"}),
    Relation("south_supervisor", Role.HOME_SUPERVISOR, frozenset()),
)
"""County supervisors see all of their county."""


Schema = Mapping[str, Any]


def whole(model: type[Wire]) -> object:
    """A request that passes for whole: what it must have, as small as it may be."""
    schema = model.model_json_schema()
    return _smallest(schema, schema.get("$defs", {}))


_WORDS = ("核实", "image/jpeg", "0" * 64)
"""For strings of a form; ids are made anew."""


def _smallest(schema: Schema, named: Schema) -> object:
    if "$ref" in schema:
        return _smallest(named[schema["$ref"].rpartition("/")[2]], named)
    if "anyOf" in schema:
        return _smallest(schema["anyOf"][0], named)
    if "enum" in schema or "const" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    match schema["type"]:
        case "object":
            needed = schema.get("required", ())
            return {name: _smallest(schema["properties"][name], named) for name in needed}
        case "array":
            parts = schema.get("prefixItems") or [schema.get("items", {})] * schema.get(
                "minItems", 0
            )
            return [_smallest(part, named) for part in parts]
        case "string":
            pattern, least = schema.get("pattern", ""), schema.get("minLength", 0)
            fitting = (word for word in _WORDS if len(word) >= least and re.search(pattern, word))
            return "2027-01-04" if schema.get("format") == "date" else next(fitting, new_id())
        case "boolean":
            return True
        case _:
            return max(1, schema.get("minimum", 1))


def filled(route: Route, rows: Rows) -> str:
    """The address with these ids; a row that has none here is named by an id of nothing."""
    path = re.sub(r"\{(\w+_id)\}", lambda found: rows.get(found[1], new_id()), route.plain_path)
    return path.format(kind="items", room="agent_console", name="none.js", code="0" * 16)


def named(route: Route) -> frozenset[str]:
    return frozenset(re.findall(r"\{(\w+_id)\}", route.plain_path))


async def told(person: Person, route: Route, path: str) -> tuple[int, object]:
    body = None if route.request is None else whole(route.request)
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
            assert present[0] == 404 or route.method == "PUT", where
            asked += 1
    assert asked > 40


async def rows_of_everything(edge: Edge) -> Rows:
    """One row of every kind that a route of this room names."""
    review = await opened_review(edge)
    follow_up = await rated_poorly(edge)
    *_, call_id, case_id, mandate_id = await in_force(edge)
    helper = await edge.sign_in("helper")
    said = {"text": "材料退回三次"}
    assert (await helper.post(f"cases/{case_id}/could-not", said)).status == 200
    security = await edge.sign_in("security_administrator")
    role_change_id = await proposed(edge, security)
    async with edge.context.database.reading() as session:
        report_id = await session.scalar(select(CouldNotReport.id))
        entry_id = await session.scalar(select(JournalEntry.id).limit(1))
    assert report_id is not None
    assert entry_id is not None
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
    }


async def test_everything_of_another_county_is_answered_like_what_is_not_there(
    light_edge: Edge, passwords: Passwords
) -> None:
    rows = await rows_of_everything(light_edge)
    other = SmallCounty(light_edge.context.database, code="441700")
    await other.found(passwords)
    elsewhere = replace(light_edge, county=other)
    asked = set()
    for username in other.staff:
        person = await elsewhere.sign_in(username)
        role = next((role for role in Role if username.startswith(role)), Role.HOME_SUPERVISOR)
        for route in all_routes():
            if not named(route) & rows.keys() or role not in route.roles:
                continue
            present = await told(person, route, filled(route, rows))
            absent = await told(person, route, filled(route, {}))
            where = f"{username}: {route.method} {route.path}"
            assert present == absent, where
            assert present[0] == 404 or route.method == "PUT", where
            asked.add(route.path)
    reached = {name for path in asked for name in re.findall(r"\{(\w+_id)", path)}
    assert rows.keys() <= reached
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
