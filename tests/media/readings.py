"""What the browsers' statistics and the tap say, as rates between two moments."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from signaling.relay.control import TrackKind

AUDIO, CAMERA, DOCUMENT = TrackKind.AUDIO, TrackKind.CAMERA, TrackKind.DOCUMENT
VIDEO = (CAMERA, DOCUMENT)
CYCLE = 1 << 16


class Reading:
    """One look at all connections of one page."""

    def __init__(self, peers: list[dict[str, Any]]) -> None:
        self.peers = peers

    def _of(self, direction: str) -> dict[str, Any]:
        found = [peer for peer in self.peers if peer["direction"] == direction]
        return found[-1] if found else {"lines": {}, "reported": {}, "atMs": 0, "state": "none"}

    @property
    def up(self) -> dict[str, Any]:
        return self._of("up")

    @property
    def down(self) -> dict[str, Any]:
        """The newest one."""
        return self._of("down")

    def sent(self, kind: TrackKind, name: str) -> float:
        return float(self.up["lines"].get(kind, {}).get(name, 0))

    def received(self, kind: TrackKind, name: str) -> float:
        return float(self.down["lines"].get(kind, {}).get(name, 0))

    @property
    def available_bps(self) -> float:
        return float(self.up.get("availableBps") or 0)


@dataclass(frozen=True, slots=True)
class Span:
    """Between two readings of one page."""

    before: Reading
    after: Reading

    @property
    def seconds(self) -> float:
        atoms = ("up", "down")
        spans = [getattr(self.after, a)["atMs"] - getattr(self.before, a)["atMs"] for a in atoms]
        return float(max(0.001, max(spans) / 1_000))

    def got(self, kind: TrackKind, name: str) -> float:
        return self.after.received(kind, name) - self.before.received(kind, name)

    def gave(self, kind: TrackKind, name: str) -> float:
        return self.after.sent(kind, name) - self.before.sent(kind, name)

    def frames_per_s(self, kind: TrackKind) -> float:
        """Decoded by the viewer."""
        return self.got(kind, "framesDecoded") / self.seconds

    def sent_frames_per_s(self, kind: TrackKind) -> float:
        return self.gave(kind, "framesSent") / self.seconds

    def lost(self) -> float:
        """Fraction of what was sent to a viewer on all lines that never arrived, even repaired."""
        lost = sum(self.got(kind, "packetsLost") for kind in TrackKind)
        came = sum(self.got(kind, "packetsReceived") for kind in TrackKind)
        return max(0.0, lost) / max(1.0, lost + came)

    def unconcealed(self) -> float:
        """Fraction of the voice that was played as it was spoken."""
        samples = self.got(AUDIO, "totalSamplesReceived")
        return 1 - self.got(AUDIO, "concealedSamples") / max(1.0, samples)

    def bitrate_bps(self) -> float:
        return sum(self.gave(kind, "bytesSent") for kind in TrackKind) * 8 / self.seconds


@dataclass(frozen=True, slots=True)
class Tapped:
    """One track of what reached the tap, within a span of arrival."""

    packets: int
    missing: int
    """Sequence numbers that never came, neither at first nor repaired."""
    frames_per_s: float
    """Complete frames of a video track: no number missing up to the marker."""

    @property
    def missing_fraction(self) -> float:
        return self.missing / max(1, self.packets + self.missing)


def tapped(log: dict[str, Any], kind: TrackKind) -> Tapped:
    """Without the last second, which repairs may still mend."""
    tracks = {int(track) for track, name in log["kinds"].items() if name == kind}
    rows = [row for row in log["packets"] if row[0] in tracks]
    first_us, last_us = rows[0][1], rows[-1][1] - 1_000_000
    numbered = _extended(rows)
    # The bounds are numbers, not times: what was repaired late counts where it belongs.
    first = next(iter(numbered))
    last = max(number for number, row in numbered.items() if row[1] <= last_us)
    came = {number: row for number, row in numbered.items() if first <= number <= last}
    missing = last - first + 1 - len(came)
    return Tapped(len(came), missing, _complete_frames(came) / (last_us - first_us) * 1e6)


def _extended(rows: list[list[int]]) -> dict[int, list[int]]:
    """Packets by sequence number with its cycles."""
    found: dict[int, list[int]] = {}
    newest = rows[0][2]
    for row in rows:
        ahead = (row[2] - newest) % CYCLE
        extended = newest + (ahead if ahead < CYCLE // 2 else ahead - CYCLE)
        newest = max(newest, extended)
        found[extended] = row
    return found


def _complete_frames(numbered: dict[int, list[int]]) -> int:
    """Frames whose packets are all there: from the one after the last frame's end to the marker."""
    packets = Counter(row[3] for row in numbered.values())
    complete = 0
    for number, row in numbered.items():
        if not row[4]:
            continue
        first = number - packets[row[3]] + 1
        before = numbered.get(first - 1)
        whole = all(numbered.get(at, (0, 0, 0, -1))[3] == row[3] for at in range(first, number))
        complete += int(whole and before is not None and before[3] != row[3])
    return complete
