"""Who sees whom in a room: offers what is missing, takes back what is gone.

Everybody in a call sees everybody else who sends. The primary viewer of the window is the agent and
that of the agent the window: its leg alone may lower the source, however many others look on.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress

import structlog

from casework.errors import Conflict, Unavailable
from casework.vocabulary import ParticipantKind
from signaling.relay.control import Held
from signaling.rooms.media import EVERYTHING, Accepted, Down, Offered, RoomMedia, Up, UpRule
from signaling.rooms.members import Member, Members
from signaling.wire.room import DownClosed, DownOffered, DownRestart, UpClosed, UpOffer

logger = structlog.get_logger(__name__)

_PRIMARY = {
    ParticipantKind.WINDOW: ParticipantKind.AGENT,
    ParticipantKind.AGENT: ParticipantKind.WINDOW,
    ParticipantKind.SUPERVISOR: ParticipantKind.AGENT,
}
"""Source → its primary viewer."""


class Viewing:
    def __init__(self, media: RoomMedia, members: Members, *, echo: bool = False) -> None:
        """``echo``: everybody sees themselves, and nobody else."""
        self._media = media
        self._members = members
        self._echo = echo
        self.open = False
        """Until the call begins nobody is shown to anybody."""

    async def take_up(
        self,
        member: Member,
        offer: UpOffer,
        start_bitrate_bps: int,
        rule: UpRule = EVERYTHING,
    ) -> Accepted:
        """Answers a participant's offer: a new connection, or an ICE restart of the present one."""
        media, who = self._media, member.participant_id
        older: Up | None = None
        if offer.connection_id is None:
            accepted, older = await media.take_up(who, offer.sdp, start_bitrate_bps, rule)
        else:
            accepted = await media.restart_up(
                who, offer.connection_id, offer.sdp, start_bitrate_bps
            )
        if older is not None:
            self.tell_closed(await media.close_up(older))
        await self.offer_missing()
        return accepted

    async def offer_missing(self) -> None:
        """Offers each present viewer what there is to see. While the relay is away: later."""
        if not self.open:
            return
        try:
            for source in tuple(self._media.ups.values()):
                for viewer in self._members:
                    await self._offer(source, viewer)
        except (Unavailable, Conflict) as error:
            logger.info("room.down_not_offered", reason=str(error))

    async def _offer(self, source: Up, viewer: Member) -> None:
        sender = self._members.get(source.participant_id)
        if sender is None or (sender is viewer) != self._echo or viewer.port is None:
            return
        if not viewer.hears(sender):
            return
        if self._media.down_of(source, viewer.participant_id) is None:
            primary = self._echo or _PRIMARY.get(sender.kind) is viewer.kind
            offered = await self._media.show(source, viewer.participant_id, primary=primary)
            viewer.post(_event(offered))

    async def restart(self, member: Member, wish: DownRestart) -> None:
        """Offers a lost connection again. Raises :class:`NotFound` for one that is gone."""
        if not wish.fresh:
            offered = await self._media.restart_down(wish.connection_id, member.participant_id)
            member.post(_event(offered))
            return
        down = self._media.downs.get(wish.connection_id)
        if down is not None and down.viewer_id == member.participant_id:
            await self._media.close_down(down)
            self.tell_closed([down])
        await self.offer_missing()

    async def came_back(self, member: Member, connections: Iterable[str]) -> None:
        """A page said hello: what it does not have any more is offered anew."""
        kept = set(connections)
        for down in tuple(self._media.downs.values()):
            if down.viewer_id == member.participant_id and down.connection_id not in kept:
                await self._close_quietly(down)
        await self.offer_missing()

    async def silence(self, member: Member) -> None:
        """Nothing more of what the participant sends reaches anybody. Raises :class:`Unavailable`."""
        up = self._media.ups.get(member.participant_id)
        if up is not None:
            self.tell_closed(await self._media.close_up(up))
            member.post(UpClosed(connection_id=up.connection_id))

    async def part_from(self, strangers: Callable[[str], bool]) -> None:
        """Closes what those whom ``strangers`` names still send and see."""
        for up in tuple(self._media.ups.values()):
            if strangers(up.participant_id):
                with suppress(Unavailable):
                    self.tell_closed(await self._media.close_up(up))
        for down in tuple(self._media.downs.values()):
            if strangers(down.viewer_id):
                await self._close_quietly(down)

    async def _close_quietly(self, down: Down) -> None:
        try:
            await self._media.close_down(down)
        except Unavailable:
            logger.info("room.down_not_closed", connection_id=down.connection_id)

    async def lost(self, connection_id: str) -> None:
        """The relay gave a connection up."""
        for up in tuple(self._media.ups.values()):
            if up.connection_id == connection_id:
                self._tell_up_closed(up)
        self.tell_closed(self._media.closed_by_relay(connection_id))
        await self.offer_missing()

    async def reconcile(self, held: Held) -> list[str]:
        """The relay is there again: what it does not hold any more, the clients offer anew.

        Returns the participants whose connection up is gone.
        """
        ups, downs = dict(self._media.ups), dict(self._media.downs)
        self._media.adopt(held.connections)
        gone = [who for who, up in ups.items() if self._media.ups.get(who) is not up]
        for who in gone:
            self._tell_up_closed(ups[who])
        self.tell_closed(down for key, down in downs.items() if key not in self._media.downs)
        await self.offer_missing()
        return gone

    def tell_closed(self, downs: Iterable[Down]) -> None:
        for down in downs:
            viewer = self._members.get(down.viewer_id)
            if viewer is not None:
                viewer.post(DownClosed(connection_id=down.connection_id))

    def _tell_up_closed(self, up: Up) -> None:
        sender = self._members.get(up.participant_id)
        if sender is not None:
            sender.post(UpClosed(connection_id=up.connection_id))


def _event(offered: Offered) -> DownOffered:
    return DownOffered(
        connection_id=offered.connection_id,
        participant_id=offered.participant_id,
        sdp=offered.sdp,
        restart=offered.restart,
    )
