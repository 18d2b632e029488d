"""The connections of one room: from descriptions to orders for the relay.

One *up* a participant, one *down* for each participant seen. Owned by the room's task. After a
restart of the edge the relay still carries them: :meth:`RoomMedia.adopt` takes them back by id.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from casework.database import new_id
from casework.errors import Invalid, NotFound
from signaling.relay.control import (
    ConnectionClose,
    ConnectionRestart,
    Direction,
    Done,
    DownAnswer,
    DownOpen,
    HeldConnection,
    Hold,
    Line,
    Order,
    RelayReady,
    RoomClose,
    RoomOpen,
    StillPriority,
    TapClose,
    TapOpen,
    TrackKind,
    UpOpen,
)
from signaling.sdp.local import LocalTransport, new_ice_credentials
from signaling.sdp.parse import UpOffer, parse_down_answer, parse_up_offer
from signaling.sdp.write import down_offer, up_answer


class Relay(Protocol):
    """See :class:`signaling.relay_client.RelayClient`."""

    @property
    def ready(self) -> RelayReady: ...
    async def order(self, order: Order) -> Done: ...


@dataclass(frozen=True, slots=True)
class UpRule:
    """What of an offer is taken, and for whom it is."""

    voice_only: bool = False
    only_to: str | None = None
    """A participant; it is then not recorded either."""


EVERYTHING = UpRule()


@dataclass(slots=True)
class Up:
    connection_id: str
    participant_id: str
    lines: tuple[Line, ...]
    fingerprint: str | None
    """Of the client's certificate: an ICE restart must show the same."""
    rule: UpRule = EVERYTHING


