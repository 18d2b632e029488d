"""The live space of one call, as far as media goes: its connections, its hold and its tap."""

from signaling.relay.connection import Connection
from signaling.relay.context import RelayContext
from signaling.relay.control import DownOpen, TapOpen, UpOpen
from signaling.relay.down import DownConnection
from signaling.relay.stream import Target
from signaling.relay.tap import Tap
from signaling.relay.up import UpConnection

LINES = 3


class Room:
    """Owns its connections. Whoever removes one calls :meth:`close_connection`."""

    def __init__(self, context: RelayContext, room_id: str) -> None:
        self._context = context
        self.room_id = room_id
        self.held = False
        self.recording_id: str | None = None
        self.connections: dict[str, Connection] = {}
        self._tap: Tap | None = None
        self._tap_reported = False
        self._next_track = 0

    # --- connections ---------------------------------------------------------------------------

    def open_up(self, order: UpOpen, now_us: int) -> UpConnection:
        up = UpConnection(self._context, self, order, self._next_track, now_us)
        self._next_track += LINES
        up.held = self.held
        self.connections[order.connection_id] = up
        if self._tap is not None:
            self._declare(up, self._tap)
        return up

    def open_down(self, order: DownOpen, source: UpConnection, now_us: int) -> DownConnection:
        down = DownConnection(self._context, self, order, source, now_us)
        self.connections[order.connection_id] = down
        source.viewers.append(down)
        if order.primary:
            self.set_primary(down, primary=True)
        return down

    def set_primary(self, down: DownConnection, *, primary: bool) -> None:
        """Each source has at most one primary viewer: the latest named."""
        source = down.source
        if primary:
            source.primary = down
        elif source.primary is down:
            source.primary = None
        self._rebuild(source, self._context.clock())

    def close_connection(self, connection: Connection, reason: str) -> None:
        """Closes it, and with a source all that show it. Idempotent."""
        if self.connections.pop(connection.connection_id, None) is None:
            return
        connection.close(reason)
        now_us = self._context.clock()
        if isinstance(connection, UpConnection):
            for viewer in list(connection.viewers):
                self.close_connection(viewer, "source_closed")
        elif isinstance(connection, DownConnection):
            source = connection.source
            source.viewers.remove(connection)
            if source.primary is connection:
                source.primary = None
            self._rebuild(source, now_us)

    def close(self) -> None:
        for connection in [*self.downs(), *self.ups()]:
            self.close_connection(connection, "room_closed")
        self.close_tap()

    def ups(self) -> list[UpConnection]:
        return [each for each in self.connections.values() if isinstance(each, UpConnection)]

    def downs(self) -> list[DownConnection]:
        return [each for each in self.connections.values() if isinstance(each, DownConnection)]

    # --- what connections tell -----------------------------------------------------------------

    def connected(self, connection: Connection, now_us: int) -> None:
        """Media may pass from now on."""
        self.route_changed(connection, now_us)

    def route_changed(self, connection: Connection, now_us: int) -> None:
        """An address moved, consent came or went, a track is withheld or given back."""
        if isinstance(connection, DownConnection):
            self._rebuild(connection.source, now_us)

    def _rebuild(self, source: UpConnection, now_us: int) -> None:
        """The receivers of each stream of ``source``; asks a picture for those who begin."""
        for stream in source.streams.values():
            targets: list[Target] = []
            for viewer in source.viewers:
                target = viewer.target(stream)
                begins = viewer.set_open(stream, target is not None, now_us)
                if target is not None:
                    targets.append(target)
                if begins:
                    source.want_key_frame(stream.ssrc, joining=True)
            stream.targets = tuple(targets)

    # --- hold and tap --------------------------------------------------------------------------

    def hold(self, *, on: bool, now_us: int) -> None:
        """While on, nothing that arrives gets past the counters."""
        if on == self.held:
            return
        self.held = on
        if self._tap is not None:
            self._tap.hold(now_us, on)
        for up in self.ups():
            up.held = on
            self._rebuild(up, now_us)
            if not on:
                up.want_key_frames(joining=True)

    def open_tap(self, order: TapOpen, tap: Tap) -> None:
        """``tap`` gets every packet from now on."""
        self.close_tap()
        self._tap = tap
        self._tap_reported = False
        self.recording_id = order.recording_id
        for up in self.ups():
            self._declare(up, tap)
        if self.held:
            tap.hold(self._context.clock(), True)

    def _declare(self, up: UpConnection, tap: Tap) -> None:
        if up.only_to is not None:
            return
        for index, line in enumerate(up.lines):
            if line.ssrc is not None:
                track = up.first_track + index
                tap.add_track(track, up.participant_id, up.connection_id, line)
        for stream in up.tracks:
            if stream.last_report is not None:
                # The next one may be seconds away: until then nothing else aligns the tracks.
                tap.sender_report(stream.track, self._context.clock(), *stream.last_report)
        up.tap = tap
        up.tapped_us = self._context.clock()

    def close_tap(self) -> None:
        if self._tap is None:
            return
        for up in self.ups():
            up.tap = None
        self._tap.close()
        self._tap = None
        self.recording_id = None

    def failed_tap(self) -> str | None:
        """Why the record stopped; told once for each tap."""
        if self._tap is None or self._tap_reported or self._tap.failed is None:
            return None
        self._tap_reported = True
        return self._tap.failed

    # --- time ----------------------------------------------------------------------------------

    def tick(self, now_us: int) -> None:
        """Each 20 ms: handshakes under way, and what sources are told."""
        for connection in list(self.connections.values()):
            if connection.srtp is None:
                connection.tick_handshake()
            elif isinstance(connection, UpConnection):
                connection.tick(now_us)

    def check(self, now_us: int) -> None:
        """A few times a second."""
        for connection in list(self.connections.values()):
            connection.check_deadlines(now_us)
        too_old_us = now_us - int(self._context.settings.ring_age_s * 1e6)
        for up in self.ups():
            up.wish_recorded_key_frames(now_us)
            for stream in up.streams.values():
                stream.ring.let_go(stream.advance(), too_old_us)
        for down in self.downs():
            down.judge_load(now_us)
            down.keep_in_step()
