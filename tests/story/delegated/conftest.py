"""One delegated matter for all modules here: the call is told once, on one node."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.pages import chromium_with
from tests.story.delegated.handling import Told, handle
from tests.story.installation import Installation, installed
from tests.story.people import one_profile


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with chromium_with(devices=3) as browser:
        yield browser


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("county")) as running:
        yield running


@pytest.fixture(scope="package")
def context(chromium: Browser) -> BrowserContext:
    return one_profile(chromium)


@pytest.fixture(scope="package")
def told(installation: Installation, context: BrowserContext) -> Told:
    return handle(installation, context)
