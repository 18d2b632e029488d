"""Organisations, their tree, windows, skill groups and opening hours. Standard library only.

The rules ask for the few attributes they need, so they serve the rows of the database and the rows
of an import alike. In an import nothing has an id yet: there the code is the id.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Generic, Protocol, TypeVar

from casework.vocabulary import OrganisationKind, WindowKind

COUNTY_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The county's day. A fixed offset: the zone has had no summer time since 1991."""
LETTERS = re.compile(r"[A-Z]{1,2}")

PARENT_KINDS: Mapping[str, frozenset[OrganisationKind]] = {
    OrganisationKind.COUNTY: frozenset(),
    OrganisationKind.DEPARTMENT: frozenset({OrganisationKind.COUNTY}),
    OrganisationKind.TOWN: frozenset({OrganisationKind.COUNTY}),
    OrganisationKind.VILLAGE: frozenset({OrganisationKind.TOWN}),
    OrganisationKind.PARTNER: frozenset({OrganisationKind.COUNTY, OrganisationKind.TOWN}),
}

WINDOW_HOLDERS = frozenset(
    {OrganisationKind.TOWN, OrganisationKind.VILLAGE, OrganisationKind.PARTNER}
)


class Node(Protocol):
    """An organisation as the tree sees it; ``kind`` is a value of :class:`OrganisationKind`."""

    @property
    def id(self) -> str: ...
    @property
    def parent_id(self) -> str | None: ...
    @property
    def kind(self) -> str: ...


class Span(Protocol):
    """A stretch of one weekday; see :class:`OpeningHours`."""

    @property
    def weekday(self) -> int: ...
    @property
    def opens_minute(self) -> int: ...
    @property
    def closes_minute(self) -> int: ...


class PlacedWindow(Protocol):
    @property
    def organisation_id(self) -> str: ...
    @property
    def serves_organisation_id(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Organisation:
    id: str
    name: str
    name_en: str
    kind: OrganisationKind
    parent_id: str | None


@dataclass(frozen=True, slots=True)
class Window:
    id: str
    name: str
    name_en: str
    organisation_id: str
    kind: WindowKind
    place: str
    serves_organisation_id: str | None = None
    """The town whose people come to this service point of another area (库区移民)."""


@dataclass(frozen=True, slots=True)
class SkillGroup:
    id: str
    name: str
    name_en: str
    organisation_id: str
    letters: str
    """One or two capital letters, unique in the county: the K of ticket K017."""
    general: bool = False


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """One stretch of a week in which an organisation answers calls."""

    organisation_id: str
    weekday: int
    """ISO 8601: Monday is 1, Sunday is 7."""
    opens_minute: int
    closes_minute: int
    """Minutes since midnight in county time; ``closes`` is not open any more, at most 1440."""


NodeT = TypeVar("NodeT", bound=Node)


class OrganisationTree(Generic[NodeT]):
    """The county with everything below it. Built from rows that :func:`tree_problems` passed."""

    def __init__(self, organisations: Iterable[NodeT]) -> None:
        self._by_id = {organisation.id: organisation for organisation in organisations}

    def __getitem__(self, organisation_id: str) -> NodeT:
        return self._by_id[organisation_id]

    def __contains__(self, organisation_id: str) -> bool:
        return organisation_id in self._by_id

    def __iter__(self) -> Iterator[NodeT]:
        return iter(self._by_id.values())

    def line(self, organisation_id: str) -> Iterator[NodeT]:
        """The organisation itself, then its parents up to the county."""
        current: str | None = organisation_id
        while current is not None:
            organisation = self._by_id[current]
            yield organisation
            current = organisation.parent_id

    def town_of(self, organisation_id: str) -> NodeT | None:
        """The town in the organisation's line, itself included; ``None`` at county level."""
        line = self.line(organisation_id)
        return next((o for o in line if o.kind == OrganisationKind.TOWN), None)


@dataclass(frozen=True, slots=True)
class TreeProblem:
    organisation: Node | None
    """The row that is wrong; ``None`` when the whole is."""
    zh: str
    en: str


def tree_problems(organisations: Iterable[Node]) -> list[TreeProblem]:
    """Everything that keeps the rows from being one county's tree; empty when nothing does.

    A cycle needs no search: every kind has parents of a strictly higher kind only.
    """
    rows = list(organisations)
    kinds = {row.id: row.kind for row in rows}
    problems = [problem for row in rows if (problem := _parent_problem(row, kinds))]
    counties = [row for row in rows if row.kind == OrganisationKind.COUNTY]
    if not counties:
        problems.append(TreeProblem(None, "没有县级机构", "There is no county"))
    problems += [
        TreeProblem(row, "县级机构只能有一个", "There must be one county only")
        for row in counties[1:]
    ]
    return problems


def _parent_problem(row: Node, kinds: Mapping[str, str]) -> TreeProblem | None:
    if row.parent_id is None:
        if row.kind == OrganisationKind.COUNTY:
            return None
        return TreeProblem(row, "缺少上级机构", "The parent organisation is missing")
    kind = kinds.get(row.parent_id)
    if kind is None:
        return TreeProblem(
            row,
            f"上级机构“{row.parent_id}”不存在",
            f"The parent organisation “{row.parent_id}” does not exist",
        )
    if kind not in PARENT_KINDS[row.kind]:
        return TreeProblem(
            row,
            f"类型为 {row.kind} 的机构不能隶属于类型为 {kind} 的机构",
            f"An organisation of kind {row.kind} cannot belong to one of kind {kind}",
        )
    return None


def areas_of(window: PlacedWindow, tree: OrganisationTree[NodeT]) -> frozenset[str]:
    """Ids of the towns whose registered residents are at home at this window.

    The town that the window stands in, and at a service point the town it serves.
    """
    own = tree.town_of(window.organisation_id)
    served = window.serves_organisation_id
    return frozenset({own.id} if own else ()) | frozenset({served} if served else ())


def hours_of(
    organisation_id: str,
    hours: Mapping[str, Iterable[Span]],
    tree: OrganisationTree[NodeT],
) -> list[Span]:
    """The hours that hold for an organisation: its own, else those of the next one above it."""
    for organisation in tree.line(organisation_id):
        if rows := list(hours.get(organisation.id, ())):
            return rows
    return []


def is_open_at(hours: Iterable[Span], moment: datetime) -> bool:
    """Whether any of one organisation's ``hours`` covers ``moment`` (aware, any zone)."""
    local = moment.astimezone(COUNTY_TIME)
    minute = local.hour * 60 + local.minute
    return any(
        row.weekday == local.isoweekday() and row.opens_minute <= minute < row.closes_minute
        for row in hours
    )


def next_opening(hours: Iterable[Span], moment: datetime) -> datetime | None:
    """When one organisation opens next: ``moment`` itself if it is open; ``None`` if it never is."""
    rows = list(hours)
    if is_open_at(rows, moment):
        return moment
    local = moment.astimezone(COUNTY_TIME)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    starts = (
        midnight + timedelta(days=day, minutes=row.opens_minute)
        for day in range(8)
        for row in rows
        if row.weekday == (midnight + timedelta(days=day)).isoweekday()
    )
    return min((start for start in starts if start > local), default=None)
