"""``python -m tests.media.relay_process``: the relay with a tap that remembers what it was given.

When the tap closes, ``log_path`` holds ``{"kinds": {track: kind}, "packets": [[track, arrival_us,
sequence, timestamp, marker, bytes], …]}``.
"""

import argparse
import json
from pathlib import Path

from signaling.relay.control import Line, TapOpen
from signaling.relay.rtp import HEADER
from signaling.relay.service import run
from signaling.relay.settings import Listen, RelaySettings


class RememberingTap:
    """Headers only. Unbounded: a test lasts a minute."""

    failed: str | None = None

    def __init__(self, order: TapOpen) -> None:
        self._path = Path(order.log_path)
        self._kinds: dict[int, str] = {}
        self._packets: list[tuple[int, int, int, int, int, int]] = []

    def add_track(self, track: int, participant_id: str, connection_id: str, line: Line) -> None:
        del participant_id, connection_id
        self._kinds[track] = line.kind

    def rtp(self, track: int, arrival_us: int, packet: bytes) -> None:
        _, second, sequence, timestamp, _ = HEADER.unpack_from(packet)
        self._packets.append((track, arrival_us, sequence, timestamp, second >> 7, len(packet)))

    def sender_report(self, track: int, arrival_us: int, ntp: int, rtp_timestamp: int) -> None:
        """Sender reports say nothing about loss."""

    def hold(self, at_us: int, on: bool) -> None:
        """No test here holds."""

    def close(self) -> None:
        body = {"kinds": self._kinds, "packets": self._packets}
        partial = self._path.with_suffix(".partial")
        partial.write_text(json.dumps(body))
        partial.rename(self._path)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("addresses", nargs="+")
    given = parser.parse_args()
    listen = tuple(Listen(address, given.port) for address in given.addresses)
    run(given.socket, RelaySettings(listen=listen), RememberingTap)


if __name__ == "__main__":
    main()
