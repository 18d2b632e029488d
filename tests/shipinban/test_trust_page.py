"""The page that hands out the authority over plain HTTP."""

import hashlib
from html.parser import HTMLParser
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from shipinban import certificates, trust_page


@pytest.fixture
def authority(tmp_path: Path) -> x509.Certificate:
    folder = certificates.CertificateFolder(tmp_path)
    certificates.init_certificates(folder.path, ["10.1.2.3"])
    return certificates.read(folder.authority)


class _Tags(HTMLParser):
    """Fails on tags that do not nest."""

    void = frozenset({"meta", "link", "br", "hr"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.seen: set[str] = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_both_languages_show_the_fingerprint_and_the_file(authority: x509.Certificate) -> None:
    page = trust_page.trust_page(authority, ["https://10.1.2.3:8443"])
    tags = _Tags(page)
    assert tags.open == []
    assert page.count(certificates.fingerprint(authority)) == 2
    assert tags.links.count(trust_page.AUTHORITY_PATH) == 2
    assert tags.links.count("https://10.1.2.3:8443/") == 2


def test_the_fingerprint_is_that_of_the_file_that_is_served(authority: x509.Certificate) -> None:
    served = x509.load_pem_x509_certificate(trust_page.authority_file(authority))
    digest = hashlib.sha256(served.public_bytes(Encoding.DER)).hexdigest().upper()
    assert certificates.fingerprint(authority).replace(":", "") == digest


def test_the_page_needs_nothing_inline(authority: x509.Certificate) -> None:
    page = trust_page.trust_page(authority, [])
    tags = _Tags(page)
    assert tags.seen.isdisjoint({"script", "style"})
    assert "style=" not in page
    assert trust_page.STYLE_PATH in tags.links


def test_addresses_cannot_break_out_of_the_page(authority: x509.Certificate) -> None:
    page = trust_page.trust_page(authority, ['https://x"><script>'])
    assert "script" not in _Tags(page).seen
