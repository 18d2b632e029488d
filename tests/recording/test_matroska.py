import io

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording import opus
from recording.matroska import (
    Block,
    Header,
    TrackEntry,
    header_size,
    pack_cluster,
    start_offset_ms,
    unpack_cluster,
)

AUDIO = TrackEntry(1, "A_OPUS", "audio", opus.head())
CAMERA = TrackEntry(2, "V_VP8", "camera", size=(640, 360))

blocks = st.builds(
    Block,
    track=st.integers(1, 2),
    at_ms=st.integers(99_000, 101_000),
    key=st.just(value=True),
    payload=st.binary(min_size=1, max_size=300),
    discard_ns=st.sampled_from([0, 20_000_000]),
)


@given(st.lists(blocks, max_size=20))
def test_a_cluster_is_read_back_as_it_was_packed(wanted: list[Block]) -> None:
    assert list(unpack_cluster(pack_cluster(100_000, wanted))) == wanted


@given(st.lists(blocks, min_size=1, max_size=3), st.data())
def test_a_cut_cluster_is_refused(wanted: list[Block], place: st.DataObject) -> None:
    cluster = pack_cluster(100_000, wanted)
    length = place.draw(st.integers(0, len(cluster) - 1))
    with pytest.raises(ValueError, match=r"cut|whole"):
        list(unpack_cluster(cluster[:length]))


@given(st.integers(0, 10**9), st.integers(0, 200), st.booleans())
def test_a_header_fills_its_region_exactly(offset: int, cues: int, final: bool) -> None:
    header = Header([AUDIO, CAMERA], offset)
    if final:
        header.duration_ms, header.segment_bytes = 10**9, 10**12
    header.cues = [(10**9 + n, 2, 10**12 + n) for n in range(cues)]
    for size in (header_size(0), header_size(40)):
        packed = header.pack(size)
        assert len(packed) == size
        assert start_offset_ms(packed) == offset


def test_the_longest_call_allowed_keeps_a_cue_every_four_seconds() -> None:
    hour = Header([CAMERA], 0, 3_600_000, 10**9)
    hour.cues = [(n * 4_000, 2, 1_000_000 * n + 50_000) for n in range(900)]
    packed = hour.pack(header_size(3_600))
    assert packed.count(b"\xbb") >= 900
    longer = Header([CAMERA], 0, 7_200_000, 10**9)
    longer.cues = [(n * 4_000, 2, 1_000_000 * n + 50_000) for n in range(1_800)]
    assert len(longer.pack(header_size(3_600))) == header_size(3_600)


def test_ffmpeg_reads_tracks_times_and_duration() -> None:
    silence = opus.FILLER
    clusters = [
        pack_cluster(
            start, [Block(1, start + 20 * n, key=True, payload=silence) for n in range(50)]
        )
        for start in range(0, 5_000, 1_000)
    ]
    size = header_size(10)
    positions = [size + sum(map(len, clusters[:n])) for n in range(len(clusters))]
    header = Header([AUDIO], 250, 5_000)
    header.segment_bytes = size + sum(map(len, clusters)) - Header.content_start()
    header.cues = [(1_000 * n, 1, position) for n, position in enumerate(positions)]
    raw = header.pack(size) + b"".join(clusters)
    with av.open(io.BytesIO(raw), mode="r") as container:
        assert container.duration == 5_000_000
        (stream,) = container.streams.audio
        assert (stream.codec_context.name, stream.codec_context.sample_rate) == ("opus", 48_000)
        assert container.metadata["START_OFFSET_MS"] == "250"
        assert [packet.pts for packet in container.demux() if packet.size] == list(
            range(0, 5_000, 20)
        )
        container.seek(3_000, stream=stream)
        assert next(container.demux()).pts == 3_000
