"""RTCP in and out, against aiortc's reading of the same standards."""

from aiortc import rtp as aiortc_rtp
from hypothesis import given
from hypothesis import strategies as st

from signaling.relay import rtcp


@given(st.integers(0, 0xFFFF), st.sets(st.integers(0, 300), min_size=1, max_size=60))
def test_a_nack_names_what_was_asked_for(first: int, offsets: set[int]) -> None:
    asked = [(first + offset) & 0xFFFF for offset in sorted(offsets)]
    raw = rtcp.generic_nack(1, 2, asked)
    (packet,) = rtcp.parse(raw)
    assert rtcp.is_transport_feedback(packet, rtcp.GENERIC_NACK)
    assert packet.media_ssrc == 2
    assert list(rtcp.nack_sequences(packet)) == asked
    (theirs,) = aiortc_rtp.RtcpPacket.parse(raw)
    assert isinstance(theirs, aiortc_rtp.RtcpRtpfbPacket)
    assert [sequence & 0xFFFF for sequence in theirs.lost] == asked


def test_key_frame_requests_are_read_in_both_forms() -> None:
    (loss,) = rtcp.parse(rtcp.picture_loss(1, 77))
    assert rtcp.wants_key_frame(loss) == [77]
    body = bytes(4) + bytes(4) + (88).to_bytes(4, "big") + b"\x05\0\0\0"
    (full_intra,) = rtcp.parse(rtcp.build(206, rtcp.FULL_INTRA, body))
    assert rtcp.wants_key_frame(full_intra) == [88]
    (remb,) = rtcp.parse(rtcp.build(206, 15, bytes(16)))
    assert rtcp.wants_key_frame(remb) == []


def test_a_receiver_report_says_what_it_was_given() -> None:
    block = rtcp.ReportBlock(5, 0.25, 17, 70_000, 0, 0x12345678, 65_536)
    raw = rtcp.receiver_report(9, [block])
    (packet,) = rtcp.parse(raw)
    assert rtcp.report_blocks(packet) == [block]
    (theirs,) = aiortc_rtp.RtcpPacket.parse(raw)
    assert isinstance(theirs, aiortc_rtp.RtcpRrPacket)
    assert theirs.reports[0].packets_lost == 17
    assert theirs.reports[0].highest_sequence == 70_000


def test_sender_reports_are_read_with_their_times() -> None:
    theirs = aiortc_rtp.RtcpSrPacket(
        ssrc=6,
        sender_info=aiortc_rtp.RtcpSenderInfo(
            ntp_timestamp=1 << 40, rtp_timestamp=90_000, packet_count=1, octet_count=2
        ),
    )
    (packet,) = rtcp.parse(bytes(theirs))
    assert packet.sender_ssrc == 6
    assert rtcp.sender_report(packet) == (1 << 40, 90_000)


def test_a_compound_is_split_and_refused_as_a_whole_when_any_part_is_bad() -> None:
    good = rtcp.picture_loss(1, 2) + rtcp.generic_nack(1, 2, [3])
    assert [packet.kind for packet in rtcp.parse(good)] == [206, 205]
    assert b"".join(packet.raw for packet in rtcp.parse(good)) == good
    assert rtcp.parse(good + b"\x81\xc9\x00\x40\0\0\0\0") == []
    assert rtcp.parse(good[:-2]) == []


@given(st.binary(max_size=200), st.integers(200, 207), st.integers(0, 31))
def test_no_body_makes_a_reader_raise(body: bytes, kind: int, count: int) -> None:
    body = body[: len(body) // 4 * 4]
    for packet in rtcp.parse(rtcp.build(kind, count, body)) + rtcp.parse(body):
        rtcp.sender_report(packet)
        rtcp.report_blocks(packet)
        rtcp.wants_key_frame(packet)
        list(rtcp.nack_sequences(packet))
        for shape in (rtcp.GENERIC_NACK, rtcp.TRANSPORT_CC):
            rtcp.is_transport_feedback(packet, shape)
