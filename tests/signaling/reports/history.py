"""Random histories of matters, and what they count to: told apart from the SQL that counts them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from casework.vocabulary import Outcome, RatingGrade

HOUR, DAY = 3_600_000, 86_400_000
OUTCOMES = tuple(Outcome)
HELPED = {"advice_given", "guided", "received", "accepted", "accepted_to_follow"}
GRADES = tuple(RatingGrade)


@dataclass(frozen=True)
class Places:
    """Ids that exist in the county; windows and items are told by their position."""

    homes: Sequence[str]
    """Of the window at the same position."""
    windows: Sequence[str]
    items: Sequence[str]
    immediate: Sequence[bool]
    """Of the item at the same position."""
    agents: Sequence[str]


@dataclass
class TakenCall:
    started_ms: int
    ended_ms: int
    agent: str
    grade: RatingGrade | None = None
    rated_ms: int = 0


@dataclass
class Visit:
    arrived_ms: int
    county_level: bool
    call_back: bool
    calls: list[TakenCall] = field(default_factory=list)
    cancelled_ms: int | None = None


@dataclass
class Event:
    kind: str
    at_ms: int
    agent: str | None = None
    outcome: Outcome | None = None
    visit: Visit | None = None
    """In whose last call."""


@dataclass
class Matter:
    window: int
    item: int
    delegated: bool
    created_ms: int
    visits: list[Visit] = field(default_factory=list)
    joined: Visit | None = None
    """A matter that came up in another one's visit."""
    events: list[Event] = field(default_factory=list)
    could_not_ms: int | None = None


def matters(
    random: Random,
    places: Places,
    from_ms: int,
    span_ms: int,
    count: int,
    end_ms: int | None = None,
) -> list[Matter]:
    """Begun within the span, some of them sharing a call; nothing is later than the end, which is
    the span's unless another is given."""
    end_ms = from_ms + span_ms if end_ms is None else end_ms
    made: list[Matter] = []
    for _ in range(count):
        matter = _matter(random, places, from_ms + random.randrange(span_ms), end_ms)
        made.append(matter)
        if matter.visits and matter.visits[0].calls and random.random() < 0.2:
            made.append(_joined(random, places, matter, end_ms))
    return made


def _matter(random: Random, places: Places, at_ms: int, end_ms: int) -> Matter:
    made = Matter(
        window=random.randrange(len(places.windows)),
        item=random.randrange(len(places.items)),
        delegated=random.random() < 0.3,
        created_ms=at_ms,
    )
    for _ in range(random.choice((0, 1, 1, 1, 2))):
        at_ms += random.randrange(1, 6 * HOUR)
        visit = _visit(random, places, at_ms)
        made.visits.append(visit)
        if visit.calls:
            at_ms = visit.calls[-1].ended_ms + random.randrange(600_000)
            outcome = random.choice(OUTCOMES)
            made.events.append(Event("outcome.given", at_ms, visit.calls[-1].agent, outcome, visit))
    _later(random, places, made, at_ms)
    _cut(made, end_ms)
    return made


def _visit(random: Random, places: Places, at_ms: int) -> Visit:
    visit = Visit(at_ms, random.random() < 0.7, random.random() < 0.2)
    for _ in range(random.choice((0, 1, 1, 1, 2))):
        at_ms += random.choice((1, 59_999, 60_000, 60_001, random.randrange(1, HOUR)))
        call = TakenCall(at_ms, at_ms + random.randrange(HOUR), random.choice(places.agents))
        visit.calls.append(call)
        at_ms = call.ended_ms + 1
        if random.random() < 0.5:
            call.grade = random.choice(GRADES)
            call.rated_ms = call.ended_ms + random.choice((0, 900_000, 2 * DAY))
    if random.random() < (0.2 if visit.calls else 0.9):
        visit.cancelled_ms = at_ms + random.randrange(HOUR)
    return visit


def _later(random: Random, places: Places, matter: Matter, at_ms: int) -> None:
    kinds = (
        "case.accepted", "case.accepted_to_follow", "case.returned", "case.refused",
        "case.reopened", "case.withdrawn", "case.overdue", "case.finished", "case.suspended",
    )  # fmt: skip
    for kind in random.sample(kinds, random.randrange(4)):
        at_ms += random.randrange(2 * DAY)
        agent = random.choice(places.agents) if kind != "case.overdue" else None
        matter.events.append(Event(kind, at_ms, agent))
    if random.random() < 0.1:
        matter.could_not_ms = at_ms + 1


def _joined(random: Random, places: Places, first: Matter, end_ms: int) -> Matter:
    visit = first.visits[0]
    last = visit.calls[-1]
    made = Matter(first.window, random.randrange(len(places.items)), False, last.started_ms)
    made.joined = visit
    at_ms = last.ended_ms + random.randrange(600_000)
    made.events.append(Event("outcome.given", at_ms, last.agent, random.choice(OUTCOMES), visit))
    _cut(made, end_ms)
    return made


