"""What a check finds wrong, and where."""

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What of the evidence a fault is in."""

    BUNDLE = "bundle"
    """The exported archive as a file."""
    KEYS = "keys"
    CHAIN = "chain"
    EVENT = "event"
    STREAM = "stream"
    MANIFEST = "manifest"
    JOURNAL = "journal"
    EXPORT = "export"
    """The record of who exported and why."""
    PAGE = "page"
    """A page that was taken in the call."""
    FORM = "form"
    """A version of a form as it was shown."""
    SIGNATURE = "signature"
    STATEMENT = "statement"
    """The page for people."""


@dataclass(frozen=True, slots=True)
class Fault:
    part: Part
    place: str
    """Such as ``link 17`` or ``aa/document, bytes 8192–70311, 0:12.0–0:14.0``."""
    what: str

    def __str__(self) -> str:
        return f"{self.part}: {self.place}: {self.what}"


def clock(at_ms: int) -> str:
    """Minutes, seconds and tenths; with a minus before the call began."""
    minutes, rest = divmod(abs(at_ms), 60_000)
    sign = "-" if at_ms < 0 else ""
    return f"{sign}{minutes}:{rest // 1_000:02}.{rest % 1_000 // 100}"
