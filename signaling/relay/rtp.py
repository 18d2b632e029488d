"""Reading RTP headers in place (RFC 3550, RFC 8285), and undoing retransmission (RFC 4588).

A packet that reaches these functions has passed :func:`srtp_unprotect`, which has checked that its
header and its extension lie within it.
"""

import struct

HEADER = struct.Struct("!BBHII")
"""First byte, marker and payload type, sequence number, timestamp, SSRC."""
HEADER_BYTES = 12

_ONE_BYTE_PROFILE = 0xBEDE
_EXTENSION = struct.Struct("!HH")
_MARKER = 0x80
_PADDING = 0x20
_EXTENDED = 0x10
_VERSION = 0x80


def payload_offset(packet: memoryview) -> int:
    """Where the payload begins."""
    first = packet[0]
    offset = HEADER_BYTES + 4 * (first & 0x0F)
    if first & _EXTENDED:
        offset += 4 + 4 * (packet[offset + 2] << 8 | packet[offset + 3])
    return offset


def transport_sequence(packet: memoryview, extension_id: int) -> int:
    """The transport-wide sequence number, or -1 when the packet carries none.

    Only the one-byte form is read: browsers send the other for long or many extensions only.
    """
    first = packet[0]
    if not first & _EXTENDED:
        return -1
    at = HEADER_BYTES + 4 * (first & 0x0F)
    profile, words = _EXTENSION.unpack_from(packet, at)
    if profile != _ONE_BYTE_PROFILE:
        return -1
    at += 4
    end = at + 4 * words
    wanted = extension_id << 4 | 1
    while at < end:
        head = packet[at]
        if head == wanted:
            return packet[at + 1] << 8 | packet[at + 2] if at + 2 < end else -1
        # A zero byte is padding; anything else is a header and its value.
        at += (head & 0x0F) + 2 if head else 1
    return -1


def original_sequence(packet: memoryview) -> int:
    """Of a retransmission: the sequence number it repeats, or -1 for a bare padding probe."""
    at = payload_offset(packet)
    end = len(packet) - (packet[-1] if packet[0] & _PADDING else 0)
    return packet[at] << 8 | packet[at + 1] if end > at + 2 else -1


def unwrap_retransmission(packet: memoryview, ssrc: int, payload_type: int) -> bytes:
    """The original packet inside a retransmission that carries one."""
    at = payload_offset(packet)
    marker = packet[1] & _MARKER
    sequence = packet[at : at + 2]
    return b"".join(
        (
            packet[:1],
            bytes((marker | payload_type,)),
            sequence,
            packet[4:8],
            ssrc.to_bytes(4, "big"),
            packet[HEADER_BYTES:at],
            packet[at + 2 :],
        )
    )


def padding_packet(ssrc: int, payload_type: int, sequence: int, timestamp: int) -> bytes:
    """A packet of nothing: one byte of padding, which is its own length."""
    return HEADER.pack(_VERSION | _PADDING, payload_type, sequence, timestamp, ssrc) + b"\x01"
