"""Helper, agent and supervisor at their pages, in three windows of one browser."""

import time
from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.pages import SCREENSHOTS, SIZE
from tests.story.installation import Installation

PICTURES = SCREENSHOTS / "story"
WAIT_MS = 30_000
SUBJECT = ("李桂香", "441625196001010017", "13812345678")
"""An invented person; the number's check digit is right."""

Found = TypeVar("Found")


def until(look: Callable[[], Found | None], timeout_s: float = 30.0) -> Found:
    """The first answer that is something. The pages' content policy forbids Playwright's own
    waiting for functions."""
    deadline_s = time.monotonic() + timeout_s
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline_s:
            raise TimeoutError
        time.sleep(0.03)


def one_profile(chromium: Browser) -> BrowserContext:
    """The pages keep separate sign-ins in it, so that one person tries the whole story."""
    return chromium.new_context(
        viewport=SIZE,
        permissions=["camera", "microphone", "notifications"],
        locale="zh-CN",
    )


def plays(video: Locator) -> bool:
    return bool(video.evaluate("video => video.videoWidth > 0 && video.currentTime > 0"))


class Person:
    def __init__(self, context: BrowserContext, installation: Installation, path: str) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self._installation = installation
        self.page.goto(installation.origin + path)

    def sign_in(self, username: str) -> None:
        self.page.fill("#username", username)
        self.page.fill("#password", self._installation.passwords[username])
        self.page.click("button[type=submit]")


class Helper(Person):
    def __init__(self, context: BrowserContext, installation: Installation) -> None:
        super().__init__(context, installation, "/window")

    def check_devices(self) -> None:
        """Takes the test camera, the sample document and the test tone, all on one clock."""
        page = self.page
        page.locator(".at-check").wait_for()
        choices = page.locator("select")
        choices.nth(2).wait_for()
        for index, label in enumerate(("测试摄像头（演示）", "样张（演示）", "测试音（演示）")):
            choices.nth(index).select_option(label=label)
        done = page.get_by_role("button", name="完成，开始办理")
        expect(done).to_be_enabled(timeout=WAIT_MS)
        expect(page.get_by_text("检测中…")).to_have_count(0, timeout=WAIT_MS)
        done.click()

    def pick_item(self, initials: str) -> None:
        page = self.page
        page.locator(".at-item").wait_for()
        page.locator("input").first.fill(initials)
        expect(page.locator(".item")).to_have_count(1)
        page.locator(".item").first.click()
        page.locator("article .button.primary").click()

    def enter_people(self, *, absent: bool = False) -> None:
        """The subject at the window, or, ``absent``, the helper acting alone."""
        fields = self.page.locator("main input:not([type=radio]):not([type=checkbox])")
        for index, text in enumerate(SUBJECT):
            fields.nth(index).fill(text)
        if absent:
            self.page.get_by_text("本人不在，由帮办员代办").click()
        self.page.locator("button[type=submit]").click()

    def answer_consent(self, *, yes: bool) -> None:
        self.page.locator(".answers .button").nth(0 if yes else 1).click()


class Agent(Person):
    def __init__(self, context: BrowserContext, installation: Installation) -> None:
        super().__init__(context, installation, "/console")

    def go_on_duty(self) -> None:
        self.page.get_by_role("button", name="上岗").first.click()
        expect(self.page.get_by_text("空闲").first).to_be_visible()

    def accept(self) -> float:
        """Seconds from the click to the first frame of the window's camera."""
        self.page.locator(".ringing").wait_for()
        begun_s = time.monotonic()
        self.page.locator(".ringing .answers button").first.click()
        video = self.page.locator(".person video").first
        until(lambda: video.count() > 0 and plays(video))
        return time.monotonic() - begun_s


class Supervisor(Person):
    def __init__(self, context: BrowserContext, installation: Installation) -> None:
        super().__init__(context, installation, "/supervision")
