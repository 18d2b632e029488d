"""The duty socket: queue, presence, offers. Shows a person what changes in the rows.

Whatever a use case changes, it wakes topics; the socket then reads its state anew, as it does on a
timer, and sends what differs from what it showed last. So nothing has to be told twice, and a
missed wake-up costs a delay only.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from casework.database import new_id
from casework.errors import ShipinbanError
from casework.sign_in import SignedIn, keep_alive
from casework.vocabulary import ParticipantKind
from signaling.edge.sockets.base import CommandSocket, SocketClosed, server_ms
from signaling.edge.sockets.context import SocketContext
from signaling.edge.sockets.resume import Kept
from signaling.rooms.tokens import Admission, issue_token
from signaling.wire.base import CloseCode, Event
from signaling.wire.duty import Hello, Welcome
from signaling.wire.views import RoomAddress

KEEP_ALIVE_S = 60.0

logger = structlog.get_logger(__name__)


class DutySocket(CommandSocket[Hello]):
    hello_schema = Hello

    def __init__(self, context: SocketContext, person: SignedIn) -> None:
        super().__init__(context.limits)
        self.context = context
        self.person = person
        self.socket_id = new_id()
        self._commanded = True
        self.shown: Any = None
        """What the client was shown last; ``None``: nothing yet."""

    # --- for subclasses ------------------------------------------------------------------------

    @property
    @abstractmethod
    def topics(self) -> Sequence[str]:
        """What wakes this socket."""

    @abstractmethod
    async def attach(self) -> None:
        """This socket counts from now on. Raises our errors."""

    @abstractmethod
    async def detach(self) -> None:
        """It no longer does, unless a newer one has taken over."""

    @property
    @abstractmethod
    def at_work(self) -> bool:
        """Whether the page is in use although nobody touches it: on duty, or waiting."""

    @abstractmethod
    async def look(self) -> None:
        """Reads the state, posts what differs from :attr:`shown`, and keeps it."""

    # --- the life of a socket ------------------------------------------------------------------

    @property
    def sign_in_id(self) -> str:
        return self.person.sign_in_id

    def check_allowed(self) -> None:
        if self.context.presence.has_ended(self.sign_in_id):
            raise SocketClosed(CloseCode.SIGNED_OUT)
        self._commanded = True

    @property
    def _in_use(self) -> bool:
        """An open page alone does not keep a sign-in from running out."""
        return self._commanded or self.at_work

    async def greet(self, hello: Hello) -> None:
        if self.context.presence.draining:
            raise SocketClosed(CloseCode.DRAINING)
        resumed = self._resume(hello)
        await self.attach()
        self.context.presence.enter(self)
        self.post(
            Welcome(
                socket_id=self.socket_id,
                node_id=self.context.node_id,
                surface=self.person.surface,
                staff_id=self.person.staff_id,
                resumed=resumed,
                server_ms=server_ms(),
            )
        )
        await self.look()

    def _resume(self, hello: Hello) -> bool:
        """Takes up what a closed socket left, if it is still kept and the client may have it."""
        if hello.resume is None:
            return False
        kept = self.context.resumable.take(hello.resume.socket_id, self.sign_in_id)
        if kept is None or not self.outbox.resume(kept.outbox, hello.resume.last_seq):
            return False
        self.socket_id = hello.resume.socket_id
        self.shown = kept.shown
        return True

    async def attend(self) -> None:
        kept_s = self.now_s()
        with self.context.bus.subscribe(*self.topics) as woken:
            while True:
                await woken.wait(self.limits.look_again_s)
                try:
                    await self.look()
                    if self._in_use and self.now_s() - kept_s >= KEEP_ALIVE_S:
                        kept_s = self.now_s()
                        self._commanded = False
                        await keep_alive(self.context.database, self.sign_in_id)
                except (SQLAlchemyError, TimeoutError, ShipinbanError) as error:
                    logger.warning("duty.not_read", reason=repr(error))

    async def leave(self) -> None:
        self.context.presence.leave(self)
        kept = Kept(self.sign_in_id, self.outbox, self.shown)
        self.context.resumable.keep(self.socket_id, kept)
        await self.detach()

    # --- rooms ---------------------------------------------------------------------------------

    async def admit(self, ticket_id: str, kind: ParticipantKind, node_id: str) -> RoomAddress:
        """A fresh token for the room of a ticket; who may have one is asked before."""
        async with self.context.database.transaction() as session:
            return await issue_token(
                session,
                county_id=self.person.county_id,
                admission=Admission(ticket_id, self.person.staff_id, kind),
                node_id=node_id,
                lifetime_ms=self.context.rooms.context.settings.token_lifetime_ms,
            )

    def post_all(self, events: Sequence[Event]) -> None:
        for event in events:
            self.post(event)
