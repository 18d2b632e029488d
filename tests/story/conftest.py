"""What the stories share: a running node, a browser, and people who call."""

from collections.abc import Iterator

import aioice.ice
import pytest
from playwright.sync_api import Browser

from tests.pages import chromium_with
from tests.story.calling import Files
from tests.story.clips import write_clip
from tests.story.installation import Installation, installed
from tests.story.node import LocalNode, running_node


@pytest.fixture
def peers_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """aioice leaves loopback out by itself."""

    def loopback(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        del use_ipv4, use_ipv6
        return ["127.0.0.1"]

    monkeypatch.setattr(aioice.ice, "get_host_addresses", loopback)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("clips")
    return Files(
        write_clip(folder / "camera.webm"), write_clip(folder / "document.webm", sound=False)
    )


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalNode]:
    """One for a module's tests, each of which leaves it running."""
    with running_node(tmp_path_factory.mktemp("node")) as node:
        yield node


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with chromium_with(devices=3) as browser:
        yield browser


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A demo county of a module's own."""
    with installed(tmp_path_factory.mktemp("county")) as running:
        yield running
