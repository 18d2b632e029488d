"""DTLS 1.2 as the server, on memory buffers: who the client is, and the SRTP keys (RFC 5764).

One :class:`DtlsServer` a process holds the certificate; one :class:`DtlsAssociation` a connection
is fed datagrams and says what to send. Nothing here waits or knows an address.
"""

import secrets
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL

from signaling.relay.srtp import PROFILES, Profile, SrtpPair

MTU_BYTES = 1_200
"""Least of the usual paths, tunnels and PPPoE included."""
_DTLS_1_2 = 0xFEFD
_RECORD_HEADER_BYTES = 13
_ALERT = 21
_FLIGHT_BYTES = 65_536
_LIFETIME = timedelta(days=365)


class DtlsState(StrEnum):
    HANDSHAKING = "handshaking"
    ESTABLISHED = "established"
    CLOSED = "closed"
    FAILED = "failed"


class DtlsServer:
    """A fresh P-256 certificate for this process, and the parameters that all associations share."""

    def __init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _self_signed(key)
        self.fingerprint = _fingerprint(certificate)
        context = SSL.Context(SSL.DTLS_METHOD)
        # A flight is cut at record boundaries below, whose layout is that of DTLS 1.2.
        context.set_min_proto_version(_DTLS_1_2)
        context.set_max_proto_version(_DTLS_1_2)
        context.set_options(SSL.OP_NO_TICKET | SSL.OP_NO_QUERY_MTU | SSL.OP_NO_RENEGOTIATION)
        # Any certificate: what counts is its fingerprint, compared before any media.
        context.set_verify(
            SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_arguments: True
        )
        context.set_cipher_list(
            b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"
            b":ECDHE-ECDSA-CHACHA20-POLY1305"
        )
        context.set_tlsext_use_srtp(b":".join(profile.openssl_name for profile in PROFILES))
        context.use_certificate(certificate)
        context.use_privatekey(key)
        self._context = context

    def accept(self) -> "DtlsAssociation":
        return DtlsAssociation(self._context)


class DtlsAssociation:
    """One association. ``receive`` and ``check_timer`` never raise; ask ``state`` afterwards."""

    def __init__(self, context: SSL.Context) -> None:
        self._tls = SSL.Connection(context)
        self._tls.set_accept_state()
        self._tls.set_ciphertext_mtu(MTU_BYTES)
        self.state = DtlsState.HANDSHAKING
        self.peer_fingerprint: str | None = None

    def receive(self, datagram: bytes) -> list[bytes]:
        """Feeds one datagram; returns those to send."""
        if self._is_plain_alert(datagram):
            return []
        try:
            self._tls.bio_write(datagram)
            if self.state is DtlsState.HANDSHAKING:
                self._tls.do_handshake()
                self._established()
            elif self.state is DtlsState.ESTABLISHED:
                self._tls.recv(MTU_BYTES)
        except SSL.WantReadError:
            pass
        except SSL.ZeroReturnError:
            self.state = DtlsState.CLOSED
        except SSL.Error:
            # After the handshake a bad record is the network's, not the peer's: drop it.
            if self.state is DtlsState.HANDSHAKING:
                self.state = DtlsState.FAILED
        return self._outgoing()

    def check_timer(self) -> list[bytes]:
        """Sends the last flight again when its timer has run out (RFC 6347 §4.2.4)."""
        if self.state is not DtlsState.HANDSHAKING or self._tls.DTLSv1_get_timeout() != 0:
            return []
        try:
            self._tls.DTLSv1_handle_timeout()
        except SSL.Error:
            self.state = DtlsState.FAILED
        return self._outgoing()

    def srtp(self) -> SrtpPair | None:
        """The keys agreed on; ``None`` when the client offered no profile that we know."""
        name = self._tls.get_selected_srtp_profile()
        profile = next((each for each in PROFILES if each.openssl_name == name), None)
        if profile is None:
            return None
        return SrtpPair(profile, self._keying(profile))

    def close(self) -> list[bytes]:
        """Says goodbye; returns the datagrams that do."""
        if self.state is DtlsState.ESTABLISHED:
            self.state = DtlsState.CLOSED
            try:
                self._tls.shutdown()
            except SSL.Error:
                return []
        return self._outgoing()

    def _keying(self, profile: Profile) -> bytes:
        return self._tls.export_keying_material(b"EXTRACTOR-dtls_srtp", profile.keying_bytes)

    def _established(self) -> None:
        certificate = self._tls.get_peer_certificate(as_cryptography=True)
        self.peer_fingerprint = None if certificate is None else _fingerprint(certificate)
        self.state = DtlsState.ESTABLISHED

    def _is_plain_alert(self, datagram: bytes) -> bool:
        """An unencrypted alert proves nothing: whoever can forge an address can send one. A real
        failure shows as the connect deadline instead."""
        return datagram[0] == _ALERT and datagram[3:5] == b"\0\0"

    def _outgoing(self) -> list[bytes]:
        try:
            flight = self._tls.bio_read(_FLIGHT_BYTES)
        except SSL.Error:
            return []
        return split_flight(flight)


def split_flight(flight: bytes) -> list[bytes]:
    """Cuts what OpenSSL wrote at record boundaries into datagrams of at most the MTU."""
    datagrams: list[bytes] = []
    at = start = 0
    while at + _RECORD_HEADER_BYTES <= len(flight):
        end = at + _RECORD_HEADER_BYTES + int.from_bytes(flight[at + 11 : at + 13], "big")
        if end - start > MTU_BYTES and at > start:
            datagrams.append(flight[start:at])
            start = at
        at = end
    if start < len(flight):
        datagrams.append(flight[start:])
    return datagrams


def _fingerprint(certificate: x509.Certificate) -> str:
    """As SDP writes it (RFC 8122): pairs of hexadecimal digits and colons."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _self_signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, secrets.token_hex(16))])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LIFETIME)
        .sign(key, hashes.SHA256())
    )
