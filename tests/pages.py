"""What every test of pages shares: a Chromium with fake devices, and a look at what it shows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).parents[1]
SCREENSHOTS = ROOT / "test-output" / "screenshots"
SIZE = ViewportSize(width=1366, height=768)
Shot = Callable[[Page, str], None]
"""Keeps a picture of the page under a name and asks axe about the page."""

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# The viewer's mark is pale on purpose, over any picture: nobody reads it to use the page.
_AXE = """rules => axe
    .run({include: "body", exclude: ".viewer-mark"}, {runOnly: rules})
    .then(result => result.violations)"""
# A control that just changed starts its fade with the next frame.
_FADED = """async () => {
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    await Promise.all(document.getAnimations()
        .filter(each => each instanceof CSSTransition || each.effect.getTiming().iterations === 1)
        .map(each => each.finished.catch(() => undefined)));
}"""


@contextmanager
def chromium_with(devices: int) -> Iterator[Browser]:
    """A Chromium with that many fake cameras and microphones, all permitted."""
    flags = [
        "--no-sandbox",
        "--use-fake-ui-for-media-stream",
        f"--use-fake-device-for-media-stream=device-count={devices}",
        "--autoplay-policy=no-user-gesture-required",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        yield browser
        browser.close()


def in_language(chromium: Browser, language: str) -> BrowserContext:
    """A fresh profile whose pages speak ``language``: zh-CN or en."""
    opened = chromium.new_context(viewport=SIZE, locale=language)
    opened.add_init_script(f"localStorage.setItem('shipinban.locale', '{language}')")
    return opened


@contextmanager
def faultless_page(context: BrowserContext) -> Iterator[Page]:
    """A page in which no script may fail and nothing may touch the content security policy."""
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on(
        "console",
        lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None,
    )
    yield opened
    assert errors == []


def look(page: Page, picture: Path, axe: str, *, whole: bool) -> None:
    """Keeps the picture, ``whole`` or as far as the window shows, and asks axe about the page."""
    # Half faded in or out, nothing has the contrast that it is drawn with.
    page.evaluate(_FADED)
    page.screenshot(path=picture, full_page=whole)
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate(_AXE, _RULES)
    problems = [
        (one["id"], [(node["target"], node["html"]) for node in one["nodes"]]) for one in found
    ]
    assert problems == [], picture.stem
