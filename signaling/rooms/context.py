"""What rooms are built from; ``shipinban`` fills it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from casework.database import Database
from casework.protected import ProtectedFields
from signaling.bus import Bus
from signaling.pairing.rules import PairingRules
from signaling.rooms.call_log import monotonic_us
from signaling.rooms.media import Relay
from signaling.rooms.recorder import CallRecorder
from signaling.rooms.settings import RoomSettings


@dataclass(frozen=True, kw_only=True)
class RoomContext:
    database: Database
    bus: Bus
    rules: PairingRules
    settings: RoomSettings
    relay: Relay
    node_id: str
    protected: ProtectedFields
    """Opens the masked fields of cases."""
    recorder: CallRecorder | None = None
    """``None``: nothing is recorded here, whatever was consented to."""
    clock: Callable[[], int] = monotonic_us

    @staticmethod
    def now_s() -> float:
        return asyncio.get_running_loop().time()
