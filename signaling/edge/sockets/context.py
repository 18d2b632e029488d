"""What the sockets are built from; ``shipinban`` fills it."""

from dataclasses import dataclass

from casework.database import Database
from signaling.bus import Bus
from signaling.edge.sockets.heart import Heart
from signaling.edge.sockets.limits import SocketLimits
from signaling.edge.sockets.presence import Presence
from signaling.edge.sockets.resume import Resumable
from signaling.pairing.rules import PairingRules
from signaling.rooms.rooms import Rooms


@dataclass(frozen=True, kw_only=True)
class SocketContext:
    database: Database
    bus: Bus
    rules: PairingRules
    rooms: Rooms
    presence: Presence
    heart: Heart
    resumable: Resumable
    limits: SocketLimits
    node_id: str
