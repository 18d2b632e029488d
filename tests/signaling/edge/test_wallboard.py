"""The wallboard over a small county whose right answers are known."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from casework.course.overdue import OverdueWatch
from casework.database import Database, new_id, open_engine, read_clock
from casework.passwords import Passwords
from casework.tables import Case, Window
from recording.tables import Recording
from signaling.pairing.numbers import county_day
from signaling.pairing.topics import tell_overdue
from signaling.tables import Agent, Call, CallEvent, CallParticipant, Offer, Ticket
from signaling.wallboard.cache import BoardCache
from tests.signaling.edge.conftest import Edge, Person, open_edge

MINUTE = 60_000
GOOD = {
    "bitrate_bps": 500_000,
    "lost_fraction": 0.0,
    "round_trip_ms": 40.0,
    "frames_per_s": 15.0,
    "concealed_fraction": 0.0,
    "available_bps": None,
}


@dataclass
class Day:
    """Writes rows as a day leaves them."""

    edge: Edge
    now_ms: int
    made: int = 0
    calls: dict[str, str] = field(default_factory=dict)

    async def ticket(
        self,
        state: str,
        waited_ms: int | None = None,
        *,
        ago_ms: int = 10 * MINUTE,
        window: str = "village",
        live: bool = False,
        days_ago: int = 0,
    ) -> str:
        """One that arrived ``ago_ms`` ago and was answered after ``waited_ms``; id of the call."""
        county, self.made = self.edge.county, self.made + 1
        helper = await self.edge.sign_in("helper" if window == "village" else "helper2")
        case_id = await self.edge.case(helper)
        arrived_ms = self.now_ms - ago_ms
        ticket_id, offer_id, call_id = new_id(), new_id(), new_id()
        own = live or state != "served"
        window_id = await self._window(window) if own else county.windows[window]
        async with county.database.transaction() as session:
            await session.execute(
                insert(Ticket).values(
                    id=ticket_id,
                    county_id=county.county_id,
                    county_day=county_day(self.now_ms) - days_ago,
                    letters="K",
                    number=self.made,
                    case_id=case_id,
                    window_id=window_id,
                    helper_staff_id=county.staff["helper"],
                    skill_group_id=county.groups["K"],
                    level="county",
                    state=state,
                    arrived_ms=arrived_ms,
                    effective_ms=arrived_ms,
                    level_since_ms=arrived_ms,
                    reach="group",
                    window_seen_ms=self.now_ms,
                )
            )
            if waited_ms is None:
                return ""
            await session.execute(
                insert(Offer).values(
                    id=offer_id,
                    county_id=county.county_id,
                    ticket_id=ticket_id,
                    staff_id=county.staff["agent"],
                    state="ended",
                    may_decide=True,
                    deadline_ms=0,
                    created_ms=arrived_ms,
                )
            )
            await session.execute(
                insert(Call).values(
                    id=call_id,
                    county_id=county.county_id,
                    ticket_id=ticket_id,
                    offer_id=offer_id,
                    window_id=county.windows[window],
                    helper_staff_id=county.staff["helper"],
                    agent_staff_id=county.staff["agent"],
                    node_id="a",
                    state="live" if live else "ended",
                    recorded=True,
                    may_decide=True,
                    home_organisation_id=county.organisations[window],
                    county_organisation_id=county.organisations["county"],
                    started_ms=arrived_ms + waited_ms,
                    ended_ms=None if live else arrived_ms + waited_ms + MINUTE,
                )
            )
        return call_id

    async def _window(self, place: str) -> str:
        """Each live ticket needs a window of its own; it was checked just now."""
        county, window_id = self.edge.county, new_id()
        async with county.database.transaction() as session:
            await session.execute(
                insert(Window).values(
                    id=window_id,
                    county_id=county.county_id,
                    organisation_id=county.organisations[place],
                    code=f"more{self.made}",
                    name="更多",
                    name_en="More",
                    kind="joint",
                    place="",
                    checked_ms=self.now_ms,
                    active=False,
                )
            )
        return window_id

    async def measured(self, call_id: str, at_ms: int, **worse: dict[str, float]) -> None:
        """One event of what participants of these kinds measured."""
        county = self.edge.county
        async with county.database.transaction() as session:
            connections = []
            for kind, measured in worse.items():
                participant_id = new_id()
                connections.append({**GOOD, "participant_id": participant_id, **measured})
                session.add(
                    CallParticipant(
                        id=participant_id,
                        county_id=county.county_id,
                        call_id=call_id,
                        kind=kind,
                        joined_ms=0,
                    )
                )
            session.add(
                CallEvent(
                    county_id=county.county_id,
                    call_id=call_id,
                    kind="quality",
                    position_ms=at_ms,
                    home_organisation_id=county.organisations["village"],
                    county_organisation_id=county.organisations["county"],
                    body={"connections": connections},
                    at_ms=0,
                )
            )

    async def recording(self, state: str, *, days_ago: int = 0, store_problem: str = "") -> None:
        county = self.edge.county
        async with county.database.transaction() as session:
            call_id = await session.scalar(select(Call.id).limit(1))
            session.add(
                Recording(
                    county_id=county.county_id,
                    call_id=call_id or "",
                    node_id="a",
                    home_organisation_id=county.organisations["village"],
                    county_organisation_id=county.organisations["county"],
                    state=state,
                    folder=new_id(),
                    master_key_id="",
                    store_problem=store_problem,
                    started_ms=self.now_ms - days_ago * 86_400_000,
                )
            )

    async def agents(self, **states: str) -> None:
        county = self.edge.county
        async with county.database.transaction() as session:
            for name, state in states.items():
                session.add(
                    Agent(
                        staff_id=county.staff[name],
                        county_id=county.county_id,
                        organisation_id=county.organisations["county"],
                        level="county",
                        state=state,
                        since_ms=0,
                        heartbeat_ms=0,
                    )
                )


async def day_of(edge: Edge) -> Day:
    async with edge.county.database.reading() as session:
        return Day(edge, await read_clock(session))


async def board(person: Person) -> dict[str, Any]:
    answer = await person.get("wallboard")
    assert answer.status == 200, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


@pytest.fixture
async def now_edge(sqlite_url: str, passwords: Passwords, tmp_path: Path) -> AsyncIterator[Edge]:
    """Whose board is read anew each time."""
    database = Database(open_engine(sqlite_url))
    async for opened in open_edge(database, passwords, tmp_path, boards=BoardCache(0.0)):
        yield opened
    await database.close()


async def test_a_day_is_counted_as_it_was(edge: Edge) -> None:
    day = await day_of(edge)
    for waited_s in (5, 59, 60):
        await day.ticket("served", waited_s * 1000)
    await day.ticket("served", 61_000)
    await day.ticket("cancelled")
    await day.ticket("waiting", ago_ms=5 * MINUTE)
    await day.ticket("waiting", ago_ms=20_000, window="hamlet")
    await day.ticket("offered", ago_ms=30_000)
    await day.ticket("served", 10_000, days_ago=1)
    shown = await board(await edge.sign_in("county_supervisor"))
    assert shown["scope_name"] == "county"
    assert shown["day"] == {
        "tickets": 8,
        "in_time": 3,
        "due": 6,
        "in_time_share": 0.5,
        "in_time_level": "alarm",
        "abandoned": 1,
        "abandoned_level": "alarm",
    }
    queue = shown["queue"]
    assert (queue["waiting"], queue["ringing"]) == (3, 1)
    assert queue["longest_since_ms"] == day.now_ms - 5 * MINUTE
    assert (queue["waiting_level"], queue["longest_level"]) == ("watch", "alarm")


async def test_a_town_sees_its_own_line_alone(light_edge: Edge) -> None:
    day = await day_of(light_edge)
    await day.ticket("served", 1_000)
    await day.ticket("waiting", window="hamlet")
    await day.ticket("serving", 1_000, window="hamlet", live=True)
    await day.agents(agent="in_call")
    north = await board(await light_edge.sign_in("home_supervisor"))
    south = await board(await light_edge.sign_in("south_supervisor"))
    assert (north["scope_name"], south["scope_name"]) == ("north", "south")
    assert (north["day"]["tickets"], south["day"]["tickets"]) == (1, 2)
    assert (north["queue"]["waiting"], south["queue"]["waiting"]) == (0, 1)
    assert (north["calls"]["total"], south["calls"]["total"]) == (0, 1)
    assert north["agents"]["on_duty"] == 0, "the county's agents are not the town's"


async def test_a_ticket_that_waits_again_waits_since_its_call_was_lost(light_edge: Edge) -> None:
    day = await day_of(light_edge)
    await day.ticket("waiting", 10_000, ago_ms=10 * MINUTE)
    shown = await board(await light_edge.sign_in("county_supervisor"))
    assert shown["queue"]["longest_since_ms"] == day.now_ms - 9 * MINUTE + 10_000
    assert shown["day"]["in_time"] == 1


async def test_nothing_yet_is_no_alarm(light_edge: Edge) -> None:
    shown = await board(await light_edge.sign_in("county_supervisor"))
    assert shown["day"]["in_time_share"] is None
    assert (shown["day"]["in_time_level"], shown["queue"]["longest_level"]) == ("good", "good")
    assert shown["agents"]["level"] == "alarm", "nobody is on duty"


async def test_agents_are_counted_by_state(light_edge: Edge) -> None:
    day = await day_of(light_edge)
    await day.agents(agent="wrap_up", agent2="away")
    agents = (await board(await light_edge.sign_in("county_supervisor")))["agents"]
    found = {one["state"]: one["agents"] for one in agents["states"]}
    assert found == {
        "available": 0, "offered": 0, "in_call": 0, "wrap_up": 1, "away": 1, "offline": 0,
    }  # fmt: skip
    assert (agents["on_duty"], agents["level"]) == (1, "watch")


async def test_a_call_is_as_well_as_its_worse_side_measured_last(edge: Edge) -> None:
    day = await day_of(edge)
    good, fair, poor, new = [
        await day.ticket("serving", 1_000, ago_ms=n * MINUTE, live=True)
        for n in (9, 8, 7, 6)
    ]  # fmt: skip
    await day.measured(good, 30_000, window={"lost_fraction": 0.5})
    await day.measured(good, 60_000, window={}, agent={}, supervisor={"lost_fraction": 0.5})
    await day.measured(fair, 30_000, window={}, agent={"round_trip_ms": 400.0})
    await day.measured(poor, 30_000, window={"concealed_fraction": 0.2}, agent={})
    calls = (await board(await edge.sign_in("county_supervisor")))["calls"]
    assert {call["id"]: call["quality"] for call in calls["calls"]} == {
        good: "good", fair: "fair", poor: "poor", new: "unknown",
    }  # fmt: skip
    assert (calls["total"], calls["level"]) == (4, "alarm")
    assert [call["id"] for call in calls["calls"]] == [good, fair, poor, new]


async def test_recordings_that_are_not_well(now_edge: Edge) -> None:
    day = await day_of(now_edge)
    await day.ticket("served", 1_000)
    await day.recording("verified")
    await day.recording("interrupted")
    await day.recording("interrupted", days_ago=8)
    supervisor = await now_edge.sign_in("county_supervisor")
    shown = (await board(supervisor))["recordings"]
    assert (shown["failed"], shown["interrupted"], shown["level"]) == (0, 1, "watch")
    await day.recording("failed", days_ago=6)
    await day.recording("sealed", store_problem="away")
    shown = (await board(supervisor))["recordings"]
    assert (shown["failed"], shown["not_stored"], shown["level"]) == (1, 1, "alarm")


async def test_windows_are_listed_by_their_last_check(now_edge: Edge) -> None:
    day = await day_of(now_edge)
    supervisor = await now_edge.sign_in("county_supervisor")
    shown = (await board(supervisor))["windows"]
    assert (shown["never"], shown["earlier"], shown["today"]) == (2, 0, 0)
    assert shown["level"] == "alarm"
    windows = now_edge.county.windows
    checked = {windows["village"]: day.now_ms - 1, windows["hamlet"]: day.now_ms - 2 * 86_400_000}
    async with now_edge.county.database.transaction() as session:
        for window_id, at_ms in checked.items():
            await session.execute(
                update(Window).where(Window.id == window_id).values(checked_ms=at_ms)
            )
    shown = (await board(supervisor))["windows"]
    assert [(one["id"], one["checked_ms"]) for one in shown["listed"]] == [
        (windows["hamlet"], checked[windows["hamlet"]])
    ]
    assert (shown["never"], shown["earlier"], shown["level"]) == (0, 1, "watch")


async def test_overdue_cases_are_those_of_the_watch(light_edge: Edge) -> None:
    county = light_edge.county
    helper, supervisor = [await light_edge.sign_in(n) for n in ("helper", "county_supervisor")]
    late, due, missing = [await light_edge.case(helper) for _ in range(3)]
    day = await day_of(light_edge)
    async with county.database.transaction() as session:
        for number, (case_id, state, due_ms) in enumerate(
            (
                (late, "accepted", day.now_ms - 1_000),
                (due, "accepted", day.now_ms + MINUTE),
                (missing, "materials_overdue", None),
            )
        ):
            changed = {"state": state, "due_ms": due_ms, "number": f"n{number}"}
            await session.execute(update(Case).where(Case.id == case_id).values(**changed))
    await OverdueWatch(county.database, county.database.transaction, tell_overdue).look()
    async with county.database.reading() as session:
        marked = set(await session.scalars(select(Case.id).where(Case.overdue_ms.is_not(None))))
    assert marked == {late}
    shown = (await board(supervisor))["cases"]
    assert (shown["overdue"], shown["level"]) == (2, "alarm")
    listed = await (await supervisor.get("cases?overdue=true")).json()
    assert listed["total"] == 2


async def test_many_boards_cost_one_reading(light_edge: Edge) -> None:
    supervisor = await light_edge.sign_in("county_supervisor")
    chief = await light_edge.sign_in("chief_county_supervisor")
    first = await board(supervisor)
    assert await board(chief) == first, "less than two seconds later nothing is read again"
    town = await board(await light_edge.sign_in("home_supervisor"))
    assert town["scope_name"] != first["scope_name"]
