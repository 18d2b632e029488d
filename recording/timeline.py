"""From a sender's RTP times to the call's clock.

A connection's audio, camera and document tick in one clock of the sender's, which RTCP sender
reports tie each track's RTP time to (RFC 3550, 6.4.1). :class:`SenderClock` ties that clock to the
call's: capture time + the smallest delay seen lately. Tracks of one connection share it, so they
stay together whatever the network does; and as it moves slowly, so do participants.

:class:`TrackTimeline` maps one track, in *runs*: within a run RTP time flows evenly; a hold, a
device that was exchanged, or a sender that stopped its clock begins a new one. A run's first
frames wait for its first sender report, a few seconds of the log at most; without one the smallest
delay within the run is the best guess.

Time is that of the log throughout, so that the same log always gives the same result.
All times are microseconds on the call's clock unless a name says otherwise.
"""

from recording.depacketize import Frame
from recording.rtp import signed_delta

SETTLE_US = 4_000_000
"""Browsers report audio each 2.5 to 7.5 s, video each 0.5 to 1.5 s."""
_EARLIEST_US = -300_000
LATEST_US = 2_000_000
"""A frame that arrives this much after (before) its time shows that a new run has begun."""
_WINDOW_US = 10_000_000
_SLEW = 0.005
"""How fast the sender's clock may be pulled along: more than any quartz drifts."""
_REPORT_STEP_US = 5_000
"""Later reports of a run only correct drift; their own times are a few ms off."""


class SenderClock:
    """Where the clock of one connection's sender stands on the call's clock."""

    def __init__(self) -> None:
        self.offset_us: float | None = None
        """Call time − sender's time."""
        self._bucket_start_us = 0.0
        self._bucket_us: float | None = None
        self._previous_us: float | None = None
        self._moved_at_us = 0.0

    def observe(self, delay_us: float, arrival_us: int) -> None:
        """A frame (or the fastest of several) has arrived, its delay being arrival − sender's
        time of capture."""
        if arrival_us - self._bucket_start_us > _WINDOW_US:
            self._previous_us, self._bucket_us = self._bucket_us, None
            self._bucket_start_us = arrival_us
        self._bucket_us = delay_us if self._bucket_us is None else min(self._bucket_us, delay_us)
        best_us = self._bucket_us
        if self._previous_us is not None:
            best_us = min(best_us, self._previous_us)
        self._move_towards(best_us, arrival_us)

    def _move_towards(self, target_us: float, now_us: int) -> None:
        if self.offset_us is None:
            self.offset_us = target_us
        else:
            reach = max(now_us - self._moved_at_us, 0) * _SLEW
            self.offset_us += min(max(target_us - self.offset_us, -reach), reach)
        self._moved_at_us = max(now_us, self._moved_at_us)


