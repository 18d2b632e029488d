"""A node whose recordings go to an S3-compatible store: from the call to playback over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.vocabulary import RecordingState, StoragePlace, Surface
from recording.tables import Recording
from signaling.wire.api import ViewOpened, ViewView
from tests.recording.keeping.seaweed import seaweed
from tests.story.calling import County, Files, until
from tests.story.installation import Installation, installed

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

FROM, TO = 10_000, 30_000


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Installation]:
    with seaweed(tmp_path / "store") as store:
        settings = {
            "SHIPINBAN_STORE_URL": store.url,
            "SHIPINBAN_STORE_ENDPOINT": str(store.endpoint),
            "SHIPINBAN_STORE_ACCESS_KEY": store.access_key,
            "SHIPINBAN_STORE_SECRET_KEY": store.secret_key,
        }
        with installed(tmp_path / "county", **settings) as running:
            yield running


async def test_a_sealed_recording_moves_to_the_store_and_plays_from_there(
    stored: Installation, files: Files, peers_on_loopback: None
) -> None:
    county = County(stored.origin, stored.passwords, files)
    async with county.calling() as call:
        await call.desk.receives(packets=60)
        await call.finish()
    detail = await county.recorded(call.view.id, RecordingState.VERIFIED)
    assert detail.recording is not None

    async def moved() -> Recording | None:
        (row,) = stored.rows(Recording)
        return row if row.place == StoragePlace.REMOTE else None

    row = await until(moved)
    left = stored.folder / "archive" / row.folder
    assert [path for path in left.rglob("*") if path.is_file()] == []
    stream = max(detail.recording.streams, key=lambda one: one.size_bytes)
    async with county.person(Surface.SUPERVISION, "county-supervisor") as supervisor:
        opened = ViewOpened(reason="抽查")
        path = f"recordings/{detail.recording.id}/views"
        view = await supervisor.call("POST", path, ViewView, opened)
        path = f"views/{view.id}/streams/{stream.id}"
        whole = await supervisor.fetch("GET", path)
        assert len(whole) == stream.size_bytes
        url = f"{stored.origin}/api/supervision/{path}"
        span = {"Range": f"bytes={FROM}-{TO - 1}"}
        async with supervisor._http.get(url, headers=span) as answer:
            assert answer.status == 206
            assert await answer.read() == whole[FROM:TO]
