"""What the server asks for again, when, and when it gives up."""

from signaling.relay.losses import AGE_US, LARGEST_GAP, REORDER_US, TRIES, Losses


def test_a_gap_is_asked_for_after_a_moment_and_not_again_within_a_round_trip() -> None:
    losses = Losses()
    assert losses.gap(65_535, 3, now_us=0)
    assert losses.due(REORDER_US - 1, 50_000) == []
    assert losses.due(REORDER_US, 50_000) == [65_535, 0, 1]
    assert losses.due(REORDER_US + 70_000, 50_000) == []
    assert losses.due(REORDER_US + 75_000, 50_000) == [65_535, 0, 1]


def test_what_came_late_is_not_asked_for() -> None:
    losses = Losses()
    losses.gap(10, 2, now_us=0)
    assert losses.arrived(10)
    assert not losses.arrived(10)
    assert losses.due(REORDER_US, 0) == [11]


def test_it_gives_up_after_some_tries_and_some_time() -> None:
    losses = Losses()
    losses.gap(10, 1, now_us=0)
    asked = [losses.due(REORDER_US + turn * 100_000, 0) for turn in range(TRIES + 2)]
    assert asked.count([10]) == TRIES
    assert not losses.missing
    losses.gap(20, 1, now_us=0)
    assert losses.due(AGE_US + 1, 0) == []


def test_an_outage_is_not_answered_with_a_flood_of_requests() -> None:
    losses = Losses()
    assert not losses.gap(0, LARGEST_GAP + 1, now_us=0)
    assert not losses.missing
    for turn in range(4):
        assert losses.gap(turn * 1_000, LARGEST_GAP, now_us=0)
    assert not losses.gap(9_000, 1, now_us=0)
