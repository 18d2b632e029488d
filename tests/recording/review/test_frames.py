"""A player steps by the pictures that a stream has, not by a rate that it might have."""

from itertools import pairwise

import pytest

from recording.matroska import unpack_cluster
from recording.review.frames import frames_around
from recording.webm_file import VIDEO_TRACK
from tests.recording.conftest import Place
from tests.recording.evidence.calls import RecordedCall, open_file


@pytest.mark.parametrize("kind", ["audio_camera", "document"])
def test_the_pictures_before_and_after_any_moment_are_found(place: Place, kind: str) -> None:
    RecordedCall(place).record(6)
    with open_file(place, f"aa/{kind}") as reader:
        chunks = [reader.chunk(index) for index in range(1, reader.chunk_count - 1)]
        blocks = [block for chunk in chunks for block in unpack_cluster(chunk)]
        pictures = sorted(block.at_ms for block in blocks if block.track == VIDEO_TRACK)
        assert len(pictures) > 15
        for before, after in pairwise(pictures):
            around = frames_around(reader, (before + after) // 2)
            at = around.index(before)
            assert around[at : at + 2] == [before, after]
        assert frames_around(reader, 10**8)[-1] == pictures[-1]
        assert frames_around(reader, 0)[0] == pictures[0]
