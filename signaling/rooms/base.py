"""What rooms of calls and check rooms share: members, media, a mailbox, one owner."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog

from casework.errors import Forbidden, Unavailable
from casework.sign_in import SignedIn
from casework.vocabulary import ParticipantKind
from signaling.relay.control import ConnectionReport, ConnectionState, Held, TapFailed
from signaling.rooms.context import RoomContext
from signaling.rooms.mailbox import Mailbox
from signaling.rooms.media import RoomMedia
from signaling.rooms.members import Member, Members, RoomPort
from signaling.rooms.viewing import Viewing
from signaling.wire.base import CloseCode

logger = structlog.get_logger(__name__)


class MediaRoom(ABC):
    """All methods but :meth:`run` are called by the owner: through the mailbox."""

    def __init__(self, context: RoomContext, room_id: str, *, echo: bool = False) -> None:
        self.context = context
        self.room_id = room_id
        self.mailbox = Mailbox(context.settings.mailbox)
        self.members = Members()
        self.media = RoomMedia(context.relay, room_id, context.settings.max_up_bitrate_bps)
        self.viewing = Viewing(self.media, self.members, echo=echo)
        self.over = False
        self.closed = asyncio.Event()
        """Set when its owner has ended."""

    @abstractmethod
    async def run(self) -> None:
        """Owns the room until it is over."""

    @abstractmethod
    async def enter(
        self, kind: ParticipantKind, staff_id: str, name: str, port: RoomPort, has: Sequence[str]
    ) -> Member:
        """A page said hello with a token; ``has``: the down connections that it still has."""

    @abstractmethod
    def start_bitrate_bps(self, member: Member) -> int: ...

    async def leave(self, port: RoomPort) -> None:
        """A socket closed. Whoever has come with a newer one stays."""
        if self.members.resident is port:
            self.members.resident = None
        for member in self.members:
            if member.port is port:
                member.port = None
                member.link.socket_closed(self.context.now_s())

    async def close(self, code: CloseCode) -> None:
        self.over = True
        self.members.close_ports(code)
        with suppress(Unavailable):  # a relay that comes back is told which rooms there are
            await self.media.close()

    async def take_connection(self, report: ConnectionReport) -> None:
        if report.state is ConnectionState.CLOSED:
            await self.viewing.lost(report.connection_id)

    async def take_tap_failure(self, report: TapFailed) -> None:
        """Only what is recorded can fail to be."""
        logger.warning("room.not_recorded", room_id=self.room_id, reason=report.reason)

    async def reconcile(self, held: Held) -> None:
        """The relay is there, for the first time or again."""
        await self.media.open()
        await self.viewing.reconcile(held)


RoomT_co = TypeVar("RoomT_co", bound=MediaRoom, covariant=True)


@dataclass(frozen=True, slots=True)
class Seat(Generic[RoomT_co]):
    """One client's place in a room."""

    room: RoomT_co
    participant: Member | None
    """``None``: the resident's screen."""
    person: SignedIn | None = None
    """Whose sign-in the socket rests on."""

    @property
    def signed_in(self) -> SignedIn:
        """Raises :class:`Forbidden` when nobody is, as in a check room's echo."""
        if self.person is None:
            raise Forbidden("room.role", "您不能进行这项操作")
        return self.person

    @property
    def member(self) -> Member:
        """Raises :class:`Forbidden` for the resident's screen, which only looks on."""
        if self.participant is None:
            raise Forbidden("room.role", "您不能进行这项操作")
        return self.participant
