"""What an operator or a test may tune in rooms."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TurnSettings:
    """coturn with ``use-auth-secret``: credentials are made here and checked there."""

    urls: tuple[str, ...]
    """Such as ``turn:turn.example:3478?transport=udp`` and ``turns:turn.example:443``."""
    secret: str
    lifetime_s: int = 3 * 3600
    """Longer than the longest call: coturn ends an allocation whose credentials have run out."""


@dataclass(frozen=True, slots=True)
class RoomSettings:
    grace_s: float = 60.0
    """A participant may be away for so long before the call counts as lost."""
    silent_to_lost_s: float = 8.0
    """Silent media counts as lost after so long: the page makes a new connection then."""
    longest_call_s: float = 2 * 3600.0
    check_room_s: float = 20.0
    token_lifetime_ms: int = 30_000
    look_again_s: float = 3.0
    """Rows are re-read this often even if nobody was woken."""
    quality_interval_s: float = 30.0
    """Quality reports of a call are gathered for so long into one event row."""
    max_up_bitrate_bps: int = 8_000_000
    mailbox: int = 256
    page_requests: int = 8
    """Pages asked for and not yet there, of one call."""
    turn: TurnSettings | None = None
