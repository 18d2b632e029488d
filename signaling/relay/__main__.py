"""``python -m signaling.relay``: a relay by itself, without a recorder. For trials and tests."""

import argparse
from pathlib import Path

from signaling.relay.control import TapOpen
from signaling.relay.service import run
from signaling.relay.settings import Listen, RelaySettings
from signaling.relay.tap import Tap


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m signaling.relay", description=__doc__)
    parser.add_argument("--socket", type=Path, required=True, help="control socket to create")
    parser.add_argument(
        "--listen", action="append", metavar="HOST:PORT", help="UDP address; may be repeated"
    )
    arguments = parser.parse_args()
    listen = tuple(_listen(each) for each in arguments.listen or ["127.0.0.1:0"])
    run(arguments.socket, RelaySettings(listen=listen), _no_tap)


def _listen(text: str) -> Listen:
    host, _, port = text.rpartition(":")
    return Listen(host.strip("[]"), int(port))


def _no_tap(order: TapOpen) -> Tap:
    raise OSError(f"no recorder is joined to this relay: {order.recording_id} is not recorded")


if __name__ == "__main__":
    main()
