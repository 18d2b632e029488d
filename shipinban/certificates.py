"""The installation's own small authority, for counties without a certificate of their own.

Browsers give cameras only to secure pages, so other machines need https. ``cert init`` makes an
authority, which every machine is told to trust once (:mod:`shipinban.trust_page`), and a server
certificate under it, which is renewed without anyone noticing. The authority is allowed to speak
for this installation's names and for private addresses only (RFC 5280, 4.2.1.10): whoever steals
its key cannot pose as a bank.
"""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3_650
SERVER_DAYS = 396
"""Browsers refuse server certificates of more than 398 days."""
RENEW_DAYS = 30
BACKDATED = timedelta(hours=1)
"""Village clocks run behind."""
PRIVATE_NETWORKS = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
    "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128",
)  # fmt: skip


class ForeignNameError(ValueError):
    """The authority may not speak for a name: it was made before that name was known."""


@dataclass(frozen=True)
class CertificateFolder:
    """Where authority and server certificate lie. Keys have mode 0600."""

    path: Path

    @property
    def authority(self) -> Path:
        return self.path / "authority.crt"

    @property
    def authority_key(self) -> Path:
        return self.path / "authority.key"

    @property
    def server(self) -> Path:
        """The server's certificate, as a TLS server reads it (PEM)."""
        return self.path / "server.crt"

    @property
    def server_key(self) -> Path:
        return self.path / "server.key"

    @property
    def keys(self) -> tuple[Path, Path]:
        return self.authority_key, self.server_key


def init_certificates(path: Path, names: Sequence[str], now: datetime | None = None) -> None:
    """Makes the authority unless there is one, and a new server certificate for ``names``.

    ``names`` are host names and IP addresses. Raises :class:`ForeignNameError` when the authority
    that is there may not speak for one of them, and ``OSError``.
    """
    folder, now = CertificateFolder(path), now or datetime.now(UTC)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder.authority.exists() and folder.authority_key.exists()):
        _make_authority(folder, names, now)
    _make_server(folder, names, now)


def renew_certificates(path: Path, names: Sequence[str], now: datetime | None = None) -> bool:
    """:func:`init_certificates` if :func:`why_renew` has a reason; whether it had."""
    if why_renew(path, names, now) is None:
        return False
    init_certificates(path, names, now)
    return True


def why_renew(path: Path, names: Sequence[str], now: datetime | None = None) -> str | None:
    """Why the server certificate will not do (a clause in English), or ``None`` when it will."""
    folder = CertificateFolder(path)
    try:
        server, authority = read(folder.server), read(folder.authority)
        server.verify_directly_issued_by(authority)
        key = _read_key(folder.server_key)
    except (OSError, ValueError, InvalidSignature):
        return "there is no certificate that this installation's authority signed"
    if key.public_key() != server.public_key():
        return "it does not belong to the key that lies beside it"
    remaining = server.not_valid_after_utc - (now or datetime.now(UTC))
    if remaining < timedelta(days=RENEW_DAYS):
        ended = "ended" if remaining < timedelta(0) else "ends"
        return f"it {ended} on {server.not_valid_after_utc:%Y-%m-%d}"
    missing = set(map(str, map(_general_name, names))) - set(map(str, _names_in(server)))
    if missing:
        return f"it lacks {len(missing)} of this installation's names"
    return None


def read(file: Path) -> x509.Certificate:
    """Raises ``OSError`` and ``ValueError``."""
    return x509.load_pem_x509_certificate(file.read_bytes())


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 as browsers show it: upper-case pairs with colons."""
    return certificate.fingerprint(SHA256()).hex(":").upper()


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _names_in(certificate: x509.Certificate) -> list[x509.GeneralName]:
    return list(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)


def _constraints(names: Sequence[str]) -> x509.NameConstraints:
    """The names given, and private addresses: those change when a machine moves."""
    permitted: list[x509.GeneralName] = [x509.DNSName("localhost")]
    permitted += [x509.IPAddress(ip_network(network)) for network in PRIVATE_NETWORKS]
    for name in map(_general_name, names):
        # A constraint on an address is written as a network: here of that one address.
        single = isinstance(name, x509.IPAddress)
        permitted.append(x509.IPAddress(ip_network(str(name.value))) if single else name)
    return x509.NameConstraints(dict.fromkeys(permitted), excluded_subtrees=None)


def _allowed(name: x509.GeneralName, constraints: x509.NameConstraints) -> bool:
    return any(_within(name, permitted) for permitted in constraints.permitted_subtrees or ())


def _within(name: x509.GeneralName, permitted: x509.GeneralName) -> bool:
    if type(name) is not type(permitted):
        return False
    if isinstance(permitted, x509.IPAddress):
        return ip_address(str(name.value)) in ip_network(str(permitted.value))
    return f".{name.value}".endswith(f".{permitted.value}")


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now - BACKDATED + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _make_authority(folder: CertificateFolder, names: Sequence[str], now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    # A suffix, so that two installations trusted by one machine are told apart.
    common = f"Shipinban installation {secrets.token_hex(3)}"
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
    certificate = (
        _builder(subject, subject, key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(authority=True), critical=True)
        .add_extension(_constraints(names), critical=True)
        .sign(key, SHA256())
    )
    _write(folder.authority_key, _key_bytes(key), 0o600)
    _write(folder.authority, certificate.public_bytes(Encoding.PEM), 0o644)


def _make_server(folder: CertificateFolder, names: Sequence[str], now: datetime) -> None:
    authority = read(folder.authority)
    signer = _read_key(folder.authority_key)
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    general_names = [_general_name(name) for name in ("localhost", *names)]
    foreign = [str(name.value) for name in general_names if not _allowed(name, constraints)]
    if foreign:
        raise ForeignNameError(
            f"The authority may not speak for {', '.join(foreign)}. Move {folder.path} away, run "
            "`shipinban cert init` again, and let every machine trust the new authority."
        )
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Shipinban")])
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    certificate = (
        _builder(subject, authority.subject, key.public_key(), now, SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(authority=False), critical=True)
        .add_extension(usage, critical=False)
        .add_extension(x509.SubjectAlternativeName(dict.fromkeys(general_names)), critical=False)
        .add_extension(issuer_key, critical=False)
        .sign(signer, SHA256())
    )
    _write(folder.server_key, _key_bytes(key), 0o600)
    _write(folder.server, certificate.public_bytes(Encoding.PEM), 0o644)


def _read_key(file: Path) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(file.read_bytes(), password=None)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key
    raise ValueError(f"{file} holds no key that this program made")


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(file: Path, content: bytes, mode: int) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        draft.replace(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
