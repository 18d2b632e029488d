"""How likely a case is to be drawn: the table of risk factors. Standard library only.

A case without any factor has the county's share as its chance (``sample_permille``); each factor
adds its weight, and the chance is share × (1 + sum of weights), at most certainty.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from casework.reviews.draw import SURE

NEW_HELPER_MS = 28 * 24 * 3_600_000
BUSY_CASES = 25
"""So many cases of one helper in one period are many."""


class RiskFactor(StrEnum):
    POOR_RATING = "poor_rating"
    COULD_NOT = "could_not"
    LATELY_FLAWED = "lately_flawed"
    """A review of the helper in the last 13 weeks did not find the handling proper."""
    NEW_HELPER = "new_helper"
    BUSY_HELPER = "busy_helper"
    UNRECORDED = "unrecorded"
    LINK_LOST = "link_lost"
    """A call of the case broke off, or its quality fell so far that it was put back."""
    ABSENT_SUBJECT = "absent_subject"
    """The helper alone sat at the window."""


WEIGHTS_TENTHS: Mapping[RiskFactor, int] = {
    RiskFactor.POOR_RATING: 40,
    RiskFactor.COULD_NOT: 30,
    RiskFactor.LATELY_FLAWED: 20,
    RiskFactor.ABSENT_SUBJECT: 20,
    RiskFactor.NEW_HELPER: 10,
    RiskFactor.BUSY_HELPER: 10,
    RiskFactor.UNRECORDED: 10,
    RiskFactor.LINK_LOST: 10,
}
"""In tenths of the share. Refusals and delegated cases are not drawn: each of them is reviewed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRisk:
    """What is known of a case when its period is over."""

    poor_rating: bool = False
    could_not: bool = False
    lately_flawed: bool = False
    absent_subject: bool = False
    helper_since_ms: int = NEW_HELPER_MS
    """How long the helper had been there when the period ended."""
    helper_cases: int = 0
    """Of the case's helper in this period."""
    unrecorded: bool = False
    link_lost: bool = False


def factors(risk: CaseRisk) -> tuple[RiskFactor, ...]:
    holds = {
        RiskFactor.POOR_RATING: risk.poor_rating,
        RiskFactor.COULD_NOT: risk.could_not,
        RiskFactor.LATELY_FLAWED: risk.lately_flawed,
        RiskFactor.NEW_HELPER: risk.helper_since_ms < NEW_HELPER_MS,
        RiskFactor.BUSY_HELPER: risk.helper_cases >= BUSY_CASES,
        RiskFactor.UNRECORDED: risk.unrecorded,
        RiskFactor.LINK_LOST: risk.link_lost,
        RiskFactor.ABSENT_SUBJECT: risk.absent_subject,
    }
    return tuple(factor for factor in RiskFactor if holds[factor])


def chance_permille(sample_permille: int, found: tuple[RiskFactor, ...]) -> int:
    """Whole permille, rounded up: a share above nothing never becomes nothing."""
    tenths = 10 + sum(WEIGHTS_TENTHS[factor] for factor in found)
    return min(SURE, -(-sample_permille * tenths // 10))
