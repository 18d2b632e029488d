"""Token buckets."""

from signaling.relay.rates import SourceBuckets, TokenBucket


def test_a_burst_passes_then_the_rate() -> None:
    bucket = TokenBucket(per_s=10, burst=3)
    start_us = 50_000_000
    assert [bucket.take(start_us) for _ in range(4)] == [True, True, True, False]
    assert not bucket.take(start_us + 99_000)
    assert bucket.take(start_us + 200_000)


def test_sources_are_limited_apart_and_forgotten_in_order() -> None:
    buckets = SourceBuckets(per_s=1, burst=1, limit=2)
    assert buckets.take("a", 1)
    assert not buckets.take("a", 1)
    assert buckets.take("b", 1)
    assert buckets.take("c", 1)
    assert not buckets.take("c", 1)
    assert buckets.take("a", 1), "forgotten, so fresh"
