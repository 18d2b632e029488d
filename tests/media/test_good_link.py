"""A good link: the document is large at once, who joins sees at once, key frames are asked seldom."""

import asyncio
import time

import pytest

from tests.figures import count, write_figures
from tests.media.call import Person
from tests.media.conftest import Trial
from tests.media.readings import DOCUMENT, VIDEO, Reading

pytestmark = [pytest.mark.browser, pytest.mark.proof]

DOCUMENT_GOAL_S = 2.0
PICTURE_GOAL_S = 1.0
TOLERANCE = 5
"""A shared machine encodes in software: judged five times looser than the goal."""


async def test_the_document_is_large_at_once_and_who_joins_sees_it(trial: Trial) -> None:
    window = await trial.person("a", trial.links[0])
    names = [f"b{number}" for number in range(count(4, 2))]
    joining = [await trial.person(name, trial.links[1]) for name in names]
    began = time.monotonic()
    await trial.call.enter(window, bring=True)
    async with asyncio.timeout(DOCUMENT_GOAL_S * TOLERANCE):
        while not _is_large(await window.read_later(0.02)):
            pass
    rows: list[list[object]] = [
        ["document sent at 1080p, after the offer, s", round(time.monotonic() - began, 2)]
    ]
    for viewer in joining:
        viewer.sees = {"a": viewer is joining[0]}
        seconds = await _joins(trial, viewer)
        rows += [[f"{viewer.participant_id} sees the {kind}, s", seconds[kind]] for kind in VIDEO]
        assert max(seconds.values()) < PICTURE_GOAL_S * TOLERANCE, seconds
        await asyncio.sleep(1)

    for _ in range(20):
        await trial.call.ask_key_frame("a", DOCUMENT)
        await asyncio.sleep(0.1)
    source, elapsed_s = await window.read(), time.monotonic() - began
    for kind in VIDEO:
        requests = source.sent(kind, "pliCount")
        rows.append([f"key frames asked of the {kind} in {elapsed_s:.0f} s", requests])
        assert requests <= elapsed_s + len(joining)
    write_figures(
        "good_link", "A good link: until something is seen", ["what", "figure"], rows,
        note="Goals: 2 s; 1 s from joining; one request a second, and one for each who joins.",
    )  # fmt: skip


def _is_large(source: Reading) -> bool:
    return source.sent(DOCUMENT, "frameHeight") >= 1080 and source.sent(DOCUMENT, "framesSent") > 0


async def _joins(trial: Trial, viewer: Person) -> dict[str, float]:
    began = time.monotonic()
    await trial.call.enter(viewer)
    before_s = time.monotonic() - began
    found: dict[str, float] = await viewer.page.evaluate("() => lab.firstPictures()")
    assert len(found) == len(VIDEO), found
    return {kind: round(before_s + ms / 1000, 2) for kind, ms in found.items()}
