"""A browser on another machine, before and after it was told to trust the authority."""

import asyncio
import os
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shipinban import certificates, trust_page

PAGE = b"<!doctype html><p id=secure></p><script>secure.textContent = isSecureContext</script>"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + PAGE

pytestmark = pytest.mark.browser


@pytest.fixture
def folder(tmp_path: Path) -> certificates.CertificateFolder:
    made = certificates.CertificateFolder(tmp_path / "certificates")
    certificates.init_certificates(made.path, ["127.0.0.1"])
    return made


@pytest.fixture
async def address(folder: certificates.CertificateFolder) -> AsyncIterator[str]:
    """The https address of a page that says whether its context is secure."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)
        await writer.drain()
        writer.close()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder.server, folder.server_key)
    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context) as server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def _seen(address: str, home: Path) -> str:
    """What Chromium makes of the page, as its document."""
    process = await asyncio.create_subprocess_exec(
        *("chromium", "--headless=new", "--no-sandbox", "--disable-gpu"),
        *(f"--user-data-dir={home / 'profile'}", "--dump-dom", address),
        env={**os.environ, "HOME": str(home)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(60):
        document, _ = await process.communicate()
    return document.decode()


def _trust(folder: certificates.CertificateFolder, home: Path) -> None:
    """What the page tells a person on Linux to type."""
    database = home / ".pki" / "nssdb"
    database.mkdir(parents=True)
    served = home / "shipinban-authority.crt"
    served.write_bytes(trust_page.authority_file(certificates.read(folder.authority)))
    for line in (f"certutil -d sql:{database} -N --empty-password", trust_page.NSS_COMMAND):
        environment = {**os.environ, "HOME": str(home)}
        subprocess.run(["sh", "-c", line], cwd=home, env=environment, check=True, timeout=30)


async def test_chromium_finds_the_page_secure_only_once_the_authority_is_trusted(
    address: str, folder: certificates.CertificateFolder, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    assert ">true<" not in await _seen(address, home)
    _trust(folder, home)
    assert '<p id="secure">true</p>' in await _seen(address, home)
