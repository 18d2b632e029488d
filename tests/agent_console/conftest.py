"""One Chromium for a module's tests of the console's pages, before a server that is not there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.agent_console.fake_server import FakeServer
from tests.pages import SCREENSHOTS, chromium_with, faultless_page, in_language


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with chromium_with(devices=1) as browser:
        yield browser


@pytest.fixture(scope="session")
def screenshots() -> Path:
    return SCREENSHOTS / "console"


@pytest.fixture
def context(chromium: Browser, language: str) -> Iterator[BrowserContext]:
    with in_language(chromium, language) as opened:
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
