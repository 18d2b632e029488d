"""How often the bytes of a recording are read once they were written."""

import os
from collections import Counter
from collections.abc import Callable

import pytest

from recording.chunk_source import FileSource
from tests.recording.conftest import Place
from tests.recording.evidence.calls import RecordedCall

HEAD_BYTES = 32
"""A chunk's head is read by itself to find the next one; what is longer is content."""


class CountingFiles:
    """A layer under the chunk files: how often each stretch of each file was asked for."""

    def __init__(self) -> None:
        self.reads: Counter[tuple[int, int]] = Counter()

    def around(self, read: Callable[[FileSource, int, int], bytes]) -> object:
        def counted(source: FileSource, at: int, length: int) -> bytes:
            if length > HEAD_BYTES:
                self.reads[os.fstat(source._file).st_ino, at] += 1
            return read(source, at, length)

        return counted


def test_after_capture_a_byte_is_read_for_the_seal_and_for_the_verification_and_no_more(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = RecordedCall(place)
    counting = CountingFiles()
    monkeypatch.setattr(FileSource, "read", counting.around(FileSource.read))
    call.record(20)
    log_and_streams = counting.reads.copy()
    assert call.first_faults() == []
    streams = {path.stat().st_ino: path.stat().st_size for path in place.path.iterdir()}
    largest = sorted(streams, key=lambda inode: streams[inode])[-2:]
    for inode in largest:
        sealed = [n for (file, _), n in log_and_streams.items() if file == inode]
        verified = [n for (file, _), n in counting.reads.items() if file == inode]
        assert len(sealed) == len(verified) > 10
        # The header region has two slots; which one counts is asked at each opening.
        assert sorted(sealed)[-4] == 1, "read back once"
        assert sorted(verified)[-4] == 2, "and once to verify"
