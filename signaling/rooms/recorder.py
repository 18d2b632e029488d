"""What a room asks of whoever records its call; :mod:`shipinban` joins the two.

A room knows no files and no keys: it is told which tap the relay should open, and says when to stop.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class RecordingEnd(StrEnum):
    CALL_ENDED = "call_ended"
    CALL_LOST = "call_lost"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RecordedCall:
    call_id: str
    county_id: str
    room_id: str
    home_organisation_id: str
    county_organisation_id: str
    started_ms: int
    started_monotonic_us: int
    """Zero of the call's clock: the node's CLOCK_MONOTONIC."""


@dataclass(frozen=True, slots=True)
class RecordedParticipant:
    participant_id: str
    kind: str
    staff_id: str | None


@dataclass(frozen=True, slots=True)
class TapPlace:
    """Where the relay writes the packet log: the fields of :class:`~signaling.relay.control.TapOpen`."""

    recording_id: str
    log_path: str
    key_base64: str


class CallRecorder(Protocol):
    async def start(
        self, call: RecordedCall, participants: Sequence[RecordedParticipant]
    ) -> TapPlace | None:
        """Begins the recording, or continues it after a restart (same call, same recording).

        ``None``: this installation records nothing. Raises our errors or ``OSError``: the call
        goes on unrecorded and both sides are told.
        """

    async def close(self, call_id: str, end: RecordingEnd, reason: str = "") -> None:
        """No more packets come. Returns soon: sealing is not waited for."""
