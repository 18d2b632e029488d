"""What a socket may cost and how long it may take; tests turn these down."""

from dataclasses import dataclass

from signaling.edge.rate_limit import Rate
from signaling.wire.base import HEARTBEAT_S, HELLO_DEADLINE_S, MESSAGE_LIMIT_BYTES

COMMANDS = Rate(per_s=20, burst=60)


@dataclass(frozen=True, slots=True)
class SocketLimits:
    hello_deadline_s: float = HELLO_DEADLINE_S
    message_bytes: int = MESSAGE_LIMIT_BYTES
    rate: Rate = COMMANDS
    """Commands of one client."""
    heartbeat_s: float = HEARTBEAT_S
    ping_s: float = 16.0
    """aiohttp waits half of it more for the pong: half-open is found within 24 s."""
    outbox: int = 256
    """Messages that a client may leave untaken before its socket closes."""
    replayed: int = 256
    """Events kept for a client that comes back."""
    resume_s: float = 60.0
    resumable: int = 2_000
    """Closed sockets kept for coming back; the oldest is forgotten first."""
    send_deadline_s: float = 10.0
    command_deadline_s: float = 15.0
    close_deadline_s: float = 2.0
    sign_in_check_s: float = 2.0
    """How often the node re-reads the sign-ins of its sockets; a revoked one closes within 5 s."""
    look_again_s: float = 3.0
    """Rows are re-read this often even if nobody was woken."""
