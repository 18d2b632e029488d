"""The supervisors in a room: shown to everybody for as long as they are there.

They are no side of the call: it goes on without them, and who loses the socket has left. What is
told to both sides is told before anything is seen or heard; what must not be heard any more is
closed in the relay before anything is told.
"""

from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from casework.errors import Forbidden, ShipinbanError
from casework.tables import Organisation, StaffMember
from casework.vocabulary import ListeningMode, ParticipantKind
from signaling import listening
from signaling.rooms.link import Link
from signaling.rooms.media import EVERYTHING, UpRule
from signaling.rooms.members import Member
from signaling.wire.room import ListenersChanged
from signaling.wire.views import ListenerView

if TYPE_CHECKING:
    from signaling.rooms.room import Room

logger = structlog.get_logger(__name__)


class Listeners:
    """Called by the room's owner only."""

    def __init__(self, room: "Room") -> None:
        self._room = room

    @property
    def shown(self) -> list[ListenerView]:
        return [member.listener for member in self._room.members if member.listener is not None]

    async def seat(self, staff_id: str) -> Member:
        """Lets in who opened the call with a reason, and shows it to everybody.

        Raises :class:`Forbidden` for anybody else, :class:`Conflict` while it only rings.
        """
        room = self._room
        call = room.call
        async with room.context.database.transaction() as session:
            row = await listening.enter_listening(session, call.call_id, staff_id)
            person, unit = (
                await session.execute(
                    select(StaffMember, Organisation)
                    .join(Organisation, Organisation.id == StaffMember.organisation_id)
                    .where(StaffMember.id == staff_id)
                )
            ).one()
            call.log.add(
                session, "listening.begun", staff_id, {"participant_id": row.id, "mode": row.mode}
            )
        settings = room.context.settings
        link = Link(settings.silent_to_lost_s, settings.grace_s, room.context.now_s())
        member = Member(row.id, ParticipantKind.SUPERVISOR, staff_id, person.name, link)
        member.joined = True  # told by what follows, with more than a name
        member.listener = ListenerView(
            participant_id=row.id,
            name=person.name,
            name_en=person.name_en,
            unit_name=unit.name,
            unit_name_en=unit.name_en,
            mode=ListeningMode(row.mode),
            since_ms=row.joined_ms or row.opened_ms,
        )
        room.members.add(member)
        self._tell()
        return member

    def rule_for(self, member: Member) -> UpRule:
        """What the relay takes of what the participant offers.

        Raises :class:`Forbidden` for a supervisor who only listens.
        """
        if member.listener is None:
            return EVERYTHING
        match member.listener.mode:
            case ListeningMode.JOIN:
                return UpRule(voice_only=True)
            case ListeningMode.WHISPER:
                return UpRule(voice_only=True, only_to=self._agent().participant_id)
        raise Forbidden("listening.silent", "旁听时不能发言")

    def _agent(self) -> Member:
        return next(m for m in self._room.members if m.kind is ParticipantKind.AGENT)

    async def change(self, member: Member, mode: ListeningMode) -> None:
        """Raises :class:`Unavailable` while the relay is away: nothing has changed then."""
        if member.listener is None:
            raise Forbidden("room.role", "您不能进行这项操作")
        before = member.listener.mode
        if mode is before:
            return
        room = self._room
        await room.viewing.silence(member)
        async with room.context.database.transaction() as session:
            await listening.change_mode(session, member.participant_id, mode)
            body = {"participant_id": member.participant_id, "from": before, "mode": mode}
            room.call.log.add(session, "listening.changed", member.staff_id, body)
        member.listener = member.listener.model_copy(update={"mode": mode})
        self._tell()

    async def leave(self, member: Member) -> None:
        """At once: first in the relay, then everywhere else."""
        room = self._room
        room.members.remove(member)
        member.port = None
        await room.viewing.part_from(lambda who: who == member.participant_id)
        self._tell()
        await self._end([member.participant_id])

    async def end_all(self) -> None:
        """The call is over, or another edge has lost them."""
        for member in room_supervisors(self._room):
            self._room.members.remove(member)
        async with self._room.context.database.reading() as session:
            left = await listening.still_present(session, self._room.call.call_id)
        await self._end(left)

    async def _end(self, listener_ids: list[str]) -> None:
        room = self._room
        try:
            for listener_id in listener_ids:
                async with room.context.database.transaction() as session:
                    staff_id = await listening.end_listening(session, listener_id)
                    if staff_id is not None:
                        body = {"participant_id": listener_id}
                        room.call.log.add(session, "listening.ended", staff_id, body)
        except (SQLAlchemyError, ShipinbanError):
            logger.exception("listening.end_not_written", call_id=room.call.call_id)

    async def part_from_strangers(self) -> None:
        """The relay may still carry what supervisors of an earlier edge saw or said."""
        known = {member.participant_id for member in self._room.members}
        await self._room.viewing.part_from(lambda who: who not in known)

    def _tell(self) -> None:
        self._room.members.broadcast(ListenersChanged(listeners=self.shown))


def room_supervisors(room: "Room") -> list[Member]:
    return [member for member in room.members if member.kind is ParticipantKind.SUPERVISOR]
