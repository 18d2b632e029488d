import re
from pathlib import Path

import pytest
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
)
from hypothesis import given
from hypothesis import strategies as st

from casework.errors import Invalid, ShipinbanError
from recording.depacketize import WRITABLE_CODECS
from signaling.relay.control import TrackKind
from signaling.sdp.parse import UpOffer, parse_down_answer, parse_up_offer

CHROMIUM = (Path(__file__).parent / "offers" / "chromium.sdp").read_bytes().decode()


def test_a_real_offer_becomes_three_agreed_lines(chromium_offer: str) -> None:
    audio, camera, document = parse_up_offer(chromium_offer).lines
    assert (audio.kind, audio.codec, audio.payload_type) == (TrackKind.AUDIO, "opus", 111)
    assert (audio.ssrc, audio.rtx_ssrc, audio.audio_level_id) == (2865787220, None, 1)
    assert (camera.mid, camera.codec, camera.payload_type) == ("1", "VP8", 96)
    assert (camera.ssrc, camera.rtx_ssrc, camera.rtx_payload_type) == (2174052612, 3192935671, 97)
    assert (document.ssrc, document.rtx_ssrc) == (3872142865, 4158453315)
    assert {line.transport_cc_id for line in (audio, camera, document)} == {3}
    assert [line.nack for line in (audio, camera, document)] == [False, True, True]


def test_credentials_and_certificate_are_those_of_the_bundle(chromium_offer: str) -> None:
    remote = parse_up_offer(chromium_offer).remote
    assert f"a=ice-pwd:{remote.ice.pwd}\r\n" in chromium_offer
    assert f"sha-256 {remote.fingerprint}" in chromium_offer


def test_an_absent_device_is_a_line_without_ssrc(offer_without_document: str) -> None:
    document = parse_up_offer(offer_without_document).lines[2]
    assert (document.ssrc, document.rtx_ssrc, document.rtx_payload_type) == (None, None, None)
    assert document.payload_type == 96


async def test_an_offer_of_aiortc_is_understood() -> None:
    parsed = parse_up_offer(await _aiortc_offer())
    assert [line.codec for line in parsed.lines] == ["opus", "VP8", "VP8"]
    assert all(line.ssrc for line in parsed.lines)


async def _aiortc_offer() -> str:
    peer = RTCPeerConnection(RTCConfiguration([], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
    for kind in ("audio", "video", "video"):
        peer.addTransceiver(kind, direction="sendonly")
    offer = await peer.createOffer()
    await peer.close()
    return str(offer.sdp)


def replaced(sdp: str, pattern: str, replacement: str, count: int = 0) -> str:
    changed, times = re.subn(pattern, replacement, sdp, count=count)
    assert times, "the pattern has to match"
    return changed


@pytest.mark.parametrize(
    ("pattern", "replacement", "code"),
    [
        (r"a=ssrc.*\r\n", "", "sdp.ssrc_missing"),
        (r"(a=ssrc:2174052612 cname:\S+\r\n)", r"\1a=ssrc:7 cname:x\r\n", "sdp.ssrc_too_many"),
        (r"3872142865", "2174052612", "sdp.ssrc_twice"),
        (r"a=ssrc:2865787220", "a=ssrc:4294967296", "sdp.value"),
        (r"opus/48000", "PCMU/8000", "sdp.codec"),
        (r"(VP8|VP9)/90000", "H264/90000", "sdp.codec"),
        (r"a=fingerprint:sha-256", "a=fingerprint:sha-1", "sdp.fingerprint"),
        (r"sha-256 ..:", "sha-256 ", "sdp.value"),
        (r"a=setup:actpass", "a=setup:passive", "sdp.setup"),
        (r"a=group:BUNDLE 0 1 2", "a=group:BUNDLE 0 1", "sdp.bundle"),
        (r"a=mid:2", "a=mid:1", "sdp.bundle"),
        (r"m=video", "m=audio", "sdp.lines"),
        (r"(?s)m=video.*", "", "sdp.lines"),
        (r"a=rtcp-mux\r\n", "", "sdp.rtcp_mux"),
        (r"UDP/TLS/RTP/SAVPF", "RTP/AVP", "sdp.profile"),
        (r"a=ice-ufrag:\S+", "a=ice-ufrag:a b", "sdp.value"),
        (r"a=ice-pwd:\S+", "a=ice-pwd:short", "sdp.value"),
        (r"a=rtpmap:111 opus/48000/2", "a=rtpmap:96 opus/48000/2", "sdp.unreadable"),
    ],
)
def test_a_wrong_offer_is_named_for_what_is_wrong(
    chromium_offer: str, pattern: str, replacement: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        parse_up_offer(replaced(chromium_offer, pattern, replacement))
    assert refused.value.code == code


def test_vp9_is_taken_where_vp8_is_not_offered(chromium_offer: str) -> None:
    camera = parse_up_offer(replaced(chromium_offer, "VP8/90000", "X/90000")).lines[1]
    assert (camera.codec, camera.payload_type, camera.rtx_payload_type) == ("VP9", 98, 99)


def test_an_answer_that_is_no_client_of_ours_is_refused(chromium_offer: str) -> None:
    answer = replaced(chromium_offer, "setup:actpass", "setup:active")
    assert parse_down_answer(answer) == parse_up_offer(chromium_offer).remote
    with pytest.raises(Invalid):
        parse_down_answer(chromium_offer)


_edits = st.lists(
    st.tuples(
        st.integers(0, len(CHROMIUM) - 1),
        st.integers(0, 30),
        st.text(st.characters(min_codepoint=9, max_codepoint=126), max_size=12),
    ),
    min_size=1,
    max_size=6,
)


@given(_edits)
def test_a_mutated_offer_is_read_or_refused_and_never_anything_else(
    edits: list[tuple[int, int, str]],
) -> None:
    mutated = CHROMIUM
    for start, length, inserted in edits:
        mutated = mutated[:start] + inserted + mutated[start + length :]
    try:
        parsed = parse_up_offer(mutated)
    except ShipinbanError:
        return
    assert isinstance(parsed, UpOffer)
    assert [line.kind for line in parsed.lines] == list(TrackKind)


def test_no_line_settles_on_a_codec_that_cannot_be_recorded(chromium_offer: str) -> None:
    offers = (chromium_offer, replaced(chromium_offer, "VP8/90000", "X/90000"))
    settled = {line.codec.lower() for offer in offers for line in parse_up_offer(offer).lines}
    assert {"opus", "vp8", "vp9"} == settled <= WRITABLE_CODECS
