"""SRTP (RFC 3711, RFC 7714) on one reused buffer.

:class:`pylibsrtp.Session` allocates and copies three times a packet (3–5 µs at 1 kB). The library's
own binding on a buffer that stays takes 1.3–1.8 µs, so the relay calls that, from here only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pylibsrtp
from pylibsrtp import Policy
from pylibsrtp._binding import ffi, lib

RECEIVE_BYTES = 1_600
"""Longest datagram taken; more than any path with a 1,500-byte MTU delivers."""
TRAILER_BYTES = 256
"""Room behind a packet for the tag that :func:`protect` appends."""
REPLAY_WINDOW = 2_048
"""Packets: longer than the ring of resendable packets, shorter than half a sequence cycle."""

Handle = Any
"""A C pointer: the library's binding has no types."""
SrtpFunction = Callable[[Any, Any, Any], int]
"""Session, packet, length in and out; 0 when all is well."""

protect: SrtpFunction = lib.srtp_protect
unprotect: SrtpFunction = lib.srtp_unprotect
protect_rtcp: SrtpFunction = lib.srtp_protect_rtcp
unprotect_rtcp: SrtpFunction = lib.srtp_unprotect_rtcp


class PacketBuffer:
    """Where one packet lies while it is received, opened, sealed and sent."""

    __slots__ = ("memory", "size", "view")

    def __init__(self) -> None:
        self.memory: Any = ffi.new("unsigned char[]", RECEIVE_BYTES + TRAILER_BYTES)
        self.view = memoryview(ffi.buffer(self.memory))
        self.size: Any = ffi.new("int *")
        """In and out parameter of the library: the packet's length in bytes."""


@dataclass(frozen=True, slots=True)
class Profile:
    openssl_name: bytes
    number: int
    key_bytes: int
    salt_bytes: int

    @property
    def keying_bytes(self) -> int:
        return 2 * (self.key_bytes + self.salt_bytes)


PROFILES = (
    Profile(b"SRTP_AEAD_AES_256_GCM", Policy.SRTP_PROFILE_AEAD_AES_256_GCM, 32, 12),
    Profile(b"SRTP_AEAD_AES_128_GCM", Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 16, 12),
    Profile(b"SRTP_AES128_CM_SHA1_80", Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 16, 14),
)
"""In order of preference: GCM costs a quarter of CM with SHA-1."""


class SrtpPair:
    """The two directions of one DTLS association. ``receiving`` and ``sending`` go to the library.

    ``sending`` may repeat an index: the ring resends a packet unchanged. Nothing here checks that
    it *is* unchanged; that is the rule of :mod:`signaling.relay.ring`.
    """

    __slots__ = ("_keep", "receiving", "sending")

    def __init__(self, profile: Profile, keying: bytes) -> None:
        client, server = _split(profile, keying)
        receiving, keep_receiving = _session(profile, client, Policy.SSRC_ANY_INBOUND)
        sending, keep_sending = _session(profile, server, Policy.SSRC_ANY_OUTBOUND)
        self.receiving: Any = receiving
        self.sending: Any = sending
        self._keep = (keep_receiving, keep_sending)

    def open_rtcp(self, buffer: PacketBuffer, size: int) -> bytes | None:
        """The compound packet in ``buffer``, or ``None`` when it fails its check."""
        buffer.size[0] = size
        if unprotect_rtcp(self.receiving, buffer.memory, buffer.size):
            return None
        return bytes(buffer.view[: buffer.size[0]])

    def seal_rtcp(self, buffer: PacketBuffer, compound: bytes) -> memoryview | None:
        """``compound`` ready to send, as a view of ``buffer``."""
        return self._seal(protect_rtcp, buffer, compound)

    def seal_rtp(self, buffer: PacketBuffer, packet: bytes) -> memoryview | None:
        return self._seal(protect, buffer, packet)

    def _seal(
        self, function: SrtpFunction, buffer: PacketBuffer, plain: bytes
    ) -> memoryview | None:
        size = len(plain)
        if size > RECEIVE_BYTES:
            return None
        buffer.view[:size] = plain
        buffer.size[0] = size
        if function(self.sending, buffer.memory, buffer.size):
            return None
        return buffer.view[: buffer.size[0]]


def _split(profile: Profile, keying: bytes) -> tuple[bytes, bytes]:
    """RFC 5764 §4.2: both keys, then both salts, the DTLS client's first."""
    key, salt = profile.key_bytes, profile.salt_bytes
    salts = keying[2 * key :]
    return keying[:key] + salts[:salt], keying[key : 2 * key] + salts[salt : 2 * salt]


def _session(profile: Profile, key: bytes, ssrc_type: int) -> tuple[Any, Any]:
    policy = Policy(key=key, ssrc_type=ssrc_type, srtp_profile=profile.number)
    policy.window_size = REPLAY_WINDOW
    policy.allow_repeat_tx = True
    handle = ffi.new("srtp_t *")
    code = lib.srtp_create(handle, policy._policy)
    if code != lib.srtp_err_status_ok:
        raise pylibsrtp.Error(pylibsrtp.ERRORS[code])
    return handle[0], ffi.gc(handle, _free)


def _free(handle: Handle) -> None:
    lib.srtp_dealloc(handle[0])
