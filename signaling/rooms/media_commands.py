"""Offers and answers, alike in every kind of room."""

import dataclasses

from signaling.rooms.base import MediaRoom, Seat
from signaling.rooms.media import EVERYTHING, UpRule
from signaling.wire.commands import Result
from signaling.wire.room import DownAnswer, DownRestart, UpOffer


async def handle_up_offer(seat: Seat[MediaRoom], command: UpOffer) -> Result:
    return await take_up_offer(seat, command, EVERYTHING)


async def take_up_offer(seat: Seat[MediaRoom], command: UpOffer, rule: UpRule) -> Result:
    room, member = seat.room, seat.member
    accepted = await room.viewing.take_up(member, command, room.start_bitrate_bps(member), rule)
    return dataclasses.asdict(accepted)


async def handle_down_answer(seat: Seat[MediaRoom], command: DownAnswer) -> Result:
    await seat.room.media.take_answer(
        command.connection_id, seat.member.participant_id, command.sdp
    )
    return None


async def handle_down_restart(seat: Seat[MediaRoom], command: DownRestart) -> Result:
    await seat.room.viewing.restart(seat.member, command)
    return None
