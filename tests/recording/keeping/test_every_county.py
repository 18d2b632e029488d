"""Two counties in one installation: for everybody of the one, no row of the other is there.

Generated from the table of routes. Each route that names a row, in its path or in what it takes, is
asked with a row of another county and with an id of nothing: the same status, the same body, the
same statements to the database, and nothing is deciphered. No list tells of the other county.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import event, select

from casework.database import Base, Database, new_id
from casework.master_key import WrongKey
from casework.passwords import Passwords
from casework.protected import ProtectedFields
from casework.tables import FormVersion, HandOver
from casework.vocabulary import Role
from recording import supervision as recording_supervision
from shipinban.routes import all_routes
from signaling.edge.route import ID_PATTERN, Route
from tests.recording.keeping.every_row import recorded_rows
from tests.recording.keeping.recorded_call import Desk
from tests.signaling.edge.conftest import Edge, Person
from tests.signaling.edge.every_route import filled, ids_in, named, told
from tests.signaling.edge.every_row import rows_of_everything
from tests.signaling.edge.small_county import ID_NUMBER, SmallCounty
from tests.signaling.edge.test_mandates import FAR_MS, terms

NAMING = [route for route in all_routes() if named(route)]


@dataclass
class Counties:
    rows: Mapping[str, str]
    """Of the one, of every kind."""
    elsewhere: Edge
    """The other's people, on the same edge."""
    _signed_in: dict[Role, Person] = field(default_factory=dict)

    async def people(self, route: Route) -> list[Person]:
        """Of the other county, one of each role that the route lets in."""
        for role in route.roles - self._signed_in.keys():
            self._signed_in[role] = await self.elsewhere.sign_in(role)
            # Its use is written down once a minute: now, and not with what is counted later.
            await self._signed_in[role].get("me")
        return [self._signed_in[role] for role in sorted(route.roles)]


@pytest.fixture
async def counties(light_desk: Desk, passwords: Passwords) -> Counties:
    edge = light_desk.edge
    rows = await rows_of_everything(edge) | await recorded_rows(light_desk)
    other = SmallCounty(edge.context.database, code="441700")
    await other.found(passwords)
    return Counties(rows, replace(edge, county=other))


