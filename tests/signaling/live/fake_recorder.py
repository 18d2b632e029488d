"""Says where a recording would be written, and remembers what it was told."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from casework.database import new_id
from signaling.rooms.recorder import RecordedCall, RecordedParticipant, RecordingEnd, TapPlace


@dataclass
class FakeRecorder:
    fails: bool = False
    started: list[tuple[RecordedCall, Sequence[RecordedParticipant]]] = field(default_factory=list)
    closed: list[tuple[str, RecordingEnd, str]] = field(default_factory=list)
    places: dict[str, TapPlace] = field(default_factory=dict)

    async def start(
        self, call: RecordedCall, participants: Sequence[RecordedParticipant]
    ) -> TapPlace | None:
        if self.fails:
            raise OSError("no space left")
        self.started.append((call, participants))
        place = TapPlace(recording_id=new_id(), log_path="/tmp/log", key_base64="A" * 43 + "=")  # noqa: S108
        return self.places.setdefault(call.call_id, place)

    async def close(self, call_id: str, end: RecordingEnd, reason: str = "") -> None:
        self.closed.append((call_id, end, reason))
