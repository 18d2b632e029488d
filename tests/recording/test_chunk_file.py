import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recording.chunk_file import ChunkReader, ChunkWriter, Damaged, Sealer

SEALER = Sealer(bytes(range(32)), "recording-1", "camera")
same_folder = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[int]:
    descriptor = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    yield descriptor
    os.close(descriptor)


def write(folder: int, chunks: list[bytes], header: bytes = b"", *, finish: bool = True) -> str:
    name = secrets.token_hex(8)
    writer = ChunkWriter.create(folder, name, SEALER, header)
    for chunk in chunks:
        writer.append(chunk)
    if finish:
        writer.finish()
    writer.close()
    return name


def read_all(folder: int, name: str, sealer: Sealer = SEALER) -> bytes:
    with ChunkReader(folder, name, sealer) as reader:
        return reader.read(0, reader.size)


chunk_lists = st.lists(st.binary(min_size=1, max_size=200), max_size=12)


@same_folder
@given(chunks=chunk_lists, header=st.binary(max_size=50), cut=st.data())
def test_any_range_of_what_was_appended_is_read_back(
    folder: int, chunks: list[bytes], header: bytes, cut: st.DataObject
) -> None:
    name = write(folder, chunks, header)
    whole = header + b"".join(chunks)
    with ChunkReader(folder, name, SEALER) as reader:
        assert reader.complete
        assert reader.size == len(whole)
        start = cut.draw(st.integers(0, len(whole) + 5))
        end = cut.draw(st.integers(0, len(whole) + 5))
        assert reader.read(start, end) == whole[start:end]


@same_folder
@given(
    chunks=st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=6),
    header=st.sampled_from([b"", b"header region"]),
    place=st.data(),
)
def test_a_flipped_byte_is_never_read_as_content(
    folder: int, chunks: list[bytes], header: bytes, place: st.DataObject
) -> None:
    name = write(folder, chunks, header)
    path = Path(f"/proc/self/fd/{folder}") / name
    raw = bytearray(path.read_bytes())
    unused_slot = range(16 + 44 + len(header), 16 + 2 * (44 + len(header))) if header else range(0)
    position = place.draw(st.integers(0, len(raw) - 1).filter(lambda at: at not in unused_slot))
    raw[position] ^= place.draw(st.integers(1, 255))
    path.write_bytes(raw)
    whole = header + b"".join(chunks)
    try:
        with ChunkReader(folder, name, SEALER) as reader:
            content = reader.read(0, reader.size)
            assert not reader.complete
            assert whole.startswith(content)
    except Damaged:
        pass


@same_folder
@given(chunks=st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=6), place=st.data())
def test_a_cut_file_reads_up_to_its_last_whole_chunk_and_shows_the_cut(
    folder: int, chunks: list[bytes], place: st.DataObject
) -> None:
    name = write(folder, chunks)
    path = Path(f"/proc/self/fd/{folder}") / name
    raw = path.read_bytes()
    length = place.draw(st.integers(16, len(raw) - 1))
    path.write_bytes(raw[:length])
    ends = [16]
    for chunk in chunks:
        ends.append(ends[-1] + 44 + len(chunk))
    whole_chunks = sum(1 for end in ends[1:] if end <= length)
    with ChunkReader(folder, name, SEALER) as reader:
        assert not reader.complete
        assert reader.read(0, reader.size) == b"".join(chunks[:whole_chunks])
        assert reader.torn_bytes == length - ends[whole_chunks]


def test_a_chunk_can_not_be_moved_to_another_place_stream_recording_or_key(folder: int) -> None:
    name = write(folder, [b"one", b"two"])
    for sealer in (
        Sealer(bytes(range(32)), "recording-1", "document"),
        Sealer(bytes(range(32)), "recording-2", "camera"),
        Sealer(bytes(32), "recording-1", "camera"),
    ):
        with pytest.raises(Damaged):
            read_all(folder, name, sealer)
    path = Path(f"/proc/self/fd/{folder}") / name
    raw = path.read_bytes()
    first, second = raw[16:63], raw[63:110]
    swapped = bytearray(raw[:16] + second + first + raw[110:])
    swapped[20:24], swapped[67:71] = first[4:8], second[4:8]
    path.write_bytes(swapped)
    with pytest.raises(Damaged):
        read_all(folder, name)


def test_a_rewritten_header_has_a_fresh_nonce_and_keeps_the_old_one_until_it_stands(
    folder: int,
) -> None:
    name = secrets.token_hex(8)
    writer = ChunkWriter.create(folder, name, SEALER, b"first version ")
    writer.append(b"cluster")
    path = Path(f"/proc/self/fd/{folder}") / name
    slot_a, slot_b = slice(16, 16 + 58), slice(16 + 58, 16 + 116)
    first = path.read_bytes()
    writer.rewrite_header(b"second version")
    second = path.read_bytes()
    assert second[slot_a] == first[slot_a]
    assert second[slot_b] != first[slot_b]
    assert read_all(folder, name) == b"second versioncluster"
    torn = bytearray(second)
    torn[slot_b] = torn[slot_b][:30] + bytes(28)
    path.write_bytes(torn)
    assert read_all(folder, name) == b"first version cluster"
    path.write_bytes(second)
    writer.rewrite_header(b"second version")
    third = path.read_bytes()
    assert third[slot_a] not in (first[slot_a], second[slot_b])
    writer.close()


