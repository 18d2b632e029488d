"""Where the authority is served: its own plain-HTTP port, and the node's pages."""

from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from cryptography import x509

from shipinban import certificates, trust_page, trust_site
from shipinban.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_folder=tmp_path,
        https_names=["10.1.2.3"],
        public_origins=["http://localhost:8080", "https://10.1.2.3:8443"],
    )


@pytest.fixture
def files(settings: Settings) -> dict[str, trust_site.TrustFile]:
    certificates.init_certificates(settings.certificate_folder, settings.https_names)
    return dict(trust_site.trust_files(settings))


def test_without_an_own_authority_nothing_is_served(settings: Settings) -> None:
    assert trust_site.trust_files(settings) == {}
    assert trust_site.trust_routes({}) == []


async def test_the_plain_port_hands_out_page_style_and_authority(
    files: dict[str, trust_site.TrustFile], settings: Settings
) -> None:
    async with TestClient(TestServer(trust_site.trust_app(files))) as client:
        page = await client.get("/trust")
        assert page.status == 200
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        text = await page.text()
        assert "https://10.1.2.3:8443/" in text
        assert "http://localhost" not in text
        assert (await client.get(trust_page.STYLE_PATH)).content_type == "text/css"
        served = await client.get(trust_page.AUTHORITY_PATH)
        assert served.content_type == trust_page.AUTHORITY_TYPE
        folder = certificates.CertificateFolder(settings.certificate_folder)
        assert x509.load_pem_x509_certificate(await served.read()) == certificates.read(
            folder.authority
        )


@pytest.mark.parametrize("path", ["/", "/window", "/trust/server.key", "/..%2fauthority.key"])
async def test_the_plain_port_leads_to_the_page_from_everywhere_else(
    files: dict[str, trust_site.TrustFile], path: str
) -> None:
    async with TestClient(TestServer(trust_site.trust_app(files))) as client:
        answer = await client.get(path, allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (307, "/trust")


def test_the_nodes_own_pages_have_the_same_files(files: dict[str, trust_site.TrustFile]) -> None:
    routes = trust_site.trust_routes(files)
    assert {route.path for route in routes} == set(files)
    assert all(route.method == "GET" and not route.roles for route in routes)
