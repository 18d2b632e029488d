"""Every route of a recording × role × organisation × relation, generated from the table of routes.

Each route that names a row is asked by everybody, once with the id of a row that is there and once
with an id of nothing. Who may not see the row gets the same answer both times.
"""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from casework.database import new_id
from casework.vocabulary import Role
from shipinban.routes import all_routes
from signaling.edge.route import Route
from signaling.wire import api, evidence, keeping, review_desk
from signaling.wire.base import Wire
from tests.recording.keeping.every_row import recorded_rows
from tests.recording.keeping.recorded_call import Desk
from tests.signaling.edge.conftest import Person
from tests.signaling.edge.every_route import named

LINE = frozenset({"home_supervisor", "county_supervisor", "chief_county_supervisor"})
"""Of a call of the north: its own home line, and the county's. ``south_supervisor`` is of the other
town; administrators and the auditor see no recording."""
OWNER = frozenset({"home_supervisor"})
SEEN_BY: Mapping[str, frozenset[str]] = {
    "call_id": LINE,
    "recording_id": LINE,
    "hold_id": LINE,
    "export_id": LINE,
    "view_id": OWNER,
    "stream_id": OWNER,
    "mark_id": OWNER,
    "change_id": frozenset({"security_administrator"}),
}
"""Somebody else's view or mark opens to nobody, whatever the role."""
BODIES: Mapping[type[Wire], Mapping[str, object]] = {
    api.ViewOpened: {"reason": "复核"},
    evidence.ExportAsked: {"reason": "法院调取"},
    evidence.ExportDecision: {"approve": False, "note": ""},
    keeping.HoldGiven: {"reason": "留存备查"},
    keeping.ChangeDecided: {"approved": False},
    keeping.StillTaken: {"stream_id": "", "position_ms": 0},
    review_desk.MarkMade: {"position_ms": 0, "text": ""},
}
QUERIES: Mapping[type[Wire], Mapping[str, str]] = {
    review_desk.FramesAsked: {"at_ms": "0"},
    review_desk.LoudnessAsked: {},
}
ROUTES = [
    route
    for route in all_routes()
    if route.handler.__module__.startswith("recording.") and "_id}" in route.plain_path
]
PEOPLE = ["helper2", "agent2", "south_supervisor", *(role.value for role in Role)]


def test_every_kind_of_row_and_request_is_known_here() -> None:
    """A new one is added above, or what follows would not ask for it."""
    assert {name for route in ROUTES for name in named(route)} == set(SEEN_BY)
    assert {route.request for route in ROUTES if route.request is not None} == set(BODIES)
    assert {route.query for route in ROUTES if route.query is not None} == set(QUERIES)


@pytest.mark.proof
async def test_absent_and_forbidden_are_answered_alike_on_every_route(light_desk: Desk) -> None:
    rows = await recorded_rows(light_desk)
    asked = 0
    for name in PEOPLE:
        person = await light_desk.edge.sign_in(name)
        for route in ROUTES:
            ids = named(route)
            given = await _ask(person, route, rows)
            absent = [await _ask(person, route, rows | {each: new_id()}) for each in ids]
            where = f"{name}: {route.method} {route.path}"
            if all(name in SEEN_BY[each] for each in ids):
                assert given[0] in (200, 206, 403, 409), (where, given)
                assert given[1] != "role", where
                assert [status for status, _ in absent] == [404] * len(ids), (where, absent)
            else:
                assert all(each == given for each in absent), (where, given, absent)
                assert given[0] in (401, 403, 404), (where, given)
            asked += 1
    assert asked == len(PEOPLE) * len(ROUTES)


async def test_lists_show_a_call_to_its_two_lines_alone(light_desk: Desk) -> None:
    await recorded_rows(light_desk)
    for name in PEOPLE:
        person = await light_desk.edge.sign_in(name)
        for path, field in (("calls", "calls"), ("holds", "holds")):
            answer = await person.get(f"/api/supervision/{path}")
            listed = (await answer.json()).get(field, []) if answer.status == 200 else []
            assert (len(listed) > 0) == (name in LINE), (name, path)


async def _ask(person: Person, route: Route, rows: Mapping[str, str]) -> tuple[int, Any]:
    """Status and code; of what was given only that it was."""
    path = re.sub(r"\{(\w+_id)\}", lambda found: rows[found[1]], route.plain_path)
    body: dict[str, object] | None = None
    if route.request is not None:
        body = dict(BODIES[route.request])
        body |= {"stream_id": rows["stream_id"]} if "stream_id" in body else {}
    query = {} if route.query is None else QUERIES[route.query]
    given = {} if body is None else {"json": body}
    answer = await person.request(route.method, path, params=query, **given)
    if answer.status in (200, 206):
        return answer.status, None
    return answer.status, (await answer.json())["code"]
