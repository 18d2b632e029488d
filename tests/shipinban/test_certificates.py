"""The installation's own authority: what it signs, what it may not, and when it signs again."""

import asyncio
import socket
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shipinban import certificates
from shipinban.certificates import CertificateFolder, ForeignNameError

NAMES = ["county-hall", "spb.example.org", "10.1.2.3", "fd00::5"]
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> CertificateFolder:
    made = CertificateFolder(tmp_path / "certificates")
    certificates.init_certificates(made.path, NAMES)
    return made


async def _handshake(folder: CertificateFolder, name: str) -> None:
    """A TLS connection over loopback to the server certificate, asking for ``name``."""
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(folder.server, folder.server_key)
    trusting = ssl.create_default_context(cafile=folder.authority)
    async with await asyncio.start_server(
        lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=serving
    ) as server:
        port = server.sockets[0].getsockname()[1]
        _, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=trusting, server_hostname=name
        )
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("name", ["localhost", *NAMES])
async def test_a_client_that_trusts_the_authority_accepts_every_name(
    folder: CertificateFolder, name: str
) -> None:
    async with asyncio.timeout(10):
        await _handshake(folder, name)


async def test_a_stolen_authority_cannot_pose_as_another_site(
    folder: CertificateFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "_allowed", lambda *_: True)
    certificates.init_certificates(folder.path, ["bank.example.com"])
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        await _handshake(folder, "bank.example.com")


def test_a_name_that_the_authority_may_not_speak_for_is_refused(folder: CertificateFolder) -> None:
    before = folder.server.read_bytes()
    with pytest.raises(ForeignNameError, match="may not speak for bank"):
        certificates.init_certificates(folder.path, ["bank.example.com", "10.1.2.3"])
    assert folder.server.read_bytes() == before


def test_a_machine_that_moved_within_private_networks_keeps_its_authority(
    folder: CertificateFolder,
) -> None:
    authority = folder.authority.read_bytes()
    assert certificates.renew_certificates(folder.path, ["county-hall", "192.168.7.9"])
    assert folder.authority.read_bytes() == authority
    assert certificates.why_renew(folder.path, ["192.168.7.9"]) is None


def test_keys_are_readable_by_their_owner_alone(folder: CertificateFolder) -> None:
    for key in folder.keys:
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_no_browser_finds_the_server_certificate_too_long_lived(folder: CertificateFolder) -> None:
    server = certificates.read(folder.server)
    lifetime = server.not_valid_after_utc - server.not_valid_before_utc
    assert timedelta(days=365) < lifetime <= timedelta(days=397)
    assert server.not_valid_before_utc < datetime.now(UTC)


def test_the_certificate_is_renewed_in_its_last_month_and_not_before(tmp_path: Path) -> None:
    folder = CertificateFolder(tmp_path)
    certificates.init_certificates(folder.path, NAMES, NOW)
    early = NOW + timedelta(days=certificates.SERVER_DAYS - certificates.RENEW_DAYS - 1)
    assert not certificates.renew_certificates(folder.path, NAMES, early)
    assert certificates.renew_certificates(folder.path, NAMES, early + timedelta(days=2))
    assert certificates.read(folder.server).not_valid_after_utc > early + timedelta(days=300)


def test_a_certificate_and_a_key_that_do_not_belong_together_are_made_anew(
    folder: CertificateFolder, tmp_path: Path
) -> None:
    other = CertificateFolder(tmp_path / "other")
    certificates.init_certificates(other.path, NAMES)
    folder.server_key.write_bytes(other.server_key.read_bytes())
    assert certificates.why_renew(folder.path, NAMES) == (
        "it does not belong to the key that lies beside it"
    )
    assert certificates.renew_certificates(folder.path, NAMES)
    assert certificates.why_renew(folder.path, NAMES) is None


@pytest.mark.parametrize("broken", [b"", b"no certificate"])
def test_a_damaged_certificate_is_made_anew(folder: CertificateFolder, broken: bytes) -> None:
    folder.server.write_bytes(broken)
    assert certificates.renew_certificates(folder.path, NAMES)
    assert certificates.why_renew(folder.path, NAMES) is None


def test_a_failed_write_leaves_the_old_certificate(
    folder: CertificateFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = folder.server_key.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        certificates.init_certificates(folder.path, NAMES)
    assert folder.server_key.read_bytes() == before
    assert [file.name for file in folder.path.iterdir() if file.name.startswith(".")] == []


def test_two_installations_are_told_apart(folder: CertificateFolder, tmp_path: Path) -> None:
    other = CertificateFolder(tmp_path / "other")
    certificates.init_certificates(other.path, [socket.gethostname()])
    assert certificates.read(folder.authority).subject != certificates.read(other.authority).subject
