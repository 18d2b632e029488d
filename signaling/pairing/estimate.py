"""How long somebody in the queue will probably wait: a range, or nothing.

Pure arithmetic, standard library only. With ``c`` agents at work and a mean handling time ``m``,
places become free at the rate c/m whoever is with which resident (renewal theory), so the k-th one
comes after k·m/c on average. The spread has three parts: that of the handling times themselves,
that of a mean taken from few samples, and that of what cannot be known (agents who come and go,
people who go before or give up). The range is the middle four fifths of a gamma distribution with
that mean and spread.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pvariance

FEWEST_SERVICES = 8
"""With fewer recent calls than that a range would be a guess."""
FEWEST_AGENTS = 0.25
UNKNOWN = 0.1
"""Spread (relative to the mean) for what cannot be known."""
ONE_TENTH = 1.2816
"""Quantile of the normal distribution: a tenth of all is above."""
STEP_S = 60
LONGEST_S = 4 * 3600
"""Whoever would wait longer than that is told nothing; a call-back serves better."""


@dataclass(frozen=True, slots=True)
class Range:
    from_s: int
    to_s: int


def estimate(
    ahead: int, agents: float, services_s: Sequence[float], *, free: int = 0
) -> Range | None:
    """Between which times the wait will end, in four cases of five; ``None``: too little to say.

    :param ahead: how many are before in the line.
    :param agents: at work for this line; one shared with another line counts in part.
    :param services_s: recent handling times with what lies between two calls, in seconds.
    :param free: agents idle now.
    """
    if agents < FEWEST_AGENTS or len(services_s) < FEWEST_SERVICES:
        return None
    needed = ahead + 1 - free
    if needed <= 0:
        return Range(0, STEP_S)
    mean = fmean(services_s)
    if mean <= 0:
        return None
    shape = 1 / _relative_variance(needed, agents, services_s, mean)
    expected = needed * mean / agents
    low = expected * _gamma_quantile(shape, -ONE_TENTH)
    high = expected * _gamma_quantile(shape, ONE_TENTH)
    from_s = int(low // STEP_S) * STEP_S
    to_s = max(math.ceil(high / STEP_S), from_s // STEP_S + 1) * STEP_S
    return None if to_s > LONGEST_S else Range(from_s, to_s)


def _relative_variance(
    needed: int, agents: float, services_s: Sequence[float], mean: float
) -> float:
    """Variance of the wait over its squared mean."""
    squared_cv = pvariance(services_s, mean) / mean**2
    # Over a short time the completions of several agents come like rain (Palm–Khintchine); over a
    # long one each agent's own regularity shows: in between by the completions an agent has made.
    like_rain = 1 / (1 + needed / agents)
    per_completion = like_rain + (1 - like_rain) * squared_cv
    return per_completion / needed + squared_cv / len(services_s) + UNKNOWN**2


def _gamma_quantile(shape: float, normal_quantile: float) -> float:
    """Of a gamma distribution with mean 1 (Wilson and Hilferty, 1931)."""
    ninth = 1 / (9 * shape)
    return max(0.0, 1 - ninth + normal_quantile * math.sqrt(ninth)) ** 3
