"""Which camera is the face and which the papers: chosen once, remembered, and really used."""

import pytest
from playwright.sync_api import Browser, Page

from tests.story.installation import Installation
from tests.story.people import Helper, one_profile, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

FACE, PAPERS = "fake_device_2", "fake_device_0"


@pytest.fixture
def helper(chromium: Browser, installation: Installation) -> Helper:
    return Helper(one_profile(chromium), installation)


def labels_in_use(page: Page) -> list[str]:
    """The devices behind the two previews."""
    told: list[str] = page.locator("video").evaluate_all(
        "videos => videos.map(v => v.srcObject?.getVideoTracks()[0]?.label ?? '')"
    )
    return told


def test_the_chosen_cameras_are_used_and_remembered(helper: Helper) -> None:
    page = helper.page
    helper.sign_in("helper")
    page.locator(".at-check").wait_for()
    choices = page.locator("select")
    until(lambda: len(labels_in_use(page)) == 2 and all(labels_in_use(page)))
    offered = choices.nth(0).locator("option").all_inner_texts()
    assert {"fake_device_0", "fake_device_1", "fake_device_2"} <= set(offered)
    choices.nth(0).select_option(label=FACE)
    choices.nth(1).select_option(label=PAPERS)
    until(lambda: labels_in_use(page) == [FACE, PAPERS])
    page.reload()
    page.locator(".at-check").wait_for()
    until(lambda: labels_in_use(page) == [FACE, PAPERS])
    assert helper.errors == []
