"""Who is in a room, and what they are sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from casework.errors import Forbidden
from casework.vocabulary import ListeningMode, ParticipantKind
from signaling.rooms.link import Link
from signaling.wire.base import CloseCode, Event
from signaling.wire.views import ListenerView, ParticipantView


class RoomPort(Protocol):
    """A client's socket as a room sees it. Neither method waits."""

    def post(self, event: Event) -> None: ...
    def close(self, code: CloseCode) -> None: ...


@dataclass(slots=True)
class Member:
    participant_id: str
    kind: ParticipantKind
    staff_id: str
    name: str
    link: Link
    port: RoomPort | None = None
    joined: bool = False
    """Has been in the call."""
    listener: ListenerView | None = None
    """Of a supervisor: what everybody is shown."""

    def hears(self, sender: "Member") -> bool:
        """Whether the sender's media is for this one: a whisper is for the agent alone."""
        if sender.listener is None or sender.listener.mode is ListeningMode.JOIN:
            return True
        return sender.listener.mode is ListeningMode.WHISPER and self.kind is ParticipantKind.AGENT

    def post(self, event: Event) -> None:
        """Lost while the socket is away: the welcome of the next one tells the state."""
        if self.port is not None:
            self.port.post(event)

    def view(self) -> ParticipantView:
        return ParticipantView(
            id=self.participant_id,
            kind=self.kind,
            name=self.name,
            connected=self.port is not None,
        )

    def must_be(self, *kinds: ParticipantKind) -> None:
        """Raises :class:`Forbidden`."""
        if self.kind not in kinds:
            raise Forbidden("room.role", "您不能进行这项操作")


class Members:
    """The participants, and the resident's screen, which only looks on."""

    def __init__(self) -> None:
        self._by_id: dict[str, Member] = {}
        self.resident: RoomPort | None = None

    def __iter__(self) -> Iterator[Member]:
        return iter(tuple(self._by_id.values()))

    def add(self, member: Member) -> None:
        self._by_id[member.participant_id] = member

    def remove(self, member: Member) -> None:
        self._by_id.pop(member.participant_id, None)

    def get(self, participant_id: str) -> Member | None:
        return self._by_id.get(participant_id)

    def of(self, kind: ParticipantKind, staff_id: str) -> Member | None:
        return next((m for m in self if m.kind is kind and m.staff_id == staff_id), None)

    def broadcast(self, event: Event, *, but: Member | None = None, resident: bool = True) -> None:
        """To everybody present; ``resident``: to the resident's screen, too."""
        for member in self:
            if member is not but:
                member.post(event)
        if resident and self.resident is not None:
            self.resident.post(event)

    def close_ports(self, code: CloseCode) -> None:
        for member in self:
            if member.port is not None:
                member.port.close(code)
                member.port = None
        if self.resident is not None:
            self.resident.close(code)
            self.resident = None
