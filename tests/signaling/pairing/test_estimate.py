"""The estimate, and how far it is off in simulated days."""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import fmean, median

import pytest

from signaling.pairing.estimate import FEWEST_SERVICES, Range, estimate
from tests.figures import count, write_figures

DAY_S = 5 * 3600.0
MEAN_CALL_S = 420.0
AFTER_S = (5.0, 60.0)
"""Between the end of a call and the next one."""
WRAP_UP_S = 60.0
"""As the rule allows it: what the system reckons with."""
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
    told: list[tuple[Range, float]] = field(default_factory=list)
    """What was said, and how long it took."""
    untold: int = 0
    now_s: float = 0.0
    at_work: int = 0
    idle: int = 0
    waiting: list[tuple[float, float, Range | None]] = field(default_factory=list)
    """Effective arrival, arrival, what was said; the head first."""
    recent_s: list[float] = field(default_factory=list)
    agenda: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)

    def run(self) -> None:
        self.at_work = self.idle = self.agents
        self.later(self.next_arrival_s(), self.arrive)
        for _ in range(self.agents):
            self.later(self.chance.uniform(0, DAY_S), self.take_break)
        while self.agenda:
            self.now_s, _, event = heapq.heappop(self.agenda)
            event()
            while self.idle and self.waiting:
                self.serve(*self.waiting.pop(0))

    def later(self, after_s: float, event: Callable[[], None]) -> None:
        tie = self.chance.getrandbits(40)
        heapq.heappush(self.agenda, (self.now_s + after_s, tie, event))

    def next_arrival_s(self) -> float:
        handling_s = MEAN_CALL_S + sum(AFTER_S) / 2
        return self.chance.expovariate(self.load * self.agents / handling_s)

    def arrive(self) -> None:
        if self.now_s > DAY_S:
            return
        self.later(self.next_arrival_s(), self.arrive)
        effective_s = self.now_s - (600 if self.chance.random() < 0.2 else 0)
        ahead = sum(1 for other in self.waiting if other[0] <= effective_s)
        services = [call_s + WRAP_UP_S for call_s in self.recent_s[-40:]]
        said = estimate(ahead, self.at_work, services, free=self.idle)
        self.waiting.insert(ahead, (effective_s, self.now_s, said))

    def serve(self, _effective_s: float, arrived_s: float, said: Range | None) -> None:
        """A log-normal call (coefficient of variation 0.7), and what lies behind it."""
        if said is None:
            self.untold += 1
        else:
            self.told.append((said, self.now_s - arrived_s))
        self.idle -= 1
        call_s = self.chance.lognormvariate(0, 0.63) * MEAN_CALL_S / 1.22
        self.later(call_s, lambda: self.recent_s.append(call_s))
        self.later(call_s + self.chance.uniform(*AFTER_S), self.be_free)

    def be_free(self) -> None:
        self.idle += 1

    def take_break(self) -> None:
        if self.at_work > 1 and self.idle:
            self.idle, self.at_work = self.idle - 1, self.at_work - 1
            self.later(900, self.come_back)

    def come_back(self) -> None:
        self.idle, self.at_work = self.idle + 1, self.at_work + 1


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
        assert within >= 0.75, "the range should hold four times in five"
        assert late <= 0.15
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
