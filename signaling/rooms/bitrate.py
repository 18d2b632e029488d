"""With which bitrate a participant's browser starts."""

UNKNOWN_BPS = 500_000
LOWEST_BPS = 300_000
HIGHEST_BPS = 1_500_000
SHARE = 0.8
"""Of the last measured uplink: the estimate may have been good luck."""


def start_bitrate_bps(uplink_bps: int | None) -> int:
    """``uplink_bps``: of the window's last check or call; ``None``: never measured."""
    if uplink_bps is None:
        return UNKNOWN_BPS
    return min(HIGHEST_BPS, max(LOWEST_BPS, round(SHARE * uplink_bps)))
