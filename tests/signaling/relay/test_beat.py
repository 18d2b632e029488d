"""Timers that run out together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.relay.beat import next_beat

NOW_S = st.floats(0, 1e6)


@given(NOW_S, st.sampled_from([0.005, 0.02, 0.25, 1.0]))
def test_the_next_beat_comes_within_one_and_a_half_intervals(
    now_s: float, interval_s: float
) -> None:
    wait_s = next_beat(now_s, interval_s) - now_s
    assert 0.49 * interval_s <= wait_s <= 1.51 * interval_s


@given(NOW_S)
def test_a_long_interval_ends_together_with_a_short_one(now_s: float) -> None:
    long = next_beat(now_s, 0.02)
    assert long / 0.005 == pytest.approx(round(long / 0.005), abs=1e-6)
