"""A supervisor listens in to a real call, whispers to the agent, and joins."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from casework.vocabulary import ParticipantKind
from recording.tables import Stream
from signaling.tables import CallEvent, CallListener, CallParticipant
from tests.story.installation import Installation
from tests.story.people import PICTURES, Agent, Helper, Supervisor, one_profile, plays, until
from tests.story.test_story import ITEM, finished_recording

pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.timeout(180)]


def voices(page: Page) -> int:
    """How many supervisors' voices play on the page."""
    return sum(plays_sound(page, index) for index in range(page.locator(".listener-voice").count()))


def plays_sound(page: Page, index: int) -> bool:
    voice = page.locator(".listener-voice").nth(index)
    return bool(voice.evaluate("voice => voice.currentTime > 0"))


def test_a_supervisor_is_shown_and_heard_by_whom_the_mode_allows(
    installation: Installation, chromium: Browser
) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    context = one_profile(chromium)
    agent, helper = Agent(context, installation), Helper(context, installation)
    agent.sign_in("county-agent")
    agent.go_on_duty()
    helper.sign_in("helper")
    helper.check_devices()
    helper.pick_item(ITEM)
    helper.enter_people()
    helper.answer_consent(yes=True)
    agent.accept()
    expect(helper.page.locator(".mark.recording")).to_be_visible(timeout=15_000)

    supervisor = Supervisor(context, installation)
    page = supervisor.page
    supervisor.sign_in("home-supervisor")
    page.goto(f"{installation.origin}/supervision#live")
    page.locator("tbody button").first.click()
    page.fill("#listening-reason", "质检巡查")
    page.locator("button.begin").click()
    pictures = page.locator(".stage video")
    until(lambda: pictures.count() == 3 and all(plays(pictures.nth(n)) for n in range(3)))
    sides = (agent.page, helper.page)
    for side in sides:
        expect(side.locator(".listener")).to_contain_text("旁听本次通话")
        assert side.locator(".listener-voice").count() == 0
    page.screenshot(path=PICTURES / "supervision-listening.png")
    helper.page.screenshot(path=PICTURES / "window-listening.png")

    page.locator(".modes .whisper").click()
    until(lambda: voices(agent.page) == 1)
    expect(agent.page.locator(".listener")).to_contain_text("窗口听不到")
    assert helper.page.locator(".listener-voice").count() == 0
    agent.page.screenshot(path=PICTURES / "console-whispered-to.png")

    page.locator(".modes .join").click()
    for side in sides:
        expect(side.locator(".listener")).to_contain_text("已加入通话")
        until(lambda side=side: voices(side) == 1)  # type: ignore[misc]
    page.screenshot(path=PICTURES / "supervision-joined.png")
    page.wait_for_timeout(1_500)
    page.close()
    for side in sides:
        expect(side.locator(".listener")).to_have_count(0)
    agent.page.get_by_role("button", name="结束通话").click()
    confirm = agent.page.locator(".el-dialog, .el-message-box, dialog[open]").get_by_role("button")
    if confirm.count():
        confirm.last.click()
    expect(helper.page.locator(".at-end")).to_be_visible(timeout=15_000)
    for person in (agent, helper, supervisor):
        assert person.errors == []

    finished_recording(installation)
    (listener,) = installation.rows(CallListener)
    assert listener.ended_ms is not None
    kinds = [e.kind for e in installation.rows(CallEvent) if re.match("listening", e.kind)]
    assert sorted(kinds) == [
        "listening.begun", "listening.changed", "listening.changed", "listening.ended",
    ]  # fmt: skip
    of_kind = {p.id: p.kind for p in installation.rows(CallParticipant)}
    recorded = [of_kind[stream.participant_id] for stream in installation.rows(Stream)]
    assert recorded.count(ParticipantKind.SUPERVISOR) == 1, (
        "the joined voice, as a stream of its own"
    )
