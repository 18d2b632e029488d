"""The little of STUN (RFC 8489) that an ICE-lite server needs: binding requests and responses.

Parsing never raises: whatever is not a complete, fingerprinted and signed binding message is
``None``, and the caller drops it without an answer, so the port reflects nothing.
"""

import hmac
import ipaddress
import os
import struct
import zlib
from dataclasses import dataclass
from enum import IntEnum

COOKIE = 0x2112A442
HEADER_BYTES = 20
LONGEST_BYTES = 1280
FINGERPRINT_XOR = 0x5354554E
MAC_BYTES = 20

USERNAME = 0x0006
MESSAGE_INTEGRITY = 0x0008
XOR_MAPPED_ADDRESS = 0x0020
PRIORITY = 0x0024
USE_CANDIDATE = 0x0025
FINGERPRINT = 0x8028
ICE_CONTROLLED = 0x8029

HOST_PRIORITY = (126 << 24) | (65535 << 8) | 255
"""RFC 8445 §5.1.2.1, of the one host candidate of one component."""

_HEADER = struct.Struct("!HHI12s")
_ATTRIBUTE = struct.Struct("!HH")


class Kind(IntEnum):
    REQUEST = 0x0001
    SUCCESS = 0x0101
    FAILURE = 0x0111


_KINDS = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Message:
    kind: Kind
    transaction_id: bytes
    username: str
    use_candidate: bool
    controlled: bool
    """The sender believes to be the controlled side: so do we, and only we are lite."""
    signed: bytes
    """What the MESSAGE-INTEGRITY covers, its length field already set."""
    mac: bytes


def parse(datagram: bytes) -> Message | None:
    """Takes one datagram apart; ``None`` for anything incomplete, unsigned or unknown."""
    size = len(datagram)
    if size < HEADER_BYTES or size > LONGEST_BYTES:
        return None
    kind, length, cookie, transaction_id = _HEADER.unpack_from(datagram)
    if kind not in _KINDS or cookie != COOKIE or length + HEADER_BYTES != size or length % 4:
        return None
    attributes = _attributes(datagram)
    if attributes is None:
        return None
    username = attributes.get(USERNAME, (0, b""))[1]
    if MESSAGE_INTEGRITY not in attributes or len(username) > 512 or not username.isascii():
        return None
    at, mac = attributes[MESSAGE_INTEGRITY]
    covered = struct.pack("!HH", kind, at - HEADER_BYTES + 4 + MAC_BYTES) + datagram[4:at]
    return Message(
        kind=Kind(kind),
        transaction_id=transaction_id,
        username=username.decode("ascii"),
        use_candidate=USE_CANDIDATE in attributes,
        controlled=ICE_CONTROLLED in attributes,
        signed=covered,
        mac=mac,
    )


def _attributes(datagram: bytes) -> dict[int, tuple[int, bytes]] | None:
    """Type → (offset, value) of the first of each kind; nothing after the signature counts but a
    FINGERPRINT, which has to be there, last and right."""
    found: dict[int, tuple[int, bytes]] = {}
    at, size = HEADER_BYTES, len(datagram)
    while at + 4 <= size:
        kind, length = _ATTRIBUTE.unpack_from(datagram, at)
        value = datagram[at + 4 : at + 4 + length]
        if len(value) != length:
            return None
        if kind == FINGERPRINT:
            right = length == 4 and at + 8 == size
            return found if right and _fingerprint(datagram[:at]) == value else None
        if kind == MESSAGE_INTEGRITY and length != MAC_BYTES:
            return None
        if MESSAGE_INTEGRITY not in found:
            found.setdefault(kind, (at, value))
        at += 4 + (length + 3 & ~3)
    return None


def is_signed_with(message: Message, pwd: str) -> bool:
    return hmac.compare_digest(hmac.digest(pwd.encode(), message.signed, "sha1"), message.mac)


def success_response(transaction_id: bytes, host: str, port: int, pwd: str) -> bytes:
    """Answers a check: tells the sender the address that it was seen from."""
    return _sealed(Kind.SUCCESS, transaction_id, _mapped(host, port, transaction_id), pwd)


def binding_request(transaction_id: bytes, username: str, pwd: str) -> bytes:
    """The server's own check of an address, ``pwd`` being the client's."""
    attributes = (
        _attribute(USERNAME, username.encode())
        + _attribute(PRIORITY, HOST_PRIORITY.to_bytes(4, "big"))
        + _attribute(ICE_CONTROLLED, os.urandom(8))
    )
    return _sealed(Kind.REQUEST, transaction_id, attributes, pwd)


def _sealed(kind: Kind, transaction_id: bytes, attributes: bytes, pwd: str) -> bytes:
    def head(length: int) -> bytes:
        return _HEADER.pack(kind, length, COOKIE, transaction_id) + attributes

    mac = hmac.digest(pwd.encode(), head(len(attributes) + 4 + MAC_BYTES), "sha1")
    attributes += _attribute(MESSAGE_INTEGRITY, mac)
    whole = head(len(attributes) + 8)
    return whole + _attribute(FINGERPRINT, _fingerprint(whole))


def _attribute(kind: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(kind, len(value)) + value + bytes(-len(value) % 4)


def _fingerprint(covered: bytes) -> bytes:
    """Of a message whose length field already counts the FINGERPRINT."""
    return (zlib.crc32(covered) ^ FINGERPRINT_XOR).to_bytes(4, "big")


def _mapped(host: str, port: int, transaction_id: bytes) -> bytes:
    address = ipaddress.ip_address(host.partition("%")[0])
    mask = COOKIE.to_bytes(4, "big") + transaction_id
    hidden = bytes(a ^ b for a, b in zip(address.packed, mask, strict=False))
    family = 1 if address.version == 4 else 2
    value = struct.pack("!BBH", 0, family, port ^ (COOKIE >> 16)) + hidden
    return _attribute(XOR_MAPPED_ADDRESS, value)
