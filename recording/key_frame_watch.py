"""When to ask for a key frame for the record's sake.

A seek lands on a key frame, and after a loss pictures begin again only with the next one, so none
may be too long in coming. Whether it is a good moment (a thin uplink carrying a still) is for the
relay to say.
"""

from collections.abc import Iterator

from recording.follower import FollowedTrack, Follower
from signaling.relay.control import TrackKind

LONGEST_US = {TrackKind.CAMERA: 10_000_000, TrackKind.DOCUMENT: 20_000_000}
_FIRST_US = 300_000
_AGAIN_US = 2_000_000
_LIVE_US = 3_000_000
"""A log that is further behind tells of the past."""


class KeyFrameWatch:
    """Remembers what was asked, so that a source gets time to answer."""

    def __init__(self) -> None:
        self._asked_us: dict[tuple[str, TrackKind], int] = {}

    def wanted(self, follower: Follower, now_us: int) -> Iterator[tuple[str, TrackKind]]:
        """Connection and kind of each picture that needs one. ``now_us``: the call's clock."""
        if now_us - follower.now_us > _LIVE_US:
            return
        for track in follower.tracks.values():
            source = track.connection_id, track.line.kind
            if not self._is_overdue(track, now_us):
                continue
            if now_us - self._asked_us.get(source, -_AGAIN_US) >= _AGAIN_US:
                self._asked_us[source] = now_us
                yield source

    def _is_overdue(self, track: FollowedTrack, now_us: int) -> bool:
        longest_us = LONGEST_US.get(track.line.kind)
        if longest_us is None or track.first_at_us is None:
            return False
        if now_us - track.last_at_us > _LIVE_US:
            return False  # nothing comes at all (hold, camera off)
        if track.key_at_us is None:
            return now_us - track.first_at_us > _FIRST_US
        return now_us - track.key_at_us > longest_us
