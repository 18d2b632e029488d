"""One Chromium for a module's tests of the window's pages, before a server that is not there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.pages import SCREENSHOTS, chromium_with, faultless_page, in_language
from tests.village_client.fake_server import FakeServer

CHECKED = (
    "if (!sessionStorage.getItem('check')) "
    "localStorage.setItem('shipinban.window.checked', String(Date.now()))"
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # With two, the second fake camera is a depth camera that encodes nothing.
    with chromium_with(devices=3) as browser:
        yield browser


@pytest.fixture(scope="session")
def screenshots() -> Path:
    return SCREENSHOTS / "window"


@pytest.fixture
def context(chromium: Browser, language: str) -> Iterator[BrowserContext]:
    """A profile whose devices count as checked today."""
    with in_language(chromium, language) as opened:
        opened.add_init_script(CHECKED)
        yield opened


@pytest.fixture
def server(context: BrowserContext) -> FakeServer:
    fake = FakeServer()
    fake.attach(context)
    return fake


@pytest.fixture
def page(context: BrowserContext, server: FakeServer) -> Iterator[Page]:
    with faultless_page(context) as opened:
        yield opened
