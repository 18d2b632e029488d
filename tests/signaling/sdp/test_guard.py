import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.errors import Invalid, ShipinbanError, TooLarge
from signaling.sdp.guard import guard
from signaling.sdp.parse import parse_up_offer


def test_a_real_offer_passes_unchanged(chromium_offer: str) -> None:
    assert guard(chromium_offer) == chromium_offer


def test_remote_candidates_are_dropped(chromium_offer: str) -> None:
    candidate = "a=candidate:1 1 udp 2130706431 192.0.2.7 5000 typ host\r\n"
    crowded = chromium_offer + candidate * 200 + "a=end-of-candidates\r\n"
    assert guard(crowded) == chromium_offer


@pytest.mark.parametrize(
    "addition",
    [
        "a=ssrc:1 cname:x\r\n" * 41,
        "a=rtpmap:96 VP8/90000\r\n" * 41,
        "a=rtcp-fb:96 nack\r\n" * 81,
        "a=extmap:1 urn:x\r\n" * 41,
        "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n" * 4,
        "a=x:" + "y" * 2_000 + "\r\n",
        "a=x\r\n" * 10_000,
    ],
)
def test_too_much_of_anything_is_refused_before_parsing(chromium_offer: str, addition: str) -> None:
    with pytest.raises(TooLarge):
        guard(chromium_offer + addition)


@pytest.mark.parametrize("addition", ["a=rtcp-fb:* nack\r\n", "a=x:\u2028y\r\n", "a=x:\x0by\r\n"])
def test_what_the_parser_trips_over_is_refused(chromium_offer: str, addition: str) -> None:
    with pytest.raises(Invalid):
        guard(chromium_offer + addition)


def _worst_section(number: int) -> str:
    """As much work for the parser as the limits let through."""
    formats = " ".join(map(str, range(96, 127)))
    written = [f"m=video 9 UDP/TLS/RTP/SAVPF {formats}"]
    written += [f"a=rtpmap:{96 + i % 31} VP8/90000" for i in range(40)]
    written += [f"a=rtcp-fb:{96 + i % 31} nack" for i in range(80)]
    written += [f"a=fmtp:{96 + i % 31} a=b;c=d" for i in range(80)]
    return "\r\n".join([*written, f"a=mid:{number}", ""])


def test_the_worst_that_passes_is_read_quickly() -> None:
    worst = "v=0\r\n" + "".join(_worst_section(number) for number in range(6))
    guard(worst)
    started_s = time.process_time()
    with pytest.raises(Invalid):
        parse_up_offer(worst)
    assert time.process_time() - started_s < 0.25  # the goal is 50 ms


@given(st.text(max_size=2_000))
def test_any_text_is_refused_with_an_error_of_ours(text: str) -> None:
    with pytest.raises(ShipinbanError):
        parse_up_offer(text)