class Work:
    """What the edge did for an answer: statements to the database, values deciphered."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.deciphered = 0


@contextmanager
def working(database: Database, patch: pytest.MonkeyPatch) -> Iterator[Work]:
    work = Work()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        work.statements.append(statement)

    def decipher(*_: object) -> None:
        work.deciphered += 1
        raise WrongKey("nothing is deciphered for who may not see it")

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    with patch.context() as patched:
        patched.setattr(ProtectedFields, "open", decipher)
        patched.setattr(recording_supervision, "unwrap_data_key", decipher)
        yield work
    event.remove(engine, "before_cursor_execute", note)


async def test_a_row_of_another_county_is_answered_like_one_that_is_not_there(
    counties: Counties, light_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = light_desk.database
    for route in NAMING:
        assert named(route) <= counties.rows.keys(), f"no row of another county for {route.path}"
        people = await counties.people(route)
        assert people, route.path
        for person in people:
            with working(database, monkeypatch) as present:
                answer = await told(person, route, filled(route, counties.rows))
            with working(database, monkeypatch) as absent:
                assert answer == await told(person, route, filled(route, {})), route.path
            assert answer[0] == 404, (route.path, answer)
            assert present.statements == absent.statements, route.path
            assert present.deciphered == 0, route.path


async def test_a_request_that_names_a_row_of_another_county_is_answered_as_if_it_named_none(
    counties: Counties, light_desk: Desk
) -> None:
    own = await rows_of_everything(counties.elsewhere)
    mine = await fields_of(counties.elsewhere, own) | {
        "subject_id_number": ID_NUMBER,
        "subject_phone": "13800138000",
        "until_ms": FAR_MS,
    }
    foreign = await fields_of(light_desk.edge, counties.rows)
    elsewhere = {
        "/api/console/cases/{case_id}/hand-over": {"case_id": await owned_case(counties, own)},
        "/api/window/cases/{case_id}/mandates/{mandate_id}/pages": {
            "mandate_id": await drafted_mandate(counties, own)
        },
    }
    for route in all_routes():
        model = route.request or route.query
        if model is None:
            continue
        fields = sorted(set(ids_in(model)))
        assert set(fields) <= foreign.keys(), f"no row of another county for {model.__name__}"
        for person in await counties.people(route) if fields else ():
            for name in fields:
                path = filled(route, own | elsewhere.get(route.path, {}))
                answers = [
                    await told(person, route, path, mine | {name: value})
                    for value in (foreign[name], new_id())
                ]
                assert answers[0] == answers[1], (route.path, name)
                assert "request.invalid" not in answers[0][1], (route.path, name, answers)


async def fields_of(edge: Edge, rows: Mapping[str, str]) -> dict[str, str]:
    """A row of the county for each field of a request that names one."""
    county = edge.county
    supervisor = await edge.sign_in("county_supervisor")
    named_set = {"name": "常办事项", "item_codes": ["PENSION"]}
    made = await (await supervisor.post("item-sets", named_set)).json()
    town, window = county.organisations["north"], county.windows["village"]
    async with edge.context.database.reading() as session:
        forms = select(FormVersion.id).where(FormVersion.county_id == county.county_id)
        form_id = (await session.scalars(forms)).one()
    return {
        "item_id": county.items["pension"],
        "item_set_id": made["id"],
        "organisation_id": county.organisations["village"],
        "registered_organisation_id": town,
        "town_id": town,
        "window_id": window,
        "pass_to_skill_group_id": county.groups["G"],
        "staff_id": county.staff["helper"],
        "to_staff_id": county.staff["agent2"],
        "agent_staff_id": county.staff["agent"],
        "owner_staff_id": county.staff["agent"],
        "appointment_id": rows["appointment_id"],
        "case_id": rows["case_id"],
        "material_id": rows["material_id"],
        "missing_material_ids": rows["material_id"],
        "earlier_id": rows["given_id"],
        "page_id": rows["page_id"],
        "replaces_page_id": rows["page_id"],
        "form_id": form_id,
        "stream_id": rows.get("stream_id", ""),
    }


async def owned_case(counties: Counties, own: Mapping[str, str]) -> str:
    """The case that the agent of the other county owns and may hand over."""
    async with counties.elsewhere.context.database.reading() as session:
        return (await session.get_one(HandOver, own["hand_over_id"])).case_id


async def drafted_mandate(counties: Counties, own: Mapping[str, str]) -> str:
    """One that still takes pages."""
    helper = await counties.elsewhere.sign_in("helper")
    answer = await helper.post(f"cases/{own['case_id']}/mandates", terms())
    mandate_id: str = (await answer.json())["id"]
    return mandate_id


async def ids_of(database: Database, county_id: str) -> set[str]:
    """Every id of every row that the county has."""
    found = {county_id}
    async with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            if "county_id" in table.c and "id" in table.c:
                rows = select(table.c.id).where(table.c.county_id == county_id)
                found |= {str(each) for each in await session.scalars(rows)}
    return found


async def test_no_list_tells_of_another_county(counties: Counties, light_desk: Desk) -> None:
    """Not one id of it, in any answer that names no row."""
    theirs = await ids_of(light_desk.database, light_desk.edge.county.county_id)
    assert len(theirs) > 150
    lists = [route for route in all_routes() if route.method == "GET" and not named(route)]
    for route in lists:
        for person in await counties.people(route):
            status, body = await told(person, route, filled(route, {}))
            assert status == 200 or "journal.none" in body, (route.path, body)
            assert not theirs & set(re.findall(ID_PATTERN, body)), route.path
