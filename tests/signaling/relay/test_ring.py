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


def test_what_is_too_old_to_be_resent_gives_its_memory_back_and_keeps_its_number() -> None:
    ring = Ring(8)
    for sequence in (0, 1, 3, 4, 5):  # 2 was lost
        ring.keep(sequence, sequence * 100, b"%d" % sequence)
    ring.let_go(5, 300)
    assert [bytes(each) for each in ring.packets] == [b"", b"", b"", b"", b"4", b"5", b"", b""]
    ring.keep(3, 600, b"another content")
    assert ring.find(3, 300) is None, "the number was used"
    assert ring.find(5, 300) == b"5"
    for sequence in range(6, 16):
        ring.keep(sequence, sequence * 100, b"%d" % sequence)
        ring.let_go(sequence, sequence * 100 - 200)
    assert [ring.find(sequence, 0) for sequence in (14, 15)] == [b"14", b"15"]
    assert sum(bool(packet) for packet in ring.packets) == 2
