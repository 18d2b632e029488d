"""The ring keeps each number's first content only."""

import pytest

from signaling.relay.ring import Ring


def test_a_number_is_found_with_its_first_content_only() -> None:
    ring = Ring(8)
    ring.keep(5, 100, b"first")
    ring.keep(5, 200, b"second")
    assert ring.find(5, 99) == b"first"
    assert ring.find(5, 100) is None, "only what came after the given time"


def test_an_overwritten_number_is_gone() -> None:
    ring = Ring(8)
    ring.keep(65_535, 1, b"old")
    ring.keep(7, 2, b"new")
    assert ring.find(65_535, 0) is None
    assert ring.find(7, 0) == b"new"


def test_a_size_that_is_no_power_of_two_is_refused() -> None:
    with pytest.raises(ValueError, match="power of two"):
        Ring(100)
