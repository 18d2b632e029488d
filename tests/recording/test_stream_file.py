from casework.vocabulary import StreamKind
from recording.chunk_file import Sealer
from recording.depacketize import Frame
from recording.matroska import Block
from recording.stream_file import StreamFile
from recording.webm_file import WebmFile
from signaling.relay.control import TrackKind
from tests.recording.conftest import Place, line

SECOND = 1_000_000


class Listed(WebmFile):
    """Remembers what it was given."""

    def __init__(self, folder: int) -> None:
        super().__init__(folder, "a" * 32, Sealer(bytes(32), "r", "s"), 8_192)
        self.blocks: list[Block] = []

    def add(self, block: Block) -> None:
        self.blocks.append(block)
        super().add(block)


def picture(number: int) -> Frame:
    return Frame(bytes([number]), 0, 0, key=number == 0, size=(64, 48))


def test_pictures_keep_their_order_whatever_their_times_say(place: Place) -> None:
    with place.archive.folder(place.folder) as folder:
        file = Listed(folder)
        stream = StreamFile("aa", StreamKind.AUDIO_CAMERA, file)
        assert stream.accepts(line(TrackKind.CAMERA))
        for number, at_us in enumerate([3, 4, 2, 1, 5]):
            stream.push(TrackKind.CAMERA, "c1", at_us * SECOND, picture(number))
        stream.finish()
        file.close()
    assert [block.payload[0] for block in file.blocks] == [0, 1, 2, 3, 4]
    times = [block.at_ms for block in file.blocks]
    assert times == sorted(times)


def test_another_codec_is_not_written_into_the_same_track(place: Place) -> None:
    with place.archive.folder(place.folder) as folder:
        stream = StreamFile("aa", StreamKind.AUDIO_CAMERA, Listed(folder))
        assert stream.accepts(line(TrackKind.CAMERA))
        assert stream.accepts(line(TrackKind.AUDIO))
        assert not stream.accepts(line(TrackKind.CAMERA, "VP9"))
        assert stream.accepts(line(TrackKind.CAMERA))
    assert stream.is_empty
