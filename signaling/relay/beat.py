"""One beat for all that is regular in the process that forwards.

A wake-up of the loop costs as much as forwarding several packets. So whatever comes back at a
fixed interval does so at multiples of it: the timers of all intervals that divide each other then
run out together, in one wake-up.
"""

from math import floor


def next_beat(now_s: float, interval_s: float) -> float:
    """The next multiple of the interval, at least half of one away."""
    return (floor(now_s / interval_s + 0.5) + 1) * interval_s