class TrackTimeline:
    """Gives frames of one track their place on the call's clock."""

    def __init__(self, clock: SenderClock, clock_rate_hz: int) -> None:
        self._clock = clock
        self._tick_us = 1_000_000 / clock_rate_hz
        self._last_timestamp: int | None = None
        self._last_arrival_us = 0
        self._unwrapped = 0
        self._pending: list[tuple[int, Frame]] = []  # (RTP time unwrapped, frame)
        self._zero_us: float | None = None  # time of RTP 0; None until the run is settled
        self._reported = False  # ``_zero_us`` is the sender's time, by a report of this run
        self._early_report: tuple[int, int] | None = None  # came before the first frame
        self.rejected_reports = 0

    @property
    def waiting_since_us(self) -> int | None:
        """When the first frame arrived whose time is not yet known; ``None``: all are placed."""
        return self._pending[0][1].arrival_us if self._pending else None

    def push(self, frame: Frame) -> list[tuple[int, Frame]]:
        """Answers the frames, this one or others before it, whose time is now known."""
        rtp = self._unwrap(frame.timestamp)
        self._last_arrival_us = frame.arrival_us
        settled: list[tuple[int, Frame]] = []
        if self._zero_us is not None and self._has_jumped(self._zero_us, rtp, frame):
            self._zero_us, self._reported = None, False
        elif self._pending and self._pending_has_jumped(rtp, frame):
            settled = self._settle_by_arrival()
            self._zero_us = None
        if self._zero_us is None:
            self._pending.append((rtp, frame))
            if self._early_report is not None:
                early, self._early_report = self._early_report, None
                settled += self.sender_report(*early)
            return settled + self.advance(frame.arrival_us)
        if self._reported:
            self._clock.observe(self._delay_us(self._zero_us, rtp, frame), frame.arrival_us)
        return [(self._time_us(self._zero_us, rtp), frame)]

    def sender_report(self, ntp: int, timestamp: int) -> list[tuple[int, Frame]]:
        """Takes the pair of a report; answers frames that waited for it."""
        if self._last_timestamp is None:
            self._early_report = (ntp, timestamp)
            return []
        rtp = self._unwrapped + signed_delta(timestamp, self._last_timestamp, 32)
        zero_us = ntp * 1e6 / (1 << 32) - rtp * self._tick_us
        if not self._is_plausible(zero_us):
            self.rejected_reports += 1
            return []
        if self._zero_us is not None and self._reported:
            step_us = (zero_us - self._zero_us) / 2
            self._zero_us += min(max(step_us, -_REPORT_STEP_US), _REPORT_STEP_US)
            return []
        self._reported = True
        return self._settle(zero_us)

    def advance(self, now_us: int) -> list[tuple[int, Frame]]:
        """Frames that have waited long enough for a report."""
        if not self._pending or now_us - self._pending[0][1].arrival_us < SETTLE_US:
            return []
        return self._settle_by_arrival()

    def finish(self) -> list[tuple[int, Frame]]:
        """The track has ended: what still waits, at the best guess."""
        return self._settle_by_arrival() if self._pending else []

    def _unwrap(self, timestamp: int) -> int:
        if self._last_timestamp is not None:
            self._unwrapped += signed_delta(timestamp, self._last_timestamp, 32)
        self._last_timestamp = timestamp
        return self._unwrapped

    def _delay_us(self, zero_us: float, rtp: int, frame: Frame) -> float:
        return frame.arrival_us - (zero_us + rtp * self._tick_us)

    def _time_us(self, zero_us: float, rtp: int) -> int:
        offset_us = (self._clock.offset_us or 0.0) if self._reported else 0.0
        return max(round(zero_us + rtp * self._tick_us + offset_us), 0)

    def _has_jumped(self, zero_us: float, rtp: int, frame: Frame) -> bool:
        late_us = frame.arrival_us - self._time_us(zero_us, rtp)
        return not _EARLIEST_US < late_us < LATEST_US

    def _pending_has_jumped(self, rtp: int, frame: Frame) -> bool:
        first_rtp, first = self._pending[0]
        late_us = frame.arrival_us - first.arrival_us - (rtp - first_rtp) * self._tick_us
        return not -LATEST_US < late_us < LATEST_US

    def _is_plausible(self, zero_us: float) -> bool:
        """A report that puts the last frame nowhere near its arrival is of no use."""
        if self._clock.offset_us is None:
            return True
        sent_us = zero_us + self._unwrapped * self._tick_us
        late_us = self._last_arrival_us - (sent_us + self._clock.offset_us)
        return _EARLIEST_US < late_us < LATEST_US

    def _settle_by_arrival(self) -> list[tuple[int, Frame]]:
        self._reported = False
        return self._settle(min(self._delay_us(0, *waiting) for waiting in self._pending))

    def _settle(self, zero_us: float) -> list[tuple[int, Frame]]:
        self._zero_us = zero_us
        pending, self._pending = self._pending, []
        if self._reported and pending:
            fastest = min(self._delay_us(zero_us, *waiting) for waiting in pending)
            self._clock.observe(fastest, pending[-1][1].arrival_us)
        return [(self._time_us(zero_us, rtp), frame) for rtp, frame in pending]
