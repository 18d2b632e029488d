"""``python -m tests.bench.first_frame [CALLS]``: from the click on accept to the first picture.

Window and console are the real pages in one Chromium, the node is a real one. Each call is the
same: a ticket, a ring, the click, the first frame of the window's camera presented on the agent's
page; then a page of the document camera is taken, and the call ends. Times are the page's own
clock: the click's event, and the frame's presentation.
"""

import json
import re
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page, expect

from tests.bench.measure import percentile
from tests.pages import chromium_with
from tests.story.installation import installed
from tests.story.people import WAIT_MS, Agent, Helper, one_profile, until

ITEM = "csdj"
TALK_S = 2.0

AWAIT_FIRST_FRAME = """() => {
  window.benchFirstFrame = new Promise((resolve) => {
    const watched = new Set();
    const clicked = (click) => {
      const from = click.timeStamp;
      const look = () => {
        const video = document.querySelector(".person video");
        if (video !== null && !watched.has(video)) {
          watched.add(video);
          video.requestVideoFrameCallback((now) => resolve(now - from));
        }
        setTimeout(look, 5);
      };
      look();
    };
    document.addEventListener("click", clicked, { capture: true, once: true });
  });
}"""
"""The page's content policy forbids waiting for strings of code, not promises."""


def accept(agent: Agent) -> float:
    """Milliseconds from the click to the first frame."""
    agent.page.locator(".ringing").wait_for()
    agent.page.evaluate(AWAIT_FIRST_FRAME)
    agent.page.locator(".ringing .answers button").first.click()
    return float(agent.page.evaluate("() => window.benchFirstFrame"))


def take_page(agent: Agent) -> float:
    """Seconds from asking for a page to seeing it."""
    begun_s = time.monotonic()
    agent.page.get_by_role("button", name="拍一页").click()
    expect(agent.page.locator("img").first).to_be_visible(timeout=WAIT_MS)
    return time.monotonic() - begun_s


def finish(agent: Agent, helper: Helper) -> None:
    agent.page.get_by_role("button", name="结束通话").click()
    confirm = agent.page.locator(".el-dialog, .el-message-box, dialog[open]").get_by_role("button")
    if confirm.count():
        confirm.last.click()
    agent.page.locator(".wrap-up").wait_for()
    choice = agent.page.locator(".outcome-form .el-radio", has_text=re.compile(r"^\s*受理\s*$"))
    choice.click()
    agent.page.locator(".outcome-form .submit").click()
    expect(agent.page.get_by_text("结果已登记")).to_be_visible()
    agent.page.get_by_role("button", name="整理完毕，恢复空闲").first.click()
    helper.page.locator(".at-end .button.primary").last.click()


def run(calls: int, folder: Path) -> dict[str, Any]:
    frames_ms: list[float] = []
    pages_s: list[float] = []
    with installed(folder) as installation, chromium_with(devices=3) as browser:
        # Windows of their own: of two tabs the one behind is never drawn, and hears of its frames
        # once a second.
        agent = Agent(one_profile(browser), installation)
        helper = Helper(one_profile(browser), installation)
        agent.sign_in("county-agent")
        agent.go_on_duty()
        helper.sign_in("helper")
        helper.check_devices()
        for number in range(calls):
            helper.pick_item(ITEM)
            helper.enter_people()
            helper.answer_consent(yes=True)
            frames_ms.append(accept(agent))
            _let_talk(agent.page)
            pages_s.append(take_page(agent))
            finish(agent, helper)
            print(f"{number}: {frames_ms[-1]:.0f} ms, {pages_s[-1]:.2f} s", file=sys.stderr)
    return {
        "calls": calls,
        "first_frame_median_ms": median(frames_ms),
        "first_frame_p90_ms": percentile(frames_ms, 0.9),
        "page_median_s": median(pages_s),
        "page_p90_s": percentile(pages_s, 0.9),
    }


def _let_talk(page: Page) -> None:
    papers = page.locator(".papers video").first
    until(lambda: papers.evaluate("video => video.currentTime") > TALK_S)


def main() -> None:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory(prefix="shipinban-bench-") as folder:
        print(json.dumps(run(calls, Path(folder))), flush=True)


if __name__ == "__main__":
    main()
