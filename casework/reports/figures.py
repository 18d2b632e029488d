"""Every figure of the reports, once: the sum itself here, its name and what it says in
``figure_words.json``.

Pages, bulletins and exports take names and definitions from here. Standard library only. A figure is
``None`` where there is nothing to count it from, which is not the same as nothing having happened.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from casework.vocabulary import FigureGroup, FigureKey, FigureUnit

Counted = Mapping[str, int]
"""Counter of ``report_hours`` → how often; a counter that is left out is zero."""
Sum = Callable[[Counted, int], float | None]
"""From the counters, and the minutes of one way to the county's hall."""
GRADES: Mapping[str, int] = {
    "very_satisfied": 10,
    "satisfied": 8,
    "fair": 6,
    "dissatisfied": 4,
    "very_dissatisfied": 2,
}
"""好差评: points of ten."""
GOOD = ("very_satisfied", "satisfied", "fair")


@dataclass(frozen=True, slots=True)
class Words:
    zh: str
    en: str

    def said(self, language: str) -> str:
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    key: FigureKey
    group: FigureGroup
    unit: FigureUnit
    name: Words
    definition: Words
    counted: Sum
    of_agents: bool = True
    """Whether it can be told by agent: what nobody answered is no agent's."""


def _count(counter: str) -> Sum:
    return lambda counted, _way: counted.get(counter, 0)


def _share(part: str, whole: str, *, times: float = 1.0) -> Sum:
    def share(counted: Counted, _way: int) -> float | None:
        total = counted.get(whole, 0)
        return counted.get(part, 0) / total * times if total else None

    return share


def _rated(counted: Counted, _way: int) -> float:
    return sum(counted.get(grade, 0) for grade in GRADES)


def _good(counted: Counted, way: int) -> float | None:
    rated = _rated(counted, way)
    return sum(counted.get(grade, 0) for grade in GOOD) / rated if rated else None


def _poor(counted: Counted, way: int) -> float:
    return _rated(counted, way) - sum(counted.get(grade, 0) for grade in GOOD)


def _score(counted: Counted, way: int) -> float | None:
    rated = _rated(counted, way)
    points = sum(counted.get(grade, 0) * worth for grade, worth in GRADES.items())
    return points / rated if rated else None


def _time_saved(counted: Counted, way: int) -> float:
    return counted.get("trips", 0) * 2 * way / 60


_WORDS: Mapping[str, Mapping[str, Mapping[str, str]]] = json.loads(
    files("casework.reports").joinpath("figure_words.json").read_text("utf-8")
)
_K, _G, _U = FigureKey, FigureGroup, FigureUnit


def _figure(
    key: FigureKey, group: FigureGroup, unit: FigureUnit, counted: Sum, *, of_agents: bool = True
) -> Figure:
    words = _WORDS[key]
    return Figure(
        key=key,
        group=group,
        unit=unit,
        name=Words(**words["name"]),
        definition=Words(**words["definition"]),
        counted=counted,
        of_agents=of_agents,
    )


FIGURES: Sequence[Figure] = (
    _figure(_K.OPENED, _G.MATTERS, _U.COUNT, _count("opened"), of_agents=False),
    _figure(_K.DELEGATED, _G.MATTERS, _U.COUNT, _count("delegated"), of_agents=False),
    _figure(_K.ACCEPTED, _G.MATTERS, _U.COUNT, _count("accepted")),
    _figure(_K.ACCEPTED_TO_FOLLOW, _G.MATTERS, _U.COUNT, _count("accepted_to_follow")),
    _figure(_K.RETURNED, _G.MATTERS, _U.COUNT, _count("returned")),
    _figure(_K.REFUSED, _G.MATTERS, _U.COUNT, _count("refused"), of_agents=False),
    _figure(_K.REOPENED, _G.MATTERS, _U.COUNT, _count("reopened"), of_agents=False),
    _figure(_K.FINISHED, _G.MATTERS, _U.COUNT, _count("finished")),
    _figure(_K.IMMEDIATE, _G.MATTERS, _U.SHARE, _share("kept_immediate", "finished_immediate")),
    _figure(_K.ONE_CALL, _G.MATTERS, _U.SHARE, _share("finished_once", "finished")),
    _figure(_K.WRONG_WINDOW, _G.MATTERS, _U.SHARE, _share("passed_on", "outcomes")),
    _figure(_K.COULD_NOT, _G.MATTERS, _U.COUNT, _count("could_not"), of_agents=False),
    _figure(_K.OVERDUE, _G.MATTERS, _U.COUNT, _count("overdue"), of_agents=False),
    _figure(_K.WITHDRAWN, _G.MATTERS, _U.COUNT, _count("withdrawn"), of_agents=False),
    _figure(_K.TRIPS, _G.SAVED, _U.COUNT, _count("trips")),
    _figure(_K.TIME_SAVED, _G.SAVED, _U.HOURS, _time_saved),
    _figure(_K.QUEUED, _G.CALLS, _U.COUNT, _count("queued"), of_agents=False),
    _figure(_K.ANSWERED, _G.CALLS, _U.COUNT, _count("answered")),
    _figure(_K.ANSWERED_SOON, _G.CALLS, _U.SHARE, _share("answered_soon", "answered")),
    _figure(_K.MEAN_WAIT, _G.CALLS, _U.MINUTES, _share("wait_ms", "answered", times=1 / 60_000)),
    _figure(_K.ABANDONED, _G.CALLS, _U.COUNT, _count("abandoned"), of_agents=False),
    _figure(_K.CALLS, _G.CALLS, _U.COUNT, _count("calls")),
    _figure(_K.MEAN_TALK, _G.CALLS, _U.MINUTES, _share("talk_ms", "calls", times=1 / 60_000)),
    _figure(_K.RATED, _G.RATINGS, _U.COUNT, _rated),
    _figure(_K.GOOD_RATINGS, _G.RATINGS, _U.SHARE, _good),
    _figure(_K.SCORE, _G.RATINGS, _U.OF_TEN, _score),
    _figure(_K.POOR_RATINGS, _G.RATINGS, _U.COUNT, _poor),
)

Values = Mapping[FigureKey, float | None]


def figures_of(counted: Counted | None, one_way_minutes: int, *, of_agents: bool = False) -> Values:
    """All figures; all ``None`` when there was nothing to count from.

    :param of_agents: the counters are those of agents, or of one.
    """
    return {
        figure.key: None
        if counted is None or (of_agents and not figure.of_agents)
        else figure.counted(counted, one_way_minutes)
        for figure in FIGURES
    }
