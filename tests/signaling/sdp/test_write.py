import re

from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import SessionDescription
from hypothesis import given
from hypothesis import strategies as st

from signaling.relay.control import IceCredentials, Line, TrackKind
from signaling.sdp.local import LocalTransport, new_ice_credentials
from signaling.sdp.parse import parse_down_answer, parse_up_offer
from signaling.sdp.write import down_offer, up_answer

PARTICIPANT = "0198-aa"


def test_the_answer_receives_passively_with_our_candidates(
    chromium_offer: str, local: LocalTransport
) -> None:
    answer = up_answer(parse_up_offer(chromium_offer).lines, local, 640_000)
    assert answer.count("a=recvonly") == 3
    assert "a=ice-lite" in answer
    assert answer.count("a=setup:passive") == 3
    assert answer.count("x-google-start-bitrate=640") == 2
    assert " 127.0.0.1 40000 typ host" in answer
    assert " ::1 40000 typ host" in answer
    assert "goog-remb" not in answer
    assert "a=ssrc" not in answer


def test_an_absent_device_is_answered_inactive(
    offer_without_document: str, local: LocalTransport
) -> None:
    lines = parse_up_offer(offer_without_document).lines
    assert up_answer(lines, local, 500_000).count("a=inactive") == 1
    assert down_offer(lines, local, PARTICIPANT).count("a=inactive") == 1


def test_the_down_offer_mirrors_the_source(chromium_offer: str, local: LocalTransport) -> None:
    lines = parse_up_offer(chromium_offer).lines
    offered = SessionDescription.parse(down_offer(lines, local, PARTICIPANT))
    assert [media.rtp.muxId for media in offered.media] == [line.mid for line in lines]
    for media, line in zip(offered.media, lines, strict=True):
        assert media.rtp.codecs[0].payloadType == line.payload_type
        assert media.ssrc[0].ssrc == line.ssrc
    assert offered.media[1].ssrc_group[0].items == [lines[1].ssrc, lines[1].rtx_ssrc]
    streams = [str(media.msid).split()[0] for media in offered.media]
    assert streams[0] == streams[1] != streams[2]


_local = LocalTransport(
    IceCredentials(ufrag="abcd", pwd="x" * 22), ":".join(["0F"] * 32), ("192.0.2.1:9000",)
)
_id = st.integers(1, 14)
_ssrc = st.integers(1, 0xFFFFFFFF)


@st.composite
def agreed_lines(draw: st.DrawFn) -> list[Line]:
    """Anything the control protocol lets through."""
    ssrcs = draw(st.lists(_ssrc, min_size=6, max_size=6, unique=True))
    mids = draw(
        st.lists(
            st.from_regex(r"[A-Za-z0-9_-]{1,16}", fullmatch=True),
            min_size=3,
            max_size=3,
            unique=True,
        )
    )
    payload_types = {
        "opus": 120,
        "VP8": draw(st.integers(96, 99)),
        "VP9": draw(st.integers(100, 103)),
    }
    transport_cc_id = draw(st.none() | _id)
    lines = []
    for number, kind in enumerate(TrackKind):
        audio = kind is TrackKind.AUDIO
        codec = "opus" if audio else draw(st.sampled_from(["VP8", "VP9"]))
        repaired = not audio and draw(st.booleans())
        lines.append(
            Line(
                kind=kind,
                mid=mids[number],
                ssrc=ssrcs[number] if repaired else draw(st.sampled_from([ssrcs[number], None])),
                payload_type=payload_types[codec],
                codec=codec,
                clock_rate_hz=48_000 if audio else 90_000,
                rtx_ssrc=ssrcs[3 + number] if repaired else None,
                rtx_payload_type=payload_types[codec] + 14 if repaired else None,
                transport_cc_id=transport_cc_id,
                nack=draw(st.booleans()),
            )
        )
    return lines


@given(agreed_lines())
def test_what_is_written_reads_back_as_the_same_lines(lines: list[Line]) -> None:
    offer = down_offer(lines, _local, PARTICIPANT)
    read = parse_up_offer(offer)
    # The ring answers for every line, whatever the source itself would resend.
    assert list(read.lines) == [line.model_copy(update={"nack": True}) for line in lines]
    assert read.remote.ice == _local.ice
    assert re.fullmatch(r"(?:[a-z]=[\x20-\x7e]+\r\n)+", offer)


async def test_a_peer_accepts_answer_and_offer(local: LocalTransport) -> None:
    """aiortc's own peers, as the headless clients use them."""
    source = RTCPeerConnection(RTCConfiguration([], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
    viewer = RTCPeerConnection(RTCConfiguration([], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
    for kind in ("audio", "video", "video"):
        source.addTransceiver(kind, direction="sendonly")
    await source.setLocalDescription(await source.createOffer())
    lines = parse_up_offer(source.localDescription.sdp).lines
    nowhere = LocalTransport(new_ice_credentials(), local.fingerprint, ())
    await source.setRemoteDescription(
        RTCSessionDescription(up_answer(lines, nowhere, 500_000), "answer")
    )
    await viewer.setRemoteDescription(
        RTCSessionDescription(down_offer(lines, nowhere, PARTICIPANT), "offer")
    )
    await viewer.setLocalDescription(await viewer.createAnswer())
    remote = parse_down_answer(viewer.localDescription.sdp)
    assert remote.ice.ufrag in viewer.localDescription.sdp
    await source.close()
    await viewer.close()
