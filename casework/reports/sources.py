"""Where figures are counted from: rows that are found by a moment that never changes afterwards.

That is what makes a day that is over countable once and for all. What comes later (a rating, a
refusal that is taken up again after an appeal, a case finished weeks after its call) is counted in
the hour in which it happens, never back in the hour that it is about. A source may therefore rest on
nothing that can still change: only on what is written once, and on rows of moments before its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, literal, select

from casework.reports.counts import COUNTERS, NONE, day_of, hour_of, how_many
from casework.tables import Case, CaseEvent, CouldNotReport, ServiceItem
from casework.vocabulary import CaseMode, Outcome


@dataclass(frozen=True, kw_only=True)
class Source:
    """Rows of one kind; what they are about, and what they count."""

    at_ms: SQLColumnExpression[Any]
    """When it happened: by this the rows of a span are found, so it stands in an index."""
    county_id: SQLColumnExpression[Any]
    home_organisation_id: SQLColumnExpression[Any]
    window_id: SQLColumnExpression[Any]
    item_id: SQLColumnExpression[Any]
    agent_staff_id: SQLColumnExpression[Any] = field(default_factory=lambda: literal(NONE))
    rows: Select[Any]
    """``select()`` with the joins and conditions."""
    counters: Mapping[str, ColumnElement[int]]

    def __post_init__(self) -> None:
        unknown = self.counters.keys() - set(COUNTERS)
        if unknown:
            raise ValueError(f"no such counters: {sorted(unknown)}")

    def counted(self, county_id: str, from_ms: int, to_ms: int) -> Select[Any]:
        """The five columns of a cell and one a counter, for ``from_ms <= at < to_ms``."""
        about: tuple[ColumnElement[Any], ...] = (
            hour_of(self.at_ms),
            func.coalesce(self.home_organisation_id, NONE),
            func.coalesce(self.window_id, NONE),
            func.coalesce(self.item_id, NONE),
            func.coalesce(self.agent_staff_id, NONE),
        )
        cell = [column.label(f"cell_{position}") for position, column in enumerate(about)]
        counters = [column.label(name) for name, column in self.counters.items()]
        return (
            self.rows.add_columns(*cell, *counters)
            .where(self.county_id == county_id, self.at_ms >= from_ms, self.at_ms < to_ms)
            .group_by(*cell)
        )

    def earliest(self, county_id: str) -> Select[int | None]:
        """When the first row happened. Without the conditions: no row is earlier, and an index
        answers."""
        return select(func.min(self.at_ms)).where(self.county_id == county_id)


def _opened() -> Source:
    return Source(
        at_ms=Case.created_ms,
        county_id=Case.county_id,
        home_organisation_id=Case.home_organisation_id,
        window_id=Case.window_id,
        item_id=Case.item_id,
        rows=select().select_from(Case),
        counters={"opened": func.count(), "delegated": how_many(Case.mode == CaseMode.DELEGATED)},
    )


def event_rows(condition: ColumnElement[bool]) -> Select[Any]:
    return select().select_from(CaseEvent).join(Case, Case.id == CaseEvent.case_id).where(condition)


def of_events(
    rows: Select[Any],
    counters: Mapping[str, ColumnElement[int]],
    *,
    agent_staff_id: SQLColumnExpression[Any] = CaseEvent.actor_staff_id,
) -> Source:
    """:param rows: see :func:`event_rows`."""
    return Source(
        at_ms=CaseEvent.at_ms,
        county_id=CaseEvent.county_id,
        home_organisation_id=CaseEvent.home_organisation_id,
        window_id=Case.window_id,
        item_id=Case.item_id,
        agent_staff_id=agent_staff_id,
        rows=rows,
        counters=counters,
    )


def _decided() -> Source:
    """By an agent: in a call as its outcome, or afterwards."""

    def happened(kind: str, outcome: Outcome) -> ColumnElement[int]:
        return how_many((CaseEvent.kind == kind) | (CaseEvent.outcome == outcome))

    kinds = ("outcome.given", "case.accepted", "case.accepted_to_follow", "case.returned")
    return of_events(
        event_rows(CaseEvent.kind.in_(kinds)),
        {
            "outcomes": how_many(CaseEvent.kind == "outcome.given"),
            "accepted": happened("case.accepted", Outcome.ACCEPTED),
            "accepted_to_follow": happened("case.accepted_to_follow", Outcome.ACCEPTED_TO_FOLLOW),
            "returned": happened("case.returned", Outcome.RETURNED),
            "passed_on": how_many(CaseEvent.outcome == Outcome.PASSED_ON),
        },
    )


def _moved() -> Source:
    """By a supervisor, the window or the clock: no agent's doing."""
    kinds = {
        "refused": "case.refused",
        "reopened": "case.reopened",
        "withdrawn": "case.withdrawn",
        "overdue": "case.overdue",
    }
    return of_events(
        event_rows(CaseEvent.kind.in_(kinds.values())),
        {name: how_many(CaseEvent.kind == kind) for name, kind in kinds.items()},
        agent_staff_id=literal(NONE),
    )


def _finished() -> Source:
    same_day = day_of(Case.created_ms) == day_of(CaseEvent.at_ms)
    return of_events(
        event_rows(CaseEvent.kind == "case.finished").join(
            ServiceItem, ServiceItem.id == Case.item_id
        ),
        {
            "finished": func.count(),
            "finished_immediate": how_many(ServiceItem.immediate.is_(True)),
            "kept_immediate": how_many(ServiceItem.immediate & same_day),
        },
    )


def _could_not() -> Source:
    """A report may be about no case: then it has no window and no item."""
    return Source(
        at_ms=CouldNotReport.created_ms,
        county_id=CouldNotReport.county_id,
        home_organisation_id=CouldNotReport.home_organisation_id,
        window_id=Case.window_id,
        item_id=Case.item_id,
        rows=select()
        .select_from(CouldNotReport)
        .outerjoin(Case, Case.id == CouldNotReport.case_id),
        counters={"could_not": func.count()},
    )


CASE_SOURCES: Sequence[Source] = (_opened(), _decided(), _moved(), _finished(), _could_not())
"""What this room knows; calls and queue are added by signaling/report_sources.py."""
