"""A WebRTC client reduced to its wire: STUN, DTLS as client, SRTP. For tests of the relay.

Unlike a browser it can be told to misbehave: lose, repeat, forge. Everything is done by hand from
the test; only :meth:`MediaClient.connect` drives a conversation by itself.
"""

import asyncio
import os
import secrets
import socket
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pylibsrtp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL

from signaling.relay import stun
from signaling.relay.control import (
    DownAnswer,
    DownOpen,
    IceCredentials,
    Line,
    Remote,
    TrackKind,
    UpOpen,
)
from signaling.relay.srtp import PROFILES, REPLAY_WINDOW
from signaling.relay.stun import _attribute

AUDIO_SSRC, CAMERA_SSRC, CAMERA_RTX, DOCUMENT_SSRC, DOCUMENT_RTX = 11, 22, 23, 33, 34
OPUS, VP8, RTX = 111, 96, 97
TRANSPORT_CC = 5


def new_credentials() -> IceCredentials:
    return IceCredentials(ufrag=secrets.token_hex(4), pwd=secrets.token_hex(12))


def lines() -> list[Line]:
    """Voice, camera and document as a browser would have them agreed."""

    def video(kind: TrackKind, mid: str, ssrc: int) -> Line:
        return Line(
            kind=kind,
            mid=mid,
            ssrc=ssrc,
            payload_type=VP8,
            codec="VP8",
            clock_rate_hz=90_000,
            rtx_ssrc=ssrc + 1,
            rtx_payload_type=RTX,
            transport_cc_id=TRANSPORT_CC,
            nack=True,
        )

    audio = Line(
        kind=TrackKind.AUDIO,
        mid="0",
        ssrc=AUDIO_SSRC,
        payload_type=OPUS,
        codec="opus",
        clock_rate_hz=48_000,
        transport_cc_id=TRANSPORT_CC,
        nack=True,
    )
    return [
        audio,
        video(TrackKind.CAMERA, "1", CAMERA_SSRC),
        video(TrackKind.DOCUMENT, "2", DOCUMENT_SSRC),
    ]


def rtp(
    ssrc: int,
    sequence: int,
    *,
    timestamp: int = 0,
    payload_type: int = VP8,
    marker: bool = False,
    transport: int | None = None,
    payload: bytes = b"\x10\x01" + bytes(60),
) -> bytes:
    """One RTP packet. The default payload is the start of a VP8 frame that is no key frame."""
    first = 0x80
    extension = b""
    if transport is not None:
        first |= 0x10
        value = transport.to_bytes(2, "big")
        extension = b"\xbe\xde\x00\x01" + bytes((TRANSPORT_CC << 4 | 1,)) + value + b"\x00"
    head = bytes((first, marker << 7 | payload_type)) + sequence.to_bytes(2, "big")
    head += timestamp.to_bytes(4, "big") + ssrc.to_bytes(4, "big")
    return head + extension + payload