def _cut(matter: Matter, end_ms: int) -> None:
    """What would be in the future has not happened."""
    matter.created_ms = min(matter.created_ms, end_ms - 1)
    matter.visits = [
        visit
        for visit in matter.visits
        if visit.arrived_ms < end_ms
        and all(call.ended_ms < end_ms for call in visit.calls)
        and (visit.cancelled_ms or 0) < end_ms
    ]
    for visit in matter.visits:
        for call in visit.calls:
            if call.rated_ms >= end_ms:
                call.grade = None
    kept = [id(visit) for visit in (*matter.visits, matter.joined)]
    matter.events = [
        event
        for event in matter.events
        if event.at_ms < end_ms and (event.visit is None or id(event.visit) in kept)
    ]
    if matter.could_not_ms is not None and matter.could_not_ms >= end_ms:
        matter.could_not_ms = None


# --- what it counts to ----------------------------------------------------------------------

Key = tuple[int, str, str, str, str]
"""Hour, home organisation, window, item, agent."""


def expected(
    story: Sequence[Matter], places: Places, until_ms: int = 10**18
) -> Mapping[Key, Mapping[str, int]]:
    """Without zeros."""
    cells: dict[Key, Counter[str]] = defaultdict(Counter)
    tripped: set[int] = set()

    def note(matter: Matter, at_ms: int, agent: str | None, **counts: int) -> None:
        if at_ms >= until_ms:
            return
        key = (
            at_ms // HOUR * HOUR, places.homes[matter.window], places.windows[matter.window],
            places.items[matter.item], agent or "",
        )  # fmt: skip
        cells[key].update(counts)

    for matter in story:
        note(matter, matter.created_ms, None, opened=1, delegated=int(matter.delegated))
        for visit in matter.visits:
            _note_visit(matter, visit, note)
        for event in matter.events:
            _note_event(matter, event, places, note)
        if matter.could_not_ms is not None:
            note(matter, matter.could_not_ms, None, could_not=1)
    helped = (
        (event.at_ms, position, event, matter)
        for position, matter in enumerate(story)
        for event in matter.events
        if event.outcome in HELPED and event.visit is not None and event.visit.county_level
    )
    for at_ms, _, event, matter in sorted(helped, key=lambda one: one[:2]):
        if id(event.visit) not in tripped:
            tripped.add(id(event.visit))
            note(matter, at_ms, event.agent, trips=1)
    tidy = {key: {n: c for n, c in counts.items() if c} for key, counts in cells.items()}
    return {key: counts for key, counts in tidy.items() if counts}


def _note_visit(matter: Matter, visit: Visit, note: object) -> None:
    assert callable(note)
    if not visit.call_back:
        note(matter, visit.arrived_ms, None, queued=1)
        if visit.calls:
            first = visit.calls[0]
            wait_ms = first.started_ms - visit.arrived_ms
            note(
                matter, first.started_ms, first.agent,
                answered=1, answered_soon=int(wait_ms <= 60_000), wait_ms=wait_ms,
            )  # fmt: skip
        elif visit.cancelled_ms is not None:
            note(matter, visit.cancelled_ms, None, abandoned=1)
    for call in visit.calls:
        length_ms = call.ended_ms - call.started_ms
        note(matter, call.ended_ms, call.agent, calls=1, talk_ms=length_ms)
        if call.grade is not None:
            note(matter, call.rated_ms, call.agent, **{call.grade.value: 1})


def _note_event(matter: Matter, event: Event, places: Places, note: object) -> None:
    assert callable(note)
    kind = event.kind.removeprefix("case.")
    if event.outcome is not None:
        counts = {"outcomes": 1}
        if event.outcome in ("accepted", "accepted_to_follow", "returned", "passed_on"):
            counts[event.outcome.value] = 1
        note(matter, event.at_ms, event.agent, **counts)
    elif kind in ("accepted", "accepted_to_follow", "returned"):
        note(matter, event.at_ms, event.agent, **{kind: 1})
    elif kind in ("refused", "reopened", "withdrawn", "overdue"):
        note(matter, event.at_ms, None, **{kind: 1})
    elif kind == "finished":
        immediate = places.immediate[matter.item]
        same_day = (matter.created_ms + 8 * HOUR) // DAY == (event.at_ms + 8 * HOUR) // DAY
        visits = [*matter.visits, *([matter.joined] if matter.joined else [])]
        held = [
            one
            for one in visits
            # Of a visit that was joined, its last call alone is about the matter.
            if any(
                call.started_ms <= event.at_ms
                for call in (one.calls if one is not matter.joined else one.calls[-1:])
            )
        ]
        note(
            matter, event.at_ms, event.agent,
            finished=1, finished_immediate=int(immediate),
            kept_immediate=int(immediate and same_day), finished_once=int(len(held) == 1),
        )  # fmt: skip


def days(from_ms: int, to_ms: int) -> Iterator[int]:
    """The starts of the county days of a span that begins with one."""
    return iter(range(from_ms, to_ms, DAY))
