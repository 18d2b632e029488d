"""Any orders in any order: carried out or refused, and the relay's tables agree afterwards."""

import contextlib
from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from signaling.relay.control import (
    ConnectionClose,
    ConnectionRestart,
    DownAnswer,
    DownOpen,
    Hold,
    KeyFrameRequest,
    PrimarySet,
    Remote,
    RoomClose,
    RoomOpen,
    StillPriority,
    TrackKind,
    UpOpen,
)
from signaling.relay.down import DownConnection
from signaling.relay.relay import Refusal, Relay
from signaling.relay.reports import Outbox
from signaling.relay.settings import RelaySettings
from signaling.relay.up import UpConnection
from tests.signaling.relay.conftest import Edge, ListTap
from tests.signaling.relay.media_client import lines, new_credentials

rooms = st.sampled_from(["1", "1", "1", "2"])
"""Mostly one room, so that orders meet."""
ups = st.sampled_from(["a", "b"])
downs = st.sampled_from(["c", "d"])
connections = ups | downs


class Orders(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now_us = 1_000_000
        self.edge = Edge()
        outbox = Outbox(1 << 20, 1.0, self.clock)
        outbox.attach(self.edge)  # type: ignore[arg-type]
        self.relay = Relay(RelaySettings(), outbox, lambda _order: ListTap(), self.clock)

    def clock(self) -> int:
        return self.now_us

    def teardown(self) -> None:
        self.relay.close()

    def obey(self, act: Callable[[], None]) -> None:
        with contextlib.suppress(Refusal):
            act()

    @initialize()
    def begin_a_call(self) -> None:
        self.open_room_named("1")
        self.open_up("1", "a")
        self.open_down("1", "c", "a", primary=True)

    @rule(room=rooms)
    def open_room(self, room: str) -> None:
        self.open_room_named(room)

    def open_room_named(self, room: str) -> None:
        self.relay.open_room(RoomOpen(request_id="0", room_id=room))

    @rule(room=rooms)
    def close_room(self, room: str) -> None:
        self.relay.close_room(RoomClose(request_id="0", room_id=room))

    @rule(room=rooms, name=ups)
    def open_up(self, room: str, name: str) -> None:
        order = UpOpen(
            request_id="0",
            room_id=room,
            participant_id="e",
            connection_id=name,
            local_ice=new_credentials(),
            remote=self.remote(),
            lines=lines(),
        )
        self.obey(lambda: self.relay.open_up(order))

    @rule(room=rooms, name=downs, source=ups, primary=st.booleans())
    def open_down(self, room: str, name: str, source: str, primary: bool) -> None:
        order = DownOpen(
            request_id="0",
            room_id=room,
            participant_id="f",
            connection_id=name,
            source_connection_id=source,
            primary=primary,
            local_ice=new_credentials(),
        )
        self.obey(lambda: self.relay.open_down(order))

    @rule(name=downs)
    def answer(self, name: str) -> None:
        order = DownAnswer(request_id="0", connection_id=name, remote=self.remote())
        self.obey(lambda: self.relay.answer_down(order))

    @rule(name=connections)
    def restart(self, name: str) -> None:
        order = ConnectionRestart(request_id="0", connection_id=name, local_ice=new_credentials())
        self.obey(lambda: self.relay.restart(order))

    @rule(name=connections)
    def close(self, name: str) -> None:
        self.relay.close_connection(ConnectionClose(request_id="0", connection_id=name))

    @rule(name=downs, primary=st.booleans())
    def set_primary(self, name: str, primary: bool) -> None:
        order = PrimarySet(request_id="0", connection_id=name, primary=primary)
        self.obey(lambda: self.relay.set_primary(order))

    @rule(room=rooms, on=st.booleans())
    def hold(self, room: str, on: bool) -> None:
        self.obey(lambda: self.relay.hold(Hold(request_id="0", room_id=room, on=on)))

    @rule(name=connections, on=st.booleans())
    def ask(self, name: str, on: bool) -> None:
        still = StillPriority(request_id="0", connection_id=name, on=on)
        self.obey(lambda: self.relay.set_still_priority(still))
        key = KeyFrameRequest(request_id="0", connection_id=name, kind=TrackKind.CAMERA)
        self.obey(lambda: self.relay.request_key_frame(key))

    @rule(seconds=st.integers(0, 7))
    def time_passes(self, seconds: int) -> None:
        self.now_us += seconds * 1_000_000
        self.relay.tick(self.now_us)
        self.relay.check(self.now_us)

    def remote(self) -> Remote:
        return Remote(ice=new_credentials(), fingerprint="AB:" * 31 + "AB")

    @invariant()
    def the_tables_agree(self) -> None:
        held = self.relay.held()
        assert self.relay.counters.dropped["defect"] == 0
        known = {each.connection_id for each in held.connections}
        in_rooms = {
            name: connection
            for room in self.relay._rooms.values()
            for name, connection in room.connections.items()
        }
        assert known == set(in_rooms)
        for connection in in_rooms.values():
            if isinstance(connection, DownConnection):
                assert connection.source.connection_id in known
                assert connection in connection.source.viewers
            elif isinstance(connection, UpConnection):
                assert connection.held == connection.room.held
                assert connection.primary is None or connection.primary in connection.viewers
                assert {each.connection_id for each in connection.viewers} <= known
        found = {ufrag: id(each) for ufrag, each in self.relay._by_ufrag.items()}
        assert found == {
            ufrag: id(each) for each in in_rooms.values() for ufrag in each.ice.ufrags()
        }
        assert set(self.edge.reasons()) <= {"a", "b", "c", "d"}


TestOrders = Orders.TestCase
TestOrders.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
