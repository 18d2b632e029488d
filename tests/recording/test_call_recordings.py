"""Rows and orders of this node's recordings, with a recorder that only listens."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select, update

from casework.database import Database
from casework.errors import Unavailable
from casework.master_key import MasterKey
from casework.vocabulary import CallState, RecordingState
from recording.archive import Archive
from recording.call_recordings import (
    ORDER_AGAIN_MS,
    CallRecordings,
    RecordingRules,
    RoomAlarms,
)
from recording.control import (
    Outcome,
    RecordingClose,
    RecordingClosed,
    RecordingSalvage,
    RecordingStart,
)
from recording.evidence.county_signer import CountySigner
from recording.tables import Recording
from signaling.relay.control import Order
from signaling.rooms.recorder import RecordedCall, RecordingEnd
from signaling.tables import Call
from tests.recording.county import one_call


class Listening:
    """Stands where the recorder's connection would: keeps what it was ordered."""

    connected = True

    def __init__(self) -> None:
        self.orders: list[Order] = []

    def send(self, order: Order) -> None:
        self.orders.append(order)

    async def run(self, events: object) -> None:
        """Nothing comes back."""


class Bench:
    def __init__(self, database: Database, folder: Path, reserve_bytes: int = 0) -> None:
        self.database = database
        self.recorder = Listening()
        self.archive = Archive(folder / "archive")
        master = MasterKey(bytes(32))
        rules = RecordingRules(node_id="a", longest_call_s=3600, reserve_bytes=reserve_bytes)
        signer = CountySigner(folder / "journal.key")
        self.recordings = CallRecordings(database, master, self.archive, rules, signer)
        self.recordings._recorder = self.recorder  # type: ignore[assignment]

    def ordered(self) -> Sequence[type[Order]]:
        """The orders since the last time."""
        kinds = [type(order) for order in self.recorder.orders]
        self.recorder.orders.clear()
        return kinds

    async def row(self) -> Recording:
        async with self.database.reading() as session:
            return (await session.scalars(select(Recording))).one()


async def _never(*_: object) -> None:
    raise AssertionError("no alarm was due")


ALARMS = RoomAlarms(_never, _never)


@pytest.fixture
async def bench(database: Database, tmp_path: Path) -> AsyncIterator[Bench]:
    made = Bench(database, tmp_path)
    yield made
    made.archive.close()


@pytest.fixture
async def call(database: Database) -> RecordedCall:
    return await one_call(database)


async def end_call(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(update(Call).values(state=CallState.ENDED))


async def test_a_start_commits_the_wrapped_key_and_a_second_one_continues(
    bench: Bench, call: RecordedCall
) -> None:
    first = await bench.recordings.start(call, [])
    row = await bench.row()
    assert row.wrapped_key is not None
    assert first.key_base64.encode() not in row.wrapped_key
    assert await bench.recordings.start(call, []) == first
    assert bench.ordered() == [RecordingStart, RecordingStart]


async def test_nothing_begins_below_the_reserve(
    database: Database, call: RecordedCall, tmp_path: Path
) -> None:
    full = Bench(database, tmp_path, reserve_bytes=1 << 60)
    with pytest.raises(Unavailable):
        await full.recordings.start(call, [])
    async with database.reading() as session:
        assert list(await session.scalars(select(Recording))) == []
    full.archive.close()


async def test_a_recorder_that_comes_back_hears_what_goes_on_and_what_is_over(
    bench: Bench, call: RecordedCall
) -> None:
    await bench.recordings.start(call, [])
    (order,) = await bench.recordings.recorder_connected()
    assert isinstance(order, RecordingStart)
    await bench.recordings.close(call.call_id, RecordingEnd.CALL_ENDED)
    assert bench.ordered() == [RecordingStart, RecordingClose]
    (order,) = await bench.recordings.recorder_connected()
    assert isinstance(order, RecordingSalvage)


async def test_a_call_that_no_room_ended_is_salvaged(bench: Bench, call: RecordedCall) -> None:
    await bench.recordings.start(call, [])
    bench.ordered()
    await bench.recordings.close_ended_calls()
    assert bench.ordered() == []
    await end_call(bench.database)
    await bench.recordings.close_ended_calls()
    assert bench.ordered() == [RecordingSalvage]


async def test_an_order_that_was_lost_is_given_again(bench: Bench, call: RecordedCall) -> None:
    await bench.recordings.start(call, [])
    await bench.recordings.close(call.call_id, RecordingEnd.CALL_LOST, "test")
    bench.ordered()
    await bench.recordings.close_ended_calls()
    assert bench.ordered() == []
    async with bench.database.transaction() as session:
        earlier = Recording.closed_ms - ORDER_AGAIN_MS - 1
        await session.execute(update(Recording).values(closed_ms=earlier))
    await bench.recordings.close_ended_calls()
    assert bench.ordered() == [RecordingSalvage]


async def test_the_outcome_settles_a_recording_once(bench: Bench, call: RecordedCall) -> None:
    place = await bench.recordings.start(call, [])
    outcome = Outcome(state=RecordingState.INTERRUPTED, reason="cut", duration_ms=5, streams=[])
    report = RecordingClosed(report_id=1, recording_id=place.recording_id, outcome=outcome)
    await bench.recordings.recording_closed(report)
    row = await bench.row()
    assert (row.state, row.state_reason, row.duration_ms) == ("interrupted", "cut", 5)
    other = Outcome(state=RecordingState.SEALED, duration_ms=9, streams=[])
    again = RecordingClosed(report_id=2, recording_id=place.recording_id, outcome=other)
    await bench.recordings.recording_closed(again)
    assert (await bench.row()).state == "interrupted"
    bench.ordered()
    await bench.recordings.close_ended_calls()
    assert bench.ordered() == []