@dataclass(slots=True)
class Down:
    connection_id: str
    source: Up
    viewer_id: str
    primary: bool
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server's answer to an up offer."""

    connection_id: str
    sdp: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A down connection as it is offered to its viewer."""

    connection_id: str
    participant_id: str
    sdp: str
    restart: bool = False


class RoomMedia:
    def __init__(self, relay: Relay, room_id: str, max_up_bitrate_bps: int) -> None:
        self._relay = relay
        self._room_id = room_id
        self._max_up_bitrate_bps = max_up_bitrate_bps
        self.ups: dict[str, Up] = {}
        """By participant."""
        self.downs: dict[str, Down] = {}
        """By connection."""

    async def open(self) -> None:
        """Idempotent. Raises :class:`Unavailable` while the relay is away."""
        await self._relay.order(RoomOpen(request_id=new_id(), room_id=self._room_id))

    async def close(self) -> None:
        """Ends all connections and the tap."""
        self.ups.clear()
        self.downs.clear()
        await self._relay.order(RoomClose(request_id=new_id(), room_id=self._room_id))

    def adopt(self, held: Iterable[HeldConnection]) -> None:
        """Makes the books agree with what the relay holds: after either of the two was away."""
        mine = {each.connection_id: each for each in held if each.room_id == self._room_id}
        self.ups = {who: up for who, up in self.ups.items() if up.connection_id in mine}
        known = {up.connection_id: up for up in self.ups.values()}
        for each in mine.values():
            if each.direction is Direction.UP and each.connection_id not in known:
                up = Up(
                    each.connection_id, each.participant_id, tuple(each.lines), each.fingerprint
                )
                self.ups[each.participant_id] = known[each.connection_id] = up
        self.downs = {key: down for key, down in self.downs.items() if key in mine}
        for each in mine.values():
            source = known.get(each.source_connection_id or "")
            if each.direction is Direction.DOWN and source and each.connection_id not in self.downs:
                self.downs[each.connection_id] = Down(
                    each.connection_id, source, each.participant_id, each.primary, answered=True
                )

    # --- up ------------------------------------------------------------------------------------

    async def take_up(
        self,
        participant_id: str,
        sdp: str,
        start_bitrate_bps: int,
        rule: UpRule = EVERYTHING,
    ) -> tuple[Accepted, Up | None]:
        """A new connection; the participant's older one, which the caller then closes.

        Raises :class:`Invalid` or :class:`TooLarge` for the offer, :class:`Unavailable`.
        """
        offer = parse_up_offer(sdp)
        local = self._local()
        lines = _taken(offer.lines, rule)
        up = Up(new_id(), participant_id, lines, offer.remote.fingerprint, rule)
        await self._relay.order(
            UpOpen(
                request_id=new_id(),
                room_id=self._room_id,
                participant_id=participant_id,
                connection_id=up.connection_id,
                local_ice=local.ice,
                remote=offer.remote,
                lines=list(lines),
                max_bitrate_bps=self._max_up_bitrate_bps,
                only_to=rule.only_to,
            )
        )
        older = self.ups.get(participant_id)
        self.ups[participant_id] = up
        return self._accepted(up, local, start_bitrate_bps), older

    async def restart_up(
        self, participant_id: str, connection_id: str, sdp: str, start_bitrate_bps: int
    ) -> Accepted:
        """An ICE restart: same certificate, same lines, new credentials.

        Raises :class:`NotFound` when the connection is gone, :class:`Invalid` when the offer is
        another connection's: the page then makes a new one.
        """
        up = self.ups.get(participant_id)
        if up is None or up.connection_id != connection_id:
            raise NotFound("connection.gone", "连接已不存在，请重新连接")
        offer = parse_up_offer(sdp)
        _check_same(up, offer)
        local = self._local()
        await self._relay.order(
            ConnectionRestart(
                request_id=new_id(),
                connection_id=connection_id,
                local_ice=local.ice,
                remote=offer.remote.ice,
            )
        )
        return self._accepted(up, local, start_bitrate_bps)

    def _accepted(self, up: Up, local: LocalTransport, start_bitrate_bps: int) -> Accepted:
        answer = up_answer(up.lines, local, start_bitrate_bps)
        return Accepted(up.connection_id, answer)

    async def set_still_priority(self, participant_id: str, *, on: bool) -> None:
        up = self.ups.get(participant_id)
        if up is not None:
            await self._relay.order(
                StillPriority(request_id=new_id(), connection_id=up.connection_id, on=on)
            )

    # --- down ----------------------------------------------------------------------------------

    def down_of(self, source: Up, viewer_id: str) -> Down | None:
        return next(
            (d for d in self.downs.values() if d.source is source and d.viewer_id == viewer_id),
            None,
        )

    async def show(self, source: Up, viewer_id: str, *, primary: bool) -> Offered:
        """Opens a mirror of ``source`` towards a viewer. Raises :class:`Unavailable`."""
        local = self._local()
        down = Down(new_id(), source, viewer_id, primary)
        await self._relay.order(
            DownOpen(
                request_id=new_id(),
                room_id=self._room_id,
                participant_id=viewer_id,
                connection_id=down.connection_id,
                source_connection_id=source.connection_id,
                primary=primary,
                local_ice=local.ice,
            )
        )
        self.downs[down.connection_id] = down
        return _offered(down, local)

    async def restart_down(self, connection_id: str, viewer_id: str) -> Offered:
        """Offers an existing connection again with new credentials. Raises :class:`NotFound`."""
        down = self._down(connection_id, viewer_id)
        local = self._local()
        await self._relay.order(
            ConnectionRestart(request_id=new_id(), connection_id=connection_id, local_ice=local.ice)
        )
        return _offered(down, local, restart=True)

    async def take_answer(self, connection_id: str, viewer_id: str, sdp: str) -> None:
        """Raises :class:`NotFound`, :class:`Invalid`, :class:`TooLarge`."""
        down = self._down(connection_id, viewer_id)
        remote = parse_down_answer(sdp)
        await self._relay.order(
            DownAnswer(request_id=new_id(), connection_id=connection_id, remote=remote)
        )
        down.answered = True

    def _down(self, connection_id: str, viewer_id: str) -> Down:
        down = self.downs.get(connection_id)
        if down is None or down.viewer_id != viewer_id:
            raise NotFound("connection.gone", "连接已不存在，请重新连接")
        return down

    # --- closing -------------------------------------------------------------------------------

    async def close_up(self, up: Up) -> list[Down]:
        """Closes a source; the mirrors that went with it.

        Forgotten only when the relay has closed it: whoever must not hear it any more would else.
        """
        await self._close(up.connection_id)
        if self.ups.get(up.participant_id) is up:
            del self.ups[up.participant_id]
        return self._forget(down for down in self.downs.values() if down.source is up)

    async def close_down(self, down: Down) -> None:
        self.downs.pop(down.connection_id, None)
        await self._close(down.connection_id)

    def closed_by_relay(self, connection_id: str) -> list[Down]:
        """The relay gave a connection up: the mirrors that are gone with it, itself included."""
        for who, up in tuple(self.ups.items()):
            if up.connection_id == connection_id:
                del self.ups[who]
        return self._forget(
            down
            for key, down in self.downs.items()
            if connection_id in (key, down.source.connection_id)
        )

    def _forget(self, gone: Iterable[Down]) -> list[Down]:
        listed = list(gone)
        for down in listed:
            del self.downs[down.connection_id]
        return listed

    async def _close(self, connection_id: str) -> None:
        await self._relay.order(ConnectionClose(request_id=new_id(), connection_id=connection_id))

    # --- the room as a whole -------------------------------------------------------------------

    async def hold(self, *, on: bool) -> None:
        await self._relay.order(Hold(request_id=new_id(), room_id=self._room_id, on=on))

    async def open_tap(
        self, *, recording_id: str, log_path: str, key_base64: str, started_monotonic_us: int
    ) -> None:
        """Raises :class:`Conflict` when the log cannot be opened."""
        await self._relay.order(
            TapOpen(
                request_id=new_id(),
                room_id=self._room_id,
                recording_id=recording_id,
                log_path=log_path,
                key_base64=key_base64,
                started_monotonic_us=started_monotonic_us,
            )
        )

    async def close_tap(self, recording_id: str) -> None:
        await self._relay.order(
            TapClose(request_id=new_id(), room_id=self._room_id, recording_id=recording_id)
        )

    def _local(self) -> LocalTransport:
        ready = self._relay.ready
        return LocalTransport(new_ice_credentials(), ready.fingerprint, tuple(ready.addresses))


def _offered(down: Down, local: LocalTransport, *, restart: bool = False) -> Offered:
    source = down.source
    sdp = down_offer(source.lines, local, source.participant_id)
    return Offered(down.connection_id, source.participant_id, sdp, restart)


def _check_same(up: Up, offer: UpOffer) -> None:
    lines = _taken(offer.lines, up.rule)
    if up.fingerprint != offer.remote.fingerprint or up.lines != lines:
        raise Invalid("sdp.not_a_restart", "连接内容已改变，请重新连接")


def _taken(lines: tuple[Line, ...], rule: UpRule) -> tuple[Line, ...]:
    """As if the devices that are not wanted were absent."""
    if not rule.voice_only:
        return lines
    absent = {"ssrc": None, "rtx_ssrc": None}
    return tuple(
        line if line.kind is TrackKind.AUDIO else line.model_copy(update=absent) for line in lines
    )
