"""A room for the device check: a participant sees and hears the own media, for a few seconds.

It has no ticket and no call, records nothing, and closes by itself.
"""

import time
from collections.abc import Sequence
from contextlib import suppress

from casework.database import new_id
from casework.errors import Unavailable
from casework.vocabulary import ParticipantKind
from signaling.rooms.base import MediaRoom, Seat
from signaling.rooms.bitrate import HIGHEST_BPS
from signaling.rooms.context import RoomContext
from signaling.rooms.ice_servers import ice_servers
from signaling.rooms.link import Link
from signaling.rooms.media_commands import (
    handle_down_answer,
    handle_down_restart,
    handle_up_offer,
)
from signaling.rooms.members import Member, RoomPort
from signaling.wire.base import CloseCode
from signaling.wire.commands import Commands, Result
from signaling.wire.room import (
    CallEnd,
    DownAnswer,
    DownRestart,
    QualityReport,
    RoomWelcome,
    UpOffer,
)


class CheckRoom(MediaRoom):
    def __init__(self, context: RoomContext) -> None:
        super().__init__(context, new_id(), echo=True)
        self.viewing.open = True

    async def run(self) -> None:
        """For as long as a check may take."""
        with suppress(Unavailable):
            await self.media.open()
        ends_s = self.context.now_s() + self.context.settings.check_room_s
        while not self.over and (left_s := ends_s - self.context.now_s()) > 0:
            await self.mailbox.serve(left_s)
        await self.close(CloseCode.ENDED)
        self.mailbox.close()

    async def enter(
        self, kind: ParticipantKind, staff_id: str, name: str, port: RoomPort, has: Sequence[str]
    ) -> Member:
        settings = self.context.settings
        link = Link(settings.silent_to_lost_s, settings.grace_s, self.context.now_s())
        member = Member(new_id(), kind, staff_id, name, link, port, joined=True)
        self.members.add(member)
        port.post(
            RoomWelcome(
                participant_id=member.participant_id,
                kind=kind,
                ice_servers=ice_servers(settings.turn, member.participant_id),
                start_bitrate_bps=self.start_bitrate_bps(member),
                server_ms=time.time_ns() // 1_000_000,
            )
        )
        await self.viewing.came_back(member, has)
        return member

    def start_bitrate_bps(self, member: Member) -> int:  # noqa: ARG002
        """The check is to find out what the uplink carries, so it starts high."""
        return HIGHEST_BPS

    async def leave(self, port: RoomPort) -> None:
        await super().leave(port)
        self.over = True


check_commands: Commands[Seat[CheckRoom]] = Commands()
check_commands.on(UpOffer)(handle_up_offer)
check_commands.on(DownAnswer)(handle_down_answer)
check_commands.on(DownRestart)(handle_down_restart)


@check_commands.on(QualityReport)
async def handle_quality_report(_seat: Seat[CheckRoom], _command: QualityReport) -> Result:
    """The page tells the result of the whole check over HTTP."""
    return None


@check_commands.on(CallEnd)
async def handle_call_end(seat: Seat[CheckRoom], _command: CallEnd) -> Result:
    await seat.room.close(CloseCode.ENDED)
    return None
