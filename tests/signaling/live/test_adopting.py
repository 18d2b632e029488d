"""What a new edge takes back of a call that the relay went on carrying."""

import pytest

from casework.errors import Invalid
from signaling.rooms.media import RoomMedia
from tests.signaling.live.fake_relay import FakeRelay

ROOM, WINDOW = "1", "2"


async def adopted(up_sdp: str) -> tuple[RoomMedia, str]:
    """The books of a restarted edge, and the id of the connection up that stands in them."""
    relay = FakeRelay()
    before = RoomMedia(relay, ROOM, 8_000_000)
    await before.open()
    accepted, _older = await before.take_up(WINDOW, up_sdp, 500_000)
    after = RoomMedia(relay, ROOM, 8_000_000)
    after.adopt(relay.held().connections)
    return after, accepted.connection_id


async def test_an_adopted_connection_may_restart_ice(up_sdp: str) -> None:
    media, connection_id = await adopted(up_sdp)
    again = await media.restart_up(WINDOW, connection_id, up_sdp, 500_000)
    assert again.connection_id == connection_id


async def test_an_adopted_connection_keeps_its_certificate(up_sdp: str) -> None:
    media, connection_id = await adopted(up_sdp)
    marker = "a=fingerprint:sha-256 "
    start = up_sdp.index(marker) + len(marker)
    own = up_sdp[start : start + 95]
    another = up_sdp.replace(own, ":".join(["EE"] * 32))
    with pytest.raises(Invalid) as refused:
        await media.restart_up(WINDOW, connection_id, another, 500_000)
    assert refused.value.code == "sdp.not_a_restart"
