"""RTP headers read in place, and retransmissions undone, against aiortc."""

import pytest
from aiortc import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc import rtp as aiortc_rtp
from hypothesis import given
from hypothesis import strategies as st

from signaling.relay import rtp


def extended(elements: bytes) -> bytes:
    elements += bytes(-len(elements) % 4)
    head = b"\x90\x60" + bytes(10)
    return head + b"\xbe\xde" + (len(elements) // 4).to_bytes(2, "big") + elements + b"payload"


@pytest.mark.parametrize(
    ("elements", "found"),
    [
        (b"\x51\x12\x34", 0x1234),
        (b"\x32abc\x51\x00\x07", 7),
        (b"\0\0\x30x\0\x51\xff\xff", 0xFFFF),
        (b"\x32abc", -1),
        (b"\x50\x01", -1),
        (b"\x3fabc", -1),
    ],
)
def test_the_transport_wide_number_is_found_among_others(elements: bytes, found: int) -> None:
    assert rtp.transport_sequence(memoryview(extended(elements)), 5) == found


def test_packets_without_the_extension_have_no_such_number() -> None:
    plain = b"\x80\x60" + bytes(10) + b"payload"
    two_byte = extended(b"\x51\x12\x34").replace(b"\xbe\xde", b"\x10\x00")
    assert rtp.transport_sequence(memoryview(plain), 5) == -1
    assert rtp.transport_sequence(memoryview(two_byte), 5) == -1


@given(st.binary(max_size=60))
def test_no_extension_makes_the_reader_raise(elements: bytes) -> None:
    found = rtp.transport_sequence(memoryview(extended(elements)), 5)
    assert -1 <= found <= 0xFFFF


@given(st.binary(min_size=1, max_size=50), st.booleans(), st.booleans(), st.integers(0, 0xFFFF))
def test_a_retransmission_is_unwrapped_to_its_original(
    payload: bytes, marker: bool, with_extension: bool, sequence: int
) -> None:
    original = aiortc_rtp.RtpPacket(
        payload_type=96, marker=int(marker), sequence_number=sequence, timestamp=9, ssrc=22
    )
    original.payload = payload
    extensions = aiortc_rtp.HeaderExtensionsMap()
    if with_extension:
        original.extensions.mid = "1"
        uri = "urn:ietf:params:rtp-hdrext:sdes:mid"
        extensions.configure(
            RTCRtpParameters(headerExtensions=[RTCRtpHeaderExtensionParameters(id=4, uri=uri)])
        )
    raw = original.serialize(extensions)
    wrapped = aiortc_rtp.wrap_rtx(original, payload_type=97, sequence_number=500, ssrc=23)
    packet = memoryview(wrapped.serialize(extensions))
    assert rtp.original_sequence(packet) == sequence
    assert rtp.unwrap_retransmission(packet, ssrc=22, payload_type=96) == raw


def test_a_padding_probe_repeats_nothing() -> None:
    probe = b"\xa0\x61" + bytes(10) + bytes(200) + b"\xc9"
    assert rtp.original_sequence(memoryview(probe)) == -1
    short = b"\x80\x61" + bytes(10)
    assert rtp.original_sequence(memoryview(short)) == -1


def test_a_padding_packet_is_nothing_but_padding() -> None:
    raw = rtp.padding_packet(22, 96, 65_535, 7)
    packet = aiortc_rtp.RtpPacket.parse(raw)
    assert (packet.ssrc, packet.sequence_number, packet.timestamp) == (22, 65_535, 7)
    assert packet.payload == b""
    assert packet.padding_size == 1
