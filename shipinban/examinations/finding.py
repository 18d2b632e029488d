"""What a check answers."""

from dataclasses import dataclass
from enum import StrEnum

DEADLINE_S = 3.0
"""The longest that a check waits for something outside."""


class Health(StrEnum):
    OK = "ok"
    WARN = "warn"
    """Works, but will not under load, or for long."""
    FAIL = "fail"
    """Something does not work."""


@dataclass(frozen=True)
class Finding:
    """``seen`` is what was found, as a sentence; ``advice`` what to do, empty when all is well."""

    health: Health
    seen: str
    advice: str = ""

    @classmethod
    def ok(cls, seen: str) -> "Finding":
        return cls(Health.OK, seen)

    @classmethod
    def warn(cls, seen: str, advice: str) -> "Finding":
        return cls(Health.WARN, seen, advice)

    @classmethod
    def fail(cls, seen: str, advice: str) -> "Finding":
        return cls(Health.FAIL, seen, advice)
