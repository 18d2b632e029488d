"""Who tells the source how its packets arrive changes in the middle of a call: it must not notice."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.figures import write_figures
from tests.media.call import Person
from tests.media.conftest import Trial
from tests.media.readings import CAMERA, DOCUMENT, Span

pytestmark = [pytest.mark.browser, pytest.mark.proof]

WATCHED_S = 4.0
LOOK_S = 0.25
KEPT = 0.5
"""Of the rate available before the change. A wrong step of the clock leaves a tenth, or nothing."""

Change = Callable[[], Awaitable[object]]


async def test_a_change_of_author_leaves_the_source_as_it_was(trial: Trial) -> None:
    window = await trial.person("a", trial.links[0])
    agent = await trial.person("b", trial.links[1])
    second = await trial.person("c", trial.links[2])
    agent.sees, second.sees = {"a": True}, {"a": False}
    await trial.call.enter(window, bring=True)
    await trial.call.enter(agent)
    await trial.call.enter(second)
    await asyncio.sleep(6)

    changes: list[tuple[str, Change]] = [
        ("to another viewer", lambda: trial.call.set_primary("a", "c")),
        ("the author leaves: to the server", second.page.close),
        ("from the server to a viewer", lambda: trial.call.set_primary("a", "b")),
    ]
    rows: list[list[object]] = []
    for name, change in changes:
        before = await window.read()
        await change()
        least_bps, span = await _watch(window)
        kept = least_bps / before.available_bps
        rates = [round(each / 1e6, 2) for each in (before.available_bps, least_bps)]
        frames = [round(span.sent_frames_per_s(kind), 1) for kind in (DOCUMENT, CAMERA)]
        rows.append([name, *rates, *frames])
        assert kept > KEPT, rows
    write_figures(
        "author",
        "Another author of the source's feedback",
        ["change", "available before, Mbit/s", f"least in {WATCHED_S:.0f} s", "document fps",
         "camera fps"],
        rows,
    )  # fmt: skip


async def _watch(window: Person) -> tuple[float, Span]:
    """The least that the source believed in, and what it sent."""
    readings = [await window.read_later(LOOK_S) for _ in range(int(WATCHED_S / LOOK_S))]
    least_bps = min(reading.available_bps for reading in readings)
    return least_bps, Span(readings[0], readings[-1])
