"""The estimate, and how far it is off in simulated days."""

import heapq
import random
from dataclasses import dataclass, field
from statistics import fmean, median

import pytest

from signaling.pairing.estimate import FEWEST_SERVICES, Range, estimate
from tests.figures import count, write_figures

STEADY = [300.0, 280.0, 320.0, 290.0, 310.0, 305.0, 295.0, 300.0]


def test_too_little_to_go_by_gives_no_estimate() -> None:
    assert estimate(3, 2, STEADY[: FEWEST_SERVICES - 1]) is None
    assert estimate(3, 0, STEADY) is None
    assert estimate(500, 1, STEADY) is None, "hours away: a call-back serves better"


def test_a_free_agent_means_at_once() -> None:
    assert estimate(0, 2, STEADY, free=1) == Range(0, 60)


def test_the_range_holds_the_plain_calculation_and_widens_with_irregular_calls() -> None:
    steady = estimate(3, 2, STEADY)
    wild = estimate(3, 2, [60.0, 900.0, 120.0, 700.0, 30.0, 200.0, 90.0, 300.0])
    assert steady is not None
    assert wild is not None
    assert steady.from_s < 4 * 300 / 2 < steady.to_s
    relative = [(r.to_s - r.from_s) / (r.to_s + r.from_s) for r in (steady, wild)]
    assert relative[0] < relative[1]


def test_more_ahead_is_later_and_more_agents_sooner() -> None:
    first, last, helped = estimate(2, 3, STEADY), estimate(9, 3, STEADY), estimate(9, 6, STEADY)
    assert first is not None
    assert last is not None
    assert helped is not None
    assert first.from_s < last.from_s
    assert helped.to_s < last.to_s


@dataclass
class Day:
    """One line of the queue on one day: arrivals, agents who come and go, calls, wrap-ups."""

    agents: int
    load: float
    chance: random.Random
    hours: float = 5.0
    mean_call_s: float = 420.0
    told: list[tuple[Range, float]] = field(default_factory=list)
    untold: int = 0

    def handling_s(self) -> tuple[float, float]:
        """A call (log-normal, coefficient of variation 0.7) and what lies behind it."""
        call_s = self.chance.lognormvariate(0, 0.63) * self.mean_call_s / 1.22
        return call_s, self.chance.uniform(5, 60)

    def run(self) -> None:
        mean_s = self.mean_call_s + 32
        rate = self.load * self.agents / mean_s
        waiting: list[tuple[float, float, float]] = []  # effective arrival, arrival, index
        promises: dict[float, Range | None] = {}
        recent: list[float] = []
        idle = self.agents
        absent = 0
        events: list[tuple[float, str, float]] = [(self.chance.expovariate(rate), "arrive", 0)]
        events += [
            (self.chance.uniform(0, self.hours * 3600), "break", 0) for _ in range(self.agents)
        ]
        heapq.heapify(events)
        while events:
            now_s, what, number = heapq.heappop(events)
            if what == "arrive" and now_s < self.hours * 3600:
                bonus_s = 600 if self.chance.random() < 0.2 else 0
                heapq.heappush(waiting, (now_s - bonus_s, now_s, number))
                ahead = sum(1 for other in waiting if other < (now_s - bonus_s, now_s, number))
                promises[number] = estimate(
                    ahead, self.agents - absent, [r + 60 for r in recent[-40:]], free=idle
                )
                later_s = now_s + self.chance.expovariate(rate)
                heapq.heappush(events, (later_s, "arrive", number + 1))
            elif what == "over":
                recent.append(number)
                continue
            elif what == "break" and self.agents - absent > 1 and idle > 0:
                idle, absent = idle - 1, absent + 1
                heapq.heappush(events, (now_s + 900, "back", 0))
            elif what == "back":
                idle, absent = idle + 1, absent - 1
            elif what == "free":
                idle += 1
            while idle and waiting:
                _, arrived_s, ticket = heapq.heappop(waiting)
                idle -= 1
                call_s, after_s = self.handling_s()
                heapq.heappush(events, (now_s + call_s, "over", call_s))
                heapq.heappush(events, (now_s + call_s + after_s, "free", 0))
                self._remember(promises[ticket], now_s - arrived_s)

    def _remember(self, promise: Range | None, waited_s: float) -> None:
        if promise is None:
            self.untold += 1
        else:
            self.told.append((promise, waited_s))


@pytest.mark.proof
def test_the_simulated_error_is_small_enough_to_be_honest() -> None:
    rows = []
    for agents, load in ((1, 0.8), (2, 0.9), (4, 0.95), (8, 1.0)):
        days = [Day(agents, load, random.Random(seed)) for seed in range(count(200, 25))]
        for day in days:
            day.run()
        told = [pair for day in days for pair in day.told if pair[0].to_s > 60 or pair[0].from_s]
        within = fmean(promise.from_s <= waited <= promise.to_s for promise, waited in told)
        late = fmean(waited > promise.to_s for promise, waited in told)
        middle = [abs((p.from_s + p.to_s) / 2 - waited) for p, waited in told]
        width = median(promise.to_s - promise.from_s for promise, _ in told)
        untold = sum(day.untold for day in days)
        rows.append([agents, load, len(told), untold, within, late, median(middle), width])
        assert within >= 0.65, "the range should hold four times in five"
        assert late <= 0.25
    write_figures(
        "queue-estimate",
        "Waiting-time estimate against simulated days",
        [
            "agents",
            "load",
            "estimates given",
            "none given",
            "wait within the range",
            "wait longer",
            "median error of the middle, s",
            "median width, s",
        ],
        rows,
        note="Log-normal calls of 7 minutes, wrap-ups, breaks, one in five with priority.",
    )