class MediaClient:
    """One socket, one DTLS association. ``rtp`` and ``rtcp`` gather what was received, opened."""

    def __init__(self, server: tuple[str, int], host: str = "127.0.0.1") -> None:
        self.server = server
        self.socket = _bound(host)
        self.local = new_credentials()
        self.far = new_credentials()
        """The relay's credentials: the edge makes them."""
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._certificate = _certificate(self._key)
        self.fingerprint = self._certificate.fingerprint(hashes.SHA256()).hex(":").upper()
        self._tls = SSL.Connection(self._context())
        self._tls.set_connect_state()
        self._sending: pylibsrtp.Session | None = None
        self._receiving: pylibsrtp.Session | None = None
        self.rtp: deque[bytes] = deque()
        self.rtcp: deque[bytes] = deque()
        self.sealed: deque[bytes] = deque()
        """RTP as it came over the wire."""
        self.repeats = 0
        """RTP packets that had come before."""
        self.lose_next = 0
        """DTLS datagrams of the relay that do not arrive."""
        self.check_answered = False
        self.answers_checks = True
        self.goodbye = False

    def close(self) -> None:
        self.socket.close()

    # --- orders --------------------------------------------------------------------------------

    @property
    def remote(self) -> Remote:
        return Remote(ice=self.local, fingerprint=self.fingerprint)

    def up_order(self, connection_id: str, **changes: object) -> UpOpen:
        values: dict[str, object] = {
            "request_id": "0",
            "room_id": "1",
            "participant_id": "a" + connection_id,
            "connection_id": connection_id,
            "local_ice": self.far,
            "remote": self.remote,
            "lines": lines(),
        }
        return UpOpen.model_validate(values | changes)

    def down_order(self, connection_id: str, source: str, **changes: object) -> DownOpen:
        values: dict[str, object] = {
            "request_id": "0",
            "room_id": "1",
            "participant_id": "b" + connection_id,
            "connection_id": connection_id,
            "source_connection_id": source,
            "primary": False,
            "local_ice": self.far,
        }
        return DownOpen.model_validate(values | changes)

    def answer_order(self, connection_id: str) -> DownAnswer:
        return DownAnswer(request_id="0", connection_id=connection_id, remote=self.remote)

    # --- connecting ----------------------------------------------------------------------------

    async def connect(self, timeout_s: float = 5.0) -> None:
        """Check, handshake, keys. Raises ``TimeoutError``."""
        async with asyncio.timeout(timeout_s):
            await self.check_until_answered()
            await self.handshake()

    async def check_until_answered(self) -> None:
        while not self.check_answered:
            self.send_check()
            await self.pump(0.02)

    async def handshake(self) -> None:
        while self._sending is None:
            self._advance()
            await self.pump(0.02)

    def check(self, *, nominate: bool = True, pwd: str | None = None) -> bytes:
        """A signed connectivity check of this client."""
        attributes = _attribute(stun.USERNAME, f"{self.far.ufrag}:{self.local.ufrag}".encode())
        attributes += _attribute(stun.PRIORITY, bytes(4))
        if nominate:
            attributes += _attribute(stun.USE_CANDIDATE, b"")
        attributes += _attribute(0x802A, bytes(8))
        identity = os.urandom(12)
        return stun._sealed(stun.Kind.REQUEST, identity, attributes, pwd or self.far.pwd)

    def send_check(self, *, nominate: bool = True) -> None:
        self.send(self.check(nominate=nominate))

    def send(self, datagram: bytes) -> None:
        self.socket.sendto(datagram, self.server)

    def say_goodbye(self) -> None:
        self._tls.shutdown()
        self._flush()

    def move(self) -> None:
        """Another local port, as after a new lease of a NAT."""
        host = self.socket.getsockname()[0]
        self.socket.close()
        self.socket = _bound(host)

    # --- media ---------------------------------------------------------------------------------

    def send_rtp(self, packet: bytes) -> None:
        self.send(self.seal(packet))

    def seal(self, packet: bytes) -> bytes:
        assert self._sending is not None
        sealed: bytes = self._sending.protect(packet)
        return sealed

    def seal_rtcp(self, compound: bytes) -> bytes:
        assert self._sending is not None
        sealed: bytes = self._sending.protect_rtcp(compound)
        return sealed

    def send_rtcp(self, compound: bytes) -> None:
        self.send(self.seal_rtcp(compound))

    async def pump(self, seconds: float) -> None:
        """Lets the relay work for ``seconds`` and takes in what it sends."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while True:
            self.take()
            if loop.time() >= end:
                return
            await asyncio.sleep(0.002)

    async def until(self, condition: Callable[[], bool], timeout_s: float = 5.0) -> None:
        """Pumps until ``condition()``; raises ``TimeoutError``."""
        async with asyncio.timeout(timeout_s):
            while not condition():
                await self.pump(0.004)

    def has_received(self, packets: int) -> bool:
        return len(self.rtp) >= packets

    def take(self) -> None:
        while True:
            try:
                datagram = self.socket.recv(4096)
            except BlockingIOError:
                return
            self._handle(datagram)

    def _handle(self, datagram: bytes) -> None:
        if self.lose_next and 20 <= datagram[0] < 64:
            self.lose_next -= 1
            return
        if datagram[0] <= 3:
            self._handle_stun(datagram)
        elif datagram[0] < 64:
            self._tls.bio_write(datagram)
            if self._sending is None:
                self._advance()
            else:
                self._read_alert()
        elif 192 <= datagram[1] <= 223:
            assert self._receiving is not None
            self.rtcp.append(self._receiving.unprotect_rtcp(datagram))
        else:
            assert self._receiving is not None
            self.sealed.append(datagram)
            try:
                self.rtp.append(self._receiving.unprotect(datagram))
            except pylibsrtp.Error as error:
                if "replay check failed (bad index)" not in str(error):
                    raise
                self.repeats += 1

    def _handle_stun(self, datagram: bytes) -> None:
        message = stun.parse(datagram)
        assert message is not None
        if message.kind is stun.Kind.SUCCESS:
            assert stun.is_signed_with(message, self.far.pwd)
            self.check_answered = True
        elif self.answers_checks:
            assert stun.is_signed_with(message, self.local.pwd)
            host, port = self.server
            self.send(stun.success_response(message.transaction_id, host, port, self.local.pwd))

    # --- DTLS ----------------------------------------------------------------------------------

    def _context(self) -> SSL.Context:
        context = SSL.Context(SSL.DTLS_METHOD)
        context.set_verify(SSL.VERIFY_PEER, lambda *_: True)
        context.use_certificate(self._certificate)
        context.use_privatekey(self._key)
        context.set_tlsext_use_srtp(b":".join(each.openssl_name for each in PROFILES))
        return context

    def _advance(self) -> None:
        try:
            self._tls.do_handshake()
        except SSL.WantReadError:
            self._tls.DTLSv1_handle_timeout()
        else:
            self._make_sessions()
        self._flush()

    def _read_alert(self) -> None:
        try:
            self._tls.recv(1500)
        except SSL.ZeroReturnError:
            self.goodbye = True
        except SSL.Error:
            return

    def _flush(self) -> None:
        try:
            flight = self._tls.bio_read(65_536)
        except SSL.Error:
            return
        self.send(flight)

    def _make_sessions(self) -> None:
        name = self._tls.get_selected_srtp_profile()
        profile = next(each for each in PROFILES if each.openssl_name == name)
        keying = self._tls.export_keying_material(b"EXTRACTOR-dtls_srtp", profile.keying_bytes)
        key, salt = profile.key_bytes, profile.salt_bytes
        salts = keying[2 * key :]
        own, theirs = keying[:key] + salts[:salt], keying[key : 2 * key] + salts[salt:]
        self._sending = _session(own, pylibsrtp.Policy.SSRC_ANY_OUTBOUND, profile.number)
        self._receiving = _session(theirs, pylibsrtp.Policy.SSRC_ANY_INBOUND, profile.number)


def _bound(host: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_DGRAM)
    bound.setblocking(False)
    bound.bind((host, 0))
    return bound


def _session(key: bytes, direction: int, profile: int) -> pylibsrtp.Session:
    policy = pylibsrtp.Policy(key=key, ssrc_type=direction, srtp_profile=profile)
    policy.allow_repeat_tx = True
    policy.window_size = REPLAY_WINDOW
    return pylibsrtp.Session(policy)


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "client")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
