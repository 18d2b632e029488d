"""Recordings kept, protected and let go: terms, holds, who watched, the store, masked numbers."""

from typing import Annotated, Literal

from pydantic import Field

from casework.vocabulary import (
    AccountableLine,
    ListeningMode,
    RetentionChangeState,
    RetentionClass,
    StoragePlace,
    ViewKind,
)
from signaling.wire.base import Id, ShortText, Wire

Reason = Annotated[str, Field(min_length=2, max_length=200)]
Years = Annotated[int, Field(ge=1, le=100)]


class TermGiven(Wire):
    """A longer term counts at once; a shorter one waits for the security administrator."""

    retention_class: RetentionClass
    years: Years
    reason: Reason


class TermTaken(Wire):
    counts: bool
    """``false``: it is a proposal."""


class ChangeDecided(Wire):
    approved: bool


class TermView(Wire):
    retention_class: RetentionClass
    years: int | None
    """``null``: kept for ever."""


class RetentionChangeView(Wire):
    id: Id
    retention_class: RetentionClass
    from_years: int
    to_years: int
    reason: str
    state: RetentionChangeState
    proposed_by_name: str
    proposed_by_name_en: str
    proposed_ms: int
    decided_by_name: str | None
    decided_ms: int | None


class RetentionView(Wire):
    terms: list[TermView]
    changes: list[RetentionChangeView]
    """Open ones, and those of late."""


class HoldGiven(Wire):
    reason: Reason


class HoldView(Wire):
    id: Id
    call_id: Id
    call_label: str
    home_organisation_name: str
    home_organisation_name_en: str
    line: AccountableLine
    mine: bool
    """The asking person's line placed it, and may lift it."""
    reason: str
    placed_by_name: str
    placed_by_name_en: str
    placed_ms: int
    lifted_ms: int | None
    lift_reason: str


class HoldList(Wire):
    holds: list[HoldView]


class TombstoneView(Wire):
    """What is left of a recording that was let go."""

    recording_id: Id
    expired_ms: int
    retention_class: RetentionClass
    document: str
    """Canonical JSON; what was signed."""
    signature: Annotated[str, Field(max_length=200)]
    """Ed25519, hexadecimal."""
    public_key: Annotated[str, Field(max_length=200)]


class WatchedView(Wire):
    view_id: Id
    kind: ViewKind
    staff_name: str
    staff_name_en: str
    organisation_name: str
    organisation_name_en: str
    reason: str
    opened_ms: int
    last_served_ms: int | None
    served_bytes: int
    """Each byte counted once."""


class ListenedView(Wire):
    """A supervisor who was in the call while it went on."""

    id: Id
    staff_name: str
    staff_name_en: str
    organisation_name: str
    organisation_name_en: str
    modes: list[ListeningMode]
    """In the order in which they were taken up; none of them twice in a row."""
    reason: str
    joined_ms: int
    ended_ms: int | None
    """``null``: still there."""


class CallKeeping(Wire):
    """How long a call's recording is kept, what holds it, who watched it, what is left of it."""

    retention_class: RetentionClass | None
    """``null`` without a recording."""
    kept_until_ms: int | None
    """``null``: for ever, or not ended yet."""
    place: StoragePlace | None
    holds: list[HoldView]
    other_holds: int
    """Of ratings, reports and reviews that are not closed yet."""
    watched: list[WatchedView]
    listened: list[ListenedView]
    tombstones: list[TombstoneView]


class StillTaken(Wire):
    stream_id: Id
    position_ms: Annotated[int, Field(ge=0, le=86_400_000)]


class RevealAsked(Wire):
    field: Literal["id_number", "phone"]
    reason: Reason


class RevealedNumber(Wire):
    """Shown whole; who asked, and why, is on record."""

    value: ShortText


class StorageProblem(Wire):
    recording_id: Id
    node_id: str
    waiting_since_ms: int
    problem: str


class StorageView(Wire):
    """The store as the rows know it; counts recordings, names no call."""

    store: str
    """Its address without keys; empty: recordings stay in the archive folder."""
    places: dict[StoragePlace, int]
    waiting: int
    """Sealed and not in the store yet, where there is one."""
    oldest_waiting_ms: int | None
    problems: list[StorageProblem]
    free_bytes: int
    """In this node's archive folder."""
