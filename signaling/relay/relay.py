"""One relay process's state: ports, rooms and connections, and the orders that change them."""

import asyncio
import secrets
from collections.abc import Callable
from typing import TypeVar

from signaling.relay import stun
from signaling.relay.connection import Connection
from signaling.relay.context import RelayContext
from signaling.relay.control import (
    ConnectionClose,
    ConnectionReport,
    ConnectionRestart,
    ConnectionState,
    ConnectionStatistics,
    DownAnswer,
    DownOpen,
    Held,
    HeldConnection,
    Hold,
    IceCredentials,
    KeyFrameRequest,
    PrimarySet,
    RoomClose,
    RoomOpen,
    StillPriority,
    TapClose,
    TapFailed,
    TapOpen,
    UpOpen,
)
from signaling.relay.counters import Counters
from signaling.relay.down import DownConnection
from signaling.relay.dtls import DtlsServer
from signaling.relay.ice import Route
from signaling.relay.port import Address, Port, Rest
from signaling.relay.rates import SourceBuckets
from signaling.relay.reports import Outbox
from signaling.relay.room import Room
from signaling.relay.settings import RelaySettings
from signaling.relay.tap import Tap, TapFactory
from signaling.relay.up import UpConnection

Item = TypeVar("Item")


class Refusal(Exception):
    """An order that cannot be carried out. ``code`` is stable."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Relay:
    """Touched from one loop only. Orders are repeatable: a second time changes nothing."""

    def __init__(
        self,
        settings: RelaySettings,
        outbox: Outbox,
        tap_factory: TapFactory,
        clock: Callable[[], int] | None = None,
    ) -> None:
        """Raises ``OSError`` when an address cannot be bound."""
        self.boot_id = secrets.token_hex(8)
        self._outbox = outbox
        self._tap_factory = tap_factory
        self.context = RelayContext(settings, DtlsServer(), self._report_state)
        if clock is not None:
            self.context.clock = clock
        self._sources = SourceBuckets(
            settings.stun_per_source_per_s, settings.stun_burst, settings.stun_sources_limit
        )
        self._rooms: dict[str, Room] = {}
        self._connections: dict[str, Connection] = {}
        self._by_ufrag: dict[str, Connection] = {}
        self._tap_lock = asyncio.Lock()
        self.closed = 0
        """Connections since start that have ended."""
        self.ports: list[Port] = []
        try:
            for listen in settings.listen:
                self.ports.append(Port(listen, self.context, self))
        except OSError:
            self.close_ports()
            raise

    @property
    def counters(self) -> Counters:
        return self.context.counters

    @property
    def fingerprint(self) -> str:
        return self.context.dtls.fingerprint

    @property
    def is_idle(self) -> bool:
        """No room is open: nothing is due before an order comes."""
        return not self._rooms

    def start(self, loop: asyncio.AbstractEventLoop, rest: Rest | None = None) -> None:
        """``rest``: see :meth:`Port.start`."""
        for port in self.ports:
            port.start(loop, rest)

    def close(self) -> None:
        """Says goodbye to every client and closes the taps."""
        for room in list(self._rooms.values()):
            room.close()
        self._rooms.clear()
        self.close_ports()

    def close_ports(self) -> None:
        for port in self.ports:
            port.close()

    # --- STUN ----------------------------------------------------------------------------------

    def receive_stun(self, datagram: bytes, port: Port, address: Address, now_us: int) -> None:
        """Finds the connection that a check or an answer is for; says nothing to strangers."""
        reason = self._stun_reason(datagram, Route(port, address), now_us)
        if reason is not None:
            self.counters.dropped[reason] += 1

    def _stun_reason(self, datagram: bytes, route: Route, now_us: int) -> str | None:
        if not self._sources.take(route.address, now_us):
            return "stun_rate"
        message = stun.parse(datagram)
        if message is None:
            return "stun_malformed"
        if message.kind is stun.Kind.REQUEST:
            connection = self._by_ufrag.get(message.username.partition(":")[0])
            if connection is None:
                return "stun_unknown"
            return connection.ice.receive_request(message, route, now_us)
        owner = route.port.owners.get(route.address)
        if not isinstance(owner, Connection):
            return "stun_unasked"
        return owner.ice.receive_response(message, route, now_us)

    # --- orders --------------------------------------------------------------------------------

    def open_room(self, order: RoomOpen) -> None:
        self._rooms.setdefault(order.room_id, Room(self.context, order.room_id))

    def close_room(self, order: RoomClose) -> None:
        room = self._rooms.pop(order.room_id, None)
        if room is not None:
            room.close()

    def open_up(self, order: UpOpen) -> None:
        if self._is_repeated(order):
            return
        room = self._room(order.room_id)
        self._check_limits(order)
        self._add(room.open_up(order, self.context.clock()))

    def open_down(self, order: DownOpen) -> None:
        if self._is_repeated(order):
            return
        room = self._room(order.room_id)
        source = room.connections.get(order.source_connection_id)
        if not isinstance(source, UpConnection):
            raise Refusal("not_found", "the source is no connection up in this room")
        if source.only_to not in (None, order.participant_id):
            raise Refusal("private", "the source is for another participant alone")
        self._check_limits(order)
        self._add(room.open_down(order, source, self.context.clock()))

    def answer_down(self, order: DownAnswer) -> None:
        connection = self._down(order.connection_id)
        connection.set_remote(order.remote, self.context.clock())

    def restart(self, order: ConnectionRestart) -> None:
        connection = self._connection(order.connection_id)
        if connection.ice.local == order.local_ice:
            return
        self._check_ufrag(order.local_ice)
        connection.restart(order.local_ice, order.remote)
        self._index(connection)

    def close_connection(self, order: ConnectionClose) -> None:
        connection = self._connections.get(order.connection_id)
        if connection is not None:
            connection.room.close_connection(connection, "ordered")

    def set_primary(self, order: PrimarySet) -> None:
        down = self._down(order.connection_id)
        down.room.set_primary(down, primary=order.primary)

    def hold(self, order: Hold) -> None:
        self._room(order.room_id).hold(on=order.on, now_us=self.context.clock())

    def set_still_priority(self, order: StillPriority) -> None:
        self._up(order.connection_id).still_priority = order.on

    async def open_tap(self, order: TapOpen) -> None:
        """Opens the log off the loop: it is the one order that touches a disk."""
        async with self._tap_lock:
            room = self._room(order.room_id)
            if room.recording_id == order.recording_id:
                return
            try:
                tap: Tap = await asyncio.to_thread(self._tap_factory, order)
            except OSError as error:
                raise Refusal("tap_failed", str(error)) from error
            if self._rooms.get(order.room_id) is not room:
                tap.close()
                raise Refusal("not_found", "the room was closed meanwhile")
            room.open_tap(order, tap)

    def close_tap(self, order: TapClose) -> None:
        room = self._rooms.get(order.room_id)
        if room is not None and room.recording_id == order.recording_id:
            room.close_tap()

    def request_key_frame(self, order: KeyFrameRequest) -> None:
        connection = self._connection(order.connection_id)
        up = connection.source if isinstance(connection, DownConnection) else connection
        if isinstance(up, UpConnection):
            for stream in up.tracks:
                if stream.kind is order.kind:
                    up.want_key_frame(stream.ssrc)

    def held(self) -> Held:
        """What this process carries: for an edge that has just come back."""
        rooms = self._rooms.values()
        return Held(
            rooms=list(self._rooms),
            taps=[room.recording_id for room in rooms if room.recording_id is not None],
            connections=[_held(each) for each in self._connections.values()],
        )

    # --- time ----------------------------------------------------------------------------------

    def tick(self, now_us: int) -> None:
        for room in list(self._rooms.values()):
            try:
                room.tick(now_us)
            except Exception:  # noqa: BLE001 - the other calls go on
                self.context.defects.note("tick")

    def check(self, now_us: int) -> None:
        for room in list(self._rooms.values()):
            try:
                self._check(room, now_us)
            except Exception:  # noqa: BLE001 - the other calls go on
                self.context.defects.note("check")

    def statistics(self, seconds: float) -> list[ConnectionStatistics]:
        now_us = self.context.clock()
        connected = (each for each in self._connections.values() if each.srtp is not None)
        return [connection.statistics(now_us, seconds) for connection in connected]

    # --- inside --------------------------------------------------------------------------------

    def _check(self, room: Room, now_us: int) -> None:
        room.check(now_us)
        reason = room.failed_tap()
        if reason is not None and room.recording_id is not None:
            self._report_tap(room.room_id, room.recording_id, reason)

    def _add(self, connection: Connection) -> None:
        self._connections[connection.connection_id] = connection
        self._index(connection)

    def _index(self, connection: Connection) -> None:
        """Makes the connection found by its current user name fragments, and by no other."""
        self._forget_ufrags(connection)
        for ufrag in connection.ice.ufrags():
            self._by_ufrag[ufrag] = connection

    def _forget_ufrags(self, connection: Connection) -> None:
        for ufrag in [key for key, each in self._by_ufrag.items() if each is connection]:
            del self._by_ufrag[ufrag]

    def _is_repeated(self, order: UpOpen | DownOpen) -> bool:
        known = self._connections.get(order.connection_id)
        if known is None:
            return False
        same = {"request_id": order.request_id}
        if known.order.model_copy(update=same) != order:
            raise Refusal("conflict", "another connection has this id")
        return True

    def _check_limits(self, order: UpOpen | DownOpen) -> None:
        self._check_ufrag(order.local_ice)
        settings = self.context.settings
        half_open = [each for each in self._connections.values() if each.srtp is None]
        own = sum(each.participant_id == order.participant_id for each in half_open)
        if len(half_open) >= settings.half_open_limit or own >= settings.half_open_per_participant:
            raise Refusal("too_many", "too many connections are being set up")

    def _check_ufrag(self, local: IceCredentials) -> None:
        if local.ufrag in self._by_ufrag:
            raise Refusal("conflict", "the user name fragment is in use")

    def _room(self, room_id: str) -> Room:
        return _found(self._rooms, room_id, "room")

    def _connection(self, connection_id: str) -> Connection:
        return _found(self._connections, connection_id, "connection")

    def _up(self, connection_id: str) -> UpConnection:
        connection = self._connection(connection_id)
        if not isinstance(connection, UpConnection):
            raise Refusal("not_found", "that is no connection up")
        return connection

    def _down(self, connection_id: str) -> DownConnection:
        connection = self._connection(connection_id)
        if not isinstance(connection, DownConnection):
            raise Refusal("not_found", "that is no connection down")
        return connection

    def _report_state(self, connection: Connection, state: ConnectionState, reason: str) -> None:
        closed = state is ConnectionState.CLOSED
        if closed:
            self.closed += 1
            self._connections.pop(connection.connection_id, None)
            self._forget_ufrags(connection)
        self._outbox.post(
            lambda report_id: ConnectionReport(
                report_id=report_id,
                room_id=connection.room.room_id,
                participant_id=connection.participant_id,
                connection_id=connection.connection_id,
                direction=connection.direction,
                state=state,
                reason=reason,
            ),
            lasting=closed,
        )

    def _report_tap(self, room_id: str, recording_id: str, reason: str) -> None:
        self._outbox.post(
            lambda report_id: TapFailed(
                report_id=report_id, room_id=room_id, recording_id=recording_id, reason=reason
            ),
            lasting=True,
        )


def _held(each: Connection) -> HeldConnection:
    down = each if isinstance(each, DownConnection) else None
    return HeldConnection(
        connection_id=each.connection_id,
        room_id=each.room.room_id,
        participant_id=each.participant_id,
        direction=each.direction,
        connected=each.srtp is not None,
        lines=list(each.lines) if isinstance(each, UpConnection) else [],
        fingerprint=each.fingerprint,
        source_connection_id=down.source.connection_id if down else None,
        primary=down is not None and down.source.primary is down,
    )


def _found(known: dict[str, Item], key: str, what: str) -> Item:
    try:
        return known[key]
    except KeyError as error:
        raise Refusal("not_found", f"no such {what}") from error
