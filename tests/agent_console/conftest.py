"""One Chromium for all page tests, with fake devices; screenshots are kept."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from tests.agent_console.fake_server import FakeServer

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "test-output" / "screenshots" / "console"
FLAGS = [
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream=device-count=1",
    "--autoplay-policy=no-user-gesture-required",
]
AXE = """rules => axe
    .run({include: "body", exclude: ".viewer-mark"}, {runOnly: rules})
    .then(result => result.violations)"""
# The viewer's mark is pale on purpose, over any picture: nobody reads it to use the page.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SIZE = ViewportSize(width=1366, height=768)
Shot = Callable[[Page, str], None]


FADED = """() => Promise.all(document.getAnimations()
    .filter(each => each instanceof CSSTransition || each.effect.getTiming().iterations === 1)
    .map(each => each.finished.catch(() => undefined)))"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility checker's own script, run inside of the page."""
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture(params=["zh-CN", "en"])
def language(request: pytest.FixtureRequest) -> str:
    value: str = request.param
    return value


@pytest.fixture
def context(chromium: Browser, language: str) -> Iterator[BrowserContext]:
    opened = chromium.new_context(viewport=SIZE, locale=language)
    opened.add_init_script(f"localStorage.setItem('shipinban.locale', '{language}')")
    yield opened
    opened.close()


@pytest.fixture
def server(context: BrowserContext) -> FakeServer:
    fake = FakeServer()
    fake.attach(context)
    return fake


@pytest.fixture
def shot(screenshots: Path, axe: str, language: str) -> Shot:
    """Keeps a picture of the page and asks axe about it."""

    def take(page: Page, name: str) -> None:
        # Half faded in or out, nothing has the contrast that it is drawn with.
        page.evaluate(FADED)
        page.screenshot(path=screenshots / f"{name}.{language}.png")
        if not page.evaluate("typeof axe !== 'undefined'"):
            page.evaluate(axe)
        found: list[dict[str, Any]] = page.evaluate(AXE, RULES)
        problems = [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]
        assert problems == [], name

    return take


@pytest.fixture
def page(context: BrowserContext, server: FakeServer) -> Iterator[Page]:
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on(
        "console",
        lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None,
    )
    yield opened
    assert errors == []
