"""A participant without a browser comes back to its room, and stays away where it shall not."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from casework.errors import Expired, Unavailable
from signaling import room_return
from signaling.client import SocketClosed
from signaling.room_return import stay_in_room
from signaling.wire.base import CloseCode
from signaling.wire.duty import RoomEnter
from signaling.wire.views import RoomAddress

LOST = 1006
"""What a socket that broke off says of itself."""


@dataclass
class Room:
    close_code: int | None
    over: bool = False
    breaks: bool = False


@dataclass
class Node:
    """Hands out one room after the other, and addresses by ``room.enter``."""

    rooms: list[Room | OSError]
    gone: bool = False
    refusals: int = 0
    hellos: list[tuple[str, list[str]]] = field(default_factory=list)
    asked: int = 0

    @asynccontextmanager
    async def room(self, address: RoomAddress, connections: Sequence[str]) -> AsyncIterator[Room]:
        self.hellos.append((address.token, list(connections)))
        room = self.rooms.pop(0)
        if isinstance(room, OSError):
            raise SocketClosed from room
        yield room

    async def command(self, command: RoomEnter) -> dict[str, Any]:
        if self.gone:
            raise Expired("ticket.over", "over")
        assert command.ticket_id == TICKET
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("relay.away", "not yet")
        self.asked += 1
        return {"room": address(f"{self.asked}").model_dump()}


TICKET = "11111111-1111-7111-8111-111111111111"


def address(token: str) -> RoomAddress:
    return RoomAddress(node_id="a", path="/api/room", token=token.ljust(43, "x"))


async def serve(room: Any) -> bool:  # noqa: ANN401 - a Room
    if room.breaks:
        raise SocketClosed("lost in the middle of a command")
    return bool(room.over)


async def stay(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_return, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(room_return, "AWAY_S", 0.2)
    client: Any = node
    await stay_in_room(client, node, TICKET, address("0"), lambda: ["down"], serve)


async def test_a_lost_socket_is_opened_again_with_a_new_token_and_the_old_connections(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    node = Node(
        [Room(LOST), OSError("no route"), Room(None, breaks=True), Room(CloseCode.ENDED, over=True)]
    )
    await stay(node, monkeypatch)
    tokens = [token.rstrip("x") for token, _ in node.hellos]
    assert tokens == ["0", "1", "2", "3"]
    assert [connections for _, connections in node.hellos] == [[], *[["down"]] * 3]


async def test_who_was_taken_over_stays_away(monkeypatch: pytest.MonkeyPatch) -> None:
    node = Node([Room(CloseCode.TAKEN_OVER)])
    with pytest.raises(ConnectionError, match="newer page"):
        await stay(node, monkeypatch)
    assert not node.asked


async def test_a_call_that_ended_meanwhile_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    await stay(Node([Room(LOST)], gone=True), monkeypatch)


async def test_after_a_while_it_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    node = Node([OSError("no route") for _ in range(1_000)])
    with pytest.raises(ConnectionError, match="entered again"):
        await stay(node, monkeypatch)


async def test_a_node_that_is_not_ready_yet_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    used = OSError("the token was used")
    node = Node([Room(LOST), used, Room(CloseCode.ENDED, over=True)], refusals=1)
    await stay(node, monkeypatch)
    assert [token.rstrip("x") for token, _ in node.hellos] == ["0", "0", "1"]
