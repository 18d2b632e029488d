"""A history as rows of the database, as it stood at a moment."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from sqlalchemy import update

from casework.database import Database, new_id
from casework.passwords import Passwords
from casework.tables import ServiceItem
from tests.signaling.edge.small_county import SmallCounty
from tests.signaling.reports.history import Event, Matter, Places, TakenCall, Visit

TABLES = (
    "subjects", "cases", "call_backs", "tickets", "offers", "calls", "call_cases", "case_events", "ratings",
    "could_not_reports",
)  # fmt: skip
"""In the order in which they point to each other."""
Rows = dict[str, list[dict[str, Any]]]


async def found_county(database: Database, passwords: Passwords) -> SmallCounty:
    """One of its items is not done at once."""
    county = SmallCounty(database)
    await county.found(passwords)
    async with database.transaction() as session:
        await session.execute(
            update(ServiceItem)
            .where(ServiceItem.id == county.items["strict"])
            .values(immediate=False, time_limit_days=5)
        )
    return county


def places_of(county: SmallCounty) -> Places:
    return Places(
        homes=[county.organisations[name] for name in county.windows],
        windows=list(county.windows.values()),
        items=list(county.items.values()),
        immediate=[name != "strict" for name in county.items],
        agents=[county.staff["agent"], county.staff["agent2"]],
    )


class RowWriter:
    """Makes rows of matters: asked again of the same ones at a later moment, with the same ids."""

    def __init__(
        self, places: Places, *, county_id: str, unit: str, helper: str, group: str
    ) -> None:
        self.places = places
        self.county = {"county_id": county_id}
        self.unit, self.helper, self.group = unit, helper, group
        self.subject_id = new_id()
        self.numbers = count(1)
        self.ids: dict[tuple[int, str], str] = {}
        """By the matter, visit, call or event that it is of; these must live as long."""

    def id_of(self, part: object, kind: str = "") -> str:
        return self.ids.setdefault((id(part), kind), new_id())

    def subject(self) -> dict[str, Any]:
        """Of every case: no figure asks whose matter it is."""
        return {
            "id": self.subject_id, **self.county, "name": "陈秀英", "id_number_sealed": b"",
            "id_number_index": b"", "phone_sealed": b"", "phone_index": b"",
            "registered_organisation_id": None, "elderly": False, "disabled": False,
            "created_ms": 0,
        }  # fmt: skip

    def rows(self, story: Iterable[Matter], as_of_ms: int = 10**18) -> Rows:
        rows: Rows = defaultdict(list)
        last_calls: dict[int, str] = {}
        for matter in story:
            if matter.created_ms < as_of_ms:
                self._matter(rows, matter, last_calls, as_of_ms)
        return rows

    def _units(self, window: int) -> dict[str, Any]:
        return {
            "home_organisation_id": self.places.homes[window], "county_organisation_id": self.unit
        }  # fmt: skip

    def _matter(
        self, rows: Rows, matter: Matter, last_calls: dict[int, str], as_of_ms: int
    ) -> None:
        case_id = self.id_of(matter)
        units = self._units(matter.window)
        rows["cases"].append(
            {
                "id": case_id, **self.county, "number": None,
                "item_id": self.places.items[matter.item],
                "window_id": self.places.windows[matter.window], "subject_id": self.subject_id,
                "present_name": "陈秀英", "present_relation": "self",
                "mode": "delegated" if matter.delegated else "assisted", "state": "closed",
                "opened_by_staff_id": self.helper, **units,
                "deciding_organisation_id": self.unit, "created_ms": matter.created_ms,
                "changed_ms": matter.created_ms,
            }
        )  # fmt: skip
        for visit in matter.visits:
            if visit.arrived_ms < as_of_ms:
                self._visit(rows, matter, case_id, visit, last_calls, as_of_ms)
        if matter.joined is not None and id(matter.joined) in last_calls:
            call_id = last_calls[id(matter.joined)]
            rows["call_cases"].append({"call_id": call_id, "case_id": case_id, **self.county})
        for event in matter.events:
            if event.at_ms < as_of_ms:
                self._event(rows, case_id, event, units, last_calls)
        if matter.could_not_ms is not None and matter.could_not_ms < as_of_ms:
            self._could_not(rows, matter, matter.could_not_ms, units)

    def _visit(
        self,
        rows: Rows,
        matter: Matter,
        case_id: str,
        visit: Visit,
        last_calls: dict[int, str],
        as_of_ms: int,
    ) -> None:
        ticket_id = self.id_of(visit)
        number = int(self.ids.setdefault((id(visit), "number"), str(next(self.numbers))))
        call_back_id = self._call_back(rows, matter, case_id, visit) if visit.call_back else None
        cancelled = visit.cancelled_ms is not None and visit.cancelled_ms < as_of_ms
        rows["tickets"].append(
            {
                "id": ticket_id, **self.county, "county_day": number, "letters": "K",
                "number": 1, "case_id": case_id,
                "window_id": self.places.windows[matter.window], "helper_staff_id": self.helper,
                "skill_group_id": self.group, "level": "county" if visit.county_level else "town",
                "state": "cancelled" if cancelled else "served", "arrived_ms": visit.arrived_ms,
                "effective_ms": visit.arrived_ms, "level_since_ms": visit.arrived_ms,
                "reach": "group", "advice_only": False, "drops": 0,
                "window_seen_ms": visit.arrived_ms,
                "call_back_id": call_back_id,
                "ended_ms": visit.cancelled_ms if cancelled else None,
            }
        )  # fmt: skip
        for call in visit.calls:
            if call.started_ms < as_of_ms:
                last_calls[id(visit)] = self._call(rows, matter, case_id, ticket_id, call, as_of_ms)

    def _call(
        self,
        rows: Rows,
        matter: Matter,
        case_id: str,
        ticket_id: str,
        call: TakenCall,
        as_of_ms: int,
    ) -> str:
        call_id, offer_id = self.id_of(call), self.id_of(call, "offer")
        units = self._units(matter.window)
        ended = call.ended_ms < as_of_ms
        rows["offers"].append(
            {
                "id": offer_id, **self.county, "ticket_id": ticket_id, "staff_id": call.agent,
                "state": "ended", "may_decide": True, "deadline_ms": 0, "created_ms": 0,
            }
        )  # fmt: skip
        rows["calls"].append(
            {
                "id": call_id, **self.county, "ticket_id": ticket_id, "offer_id": offer_id,
                "window_id": self.places.windows[matter.window], "helper_staff_id": self.helper,
                "agent_staff_id": call.agent, "node_id": "a", "notes": "",
                "state": "ended" if ended else "live", "recorded": True, "may_decide": True,
                **units, "started_ms": call.started_ms,
                "ended_ms": call.ended_ms if ended else None,
            }
        )  # fmt: skip
        rows["call_cases"].append({"call_id": call_id, "case_id": case_id, **self.county})
        rated = call.grade is not None and call.rated_ms < as_of_ms
        rows["ratings"].append(
            {
                "id": self.id_of(call, "rating"), **self.county, "call_id": call_id,
                "case_id": case_id, "token_hash": call_id.encode(), "token_expires_ms": call.ended_ms + 900_000,
                "grade": call.grade if rated else None, **units,
                "rated_ms": call.rated_ms if rated else None,
            }
        )  # fmt: skip
        return call_id

    def _event(
        self,
        rows: Rows,
        case_id: str,
        event: Event,
        units: dict[str, Any],
        last_calls: dict[int, str],
    ) -> None:
        rows["case_events"].append(
            {
                "id": self.id_of(event), **self.county, "case_id": case_id,
                "call_id": last_calls.get(id(event.visit)), "actor_staff_id": event.agent,
                **units, "kind": event.kind, "outcome": event.outcome, "body": {},
                "at_ms": event.at_ms,
            }
        )  # fmt: skip

    def _call_back(self, rows: Rows, matter: Matter, case_id: str, visit: Visit) -> str:
        call_back_id = self.id_of(visit, "call back")
        rows["call_backs"].append(
            {
                "id": call_back_id, **self.county, "case_id": case_id,
                "skill_group_id": self.group, "window_id": self.places.windows[matter.window],
                "reason": "closed", "state": "done", "due_ms": 0, **self._units(matter.window),
                "created_ms": 0, "changed_ms": 0,
            }
        )  # fmt: skip
        return call_back_id

    def _could_not(self, rows: Rows, matter: Matter, at_ms: int, units: dict[str, Any]) -> None:
        report_id = self.id_of(matter, "report")
        rows["could_not_reports"].append(
            {
                "id": report_id, **self.county, "number": report_id[-30:],
                "case_id": self.id_of(matter),
                "reporter": "resident", "level": "home", "level_due_ms": at_ms, "text": "",
                "state": "open", **units, "due_ms": at_ms, "answer": "", "created_ms": at_ms,
            }
        )  # fmt: skip


def writer_for(county: SmallCounty) -> RowWriter:
    return RowWriter(
        places_of(county),
        county_id=county.county_id,
        unit=county.organisations["county"],
        helper=county.staff["helper"],
        group=county.groups["K"],
    )


def tables_of(rows: Rows) -> Sequence[tuple[str, list[dict[str, Any]]]]:
    return [(name, rows[name]) for name in TABLES if rows.get(name)]
