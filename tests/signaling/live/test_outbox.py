import json

import pytest

from signaling.edge.sockets.outbox import Outbox, OutboxFull
from signaling.wire.base import Done, Heartbeat
from signaling.wire.duty import TakenOver


async def taken(outbox: Outbox) -> list[int | str]:
    """``seq`` of events, ``type`` of the rest, until the end."""
    outbox.end()
    found: list[int | str] = []
    while (text := await outbox.next()) is not None:
        message = json.loads(text)
        found.append(message.get("seq") or message["type"])
    return found


async def test_events_are_numbered_and_answers_are_not() -> None:
    outbox = Outbox(limit=8, replayed=8)
    outbox.post(TakenOver())
    outbox.answer(Done(request_id=1))
    outbox.answer(Heartbeat(server_ms=1))
    outbox.post(TakenOver())
    assert await taken(outbox) == [1, "done", "heartbeat", 2]


async def test_a_client_that_takes_nothing_fills_it() -> None:
    outbox = Outbox(limit=2, replayed=8)
    outbox.post(TakenOver())
    outbox.post(TakenOver())
    with pytest.raises(OutboxFull):
        outbox.post(TakenOver())
    assert await taken(outbox) == [1, 2]


async def test_what_was_missed_comes_again() -> None:
    outbox = Outbox(limit=8, replayed=8)
    for _ in range(4):
        outbox.post(TakenOver())
    await taken(outbox)
    following = Outbox(limit=8, replayed=8)
    assert following.resume(outbox, last_seq=2)
    following.post(TakenOver())
    assert await taken(following) == [3, 4, 5]


@pytest.mark.parametrize("last_seq", [0, 1, 9])
async def test_what_is_no_longer_kept_or_never_was_needs_a_resync(last_seq: int) -> None:
    outbox = Outbox(limit=8, replayed=2)
    for _ in range(4):
        outbox.post(TakenOver())
    await taken(outbox)
    following = Outbox(limit=8, replayed=2)
    assert not following.resume(outbox, last_seq)
    following.post(TakenOver())
    assert await taken(following) == [1]