def test_an_empty_chunk_is_refused(folder: int) -> None:
    writer = ChunkWriter.create(folder, "e", SEALER)
    with pytest.raises(ValueError, match="empty"):
        writer.append(b"")
    writer.close()


def test_a_header_of_another_size_is_refused(folder: int) -> None:
    writer = ChunkWriter.create(folder, "h", SEALER, b"12345")
    with pytest.raises(ValueError, match="5 bytes"):
        writer.rewrite_header(b"1234")
    writer.close()


@pytest.mark.parametrize("torn", [b"", b"\x00" * 20, secrets.token_bytes(500), b"\x00" * 5000])
@pytest.mark.parametrize("header", [b"", b"header"])
def test_a_resumed_file_goes_on_after_its_last_whole_chunk(
    folder: int, tmp_path: Path, torn: bytes, header: bytes
) -> None:
    name = write(folder, [b"one", b"two"], header, finish=False)
    with (tmp_path / name).open("ab") as file:
        file.write(torn)
    writer = ChunkWriter.resume(folder, name, SEALER)
    writer.append(b"three")
    writer.finish()
    writer.close()
    assert read_all(folder, name) == header + b"onetwothree"
    with pytest.raises(Damaged, match="finished"):
        ChunkWriter.resume(folder, name, SEALER)


def test_a_tail_of_full_length_and_wrong_content_is_stepped_over(
    folder: int, tmp_path: Path
) -> None:
    name = write(folder, [b"one", b"two"], finish=False)
    path = tmp_path / name
    raw = path.read_bytes()
    path.write_bytes(raw[:-19] + bytes(19))
    writer = ChunkWriter.resume(folder, name, SEALER)
    writer.append(b"2")
    writer.close()
    assert read_all(folder, name) == b"one2"


def test_a_file_has_one_writer_and_a_private_mode(folder: int, tmp_path: Path) -> None:
    writer = ChunkWriter.create(folder, "a", SEALER)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
    with pytest.raises(BlockingIOError):
        ChunkWriter.resume(folder, "a", SEALER)
    with pytest.raises(FileExistsError):
        ChunkWriter.create(folder, "a", SEALER)
    writer.close()


@pytest.mark.parametrize("step", ["posix_fallocate", "pwrite", "fsync", "link"])
def test_a_crash_while_a_file_is_made_leaves_nothing_by_its_name(
    folder: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def crash(*_arguments: object, **_named: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, step, crash)
    with pytest.raises(OSError, match="Input/output"):
        ChunkWriter.create(folder, "a", SEALER, b"header")
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / ".a").write_bytes(b"left by a process that was killed")
    ChunkWriter.create(folder, "a", SEALER, b"header").close()
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert read_all(folder, "a") == b"header"


def test_a_link_is_not_followed(folder: int, tmp_path: Path) -> None:
    name = write(folder, [b"one"])
    (tmp_path / "link").symlink_to(tmp_path / name)
    with pytest.raises(OSError, match="symbolic"):
        ChunkReader(folder, "link", SEALER)
    with pytest.raises(OSError, match="symbolic"):
        ChunkWriter.resume(folder, "link", SEALER)


def test_a_reader_follows_a_file_that_grows(folder: int) -> None:
    writer = ChunkWriter.create(folder, "grow", SEALER)
    with ChunkReader(folder, "grow", SEALER) as reader:
        assert reader.refresh() == 0
        writer.append(b"one")
        writer.append(b"two")
        assert reader.refresh() == 2
        assert list(reader.chunks()) == [b"one", b"two"]
        writer.append(b"three")
        assert reader.refresh() == 1
        assert list(reader.chunks(2)) == [b"three"]
    writer.close()


def test_a_full_disk_leaves_a_readable_file(
    folder: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = ChunkWriter.create(folder, "full", SEALER)
    writer.append(b"one")
    write_really = os.pwrite

    def fill_up(file: int, raw: memoryview, at: int) -> int:
        if at > 16 + 44 + 3:
            raise OSError(28, "No space left on device")
        return write_really(file, raw[:10], at)

    monkeypatch.setattr(os, "pwrite", fill_up)
    with pytest.raises(OSError, match="No space"):
        writer.append(b"two")
    monkeypatch.undo()
    with ChunkReader(folder, "full", SEALER) as reader:
        assert (reader.read(0, 99), reader.torn_bytes) == (b"one", 0)
    writer.append(b"2")
    writer.close()
    assert read_all(folder, "full") == b"one2"
