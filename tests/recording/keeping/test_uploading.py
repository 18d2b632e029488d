"""Sealed recordings go to the store and are played from there, whatever the store does."""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from recording.archive import Archive
from recording.chunk_file import ChunkWriter, Damaged, Sealer, read_table
from recording.ciphers import CipherName
from recording.control import RecordingUpload, RecordingUploaded
from recording.keeping.stores import Digest, Store, StoreAddress, StoreAway
from recording.keeping.uploading import Pauses, Uploads, file_digest, upload_folder
from recording.keys import file_name, new_data_key
from recording.playback import InStore, Player
from recording.reports import Lasting, Reports
from tests.figures import count, write_figures
from tests.recording.keeping.weak_link import weak_link

HEADER = b"header".ljust(4_096, b"\0")


@dataclass
class Sealed:
    """A closed recording of one file."""

    archive: Archive
    folder: str
    key: bytes
    name: str
    plaintext: bytes

    @classmethod
    def make(
        cls, archive: Archive, chunks: int = 12, cipher: CipherName = CipherName.AES_256_GCM
    ) -> "Sealed":
        key = new_data_key(cipher)
        name, folder = file_name(key, "r", "s"), archive.create_folder()
        pieces = [secrets.token_bytes(1_000 + 137 * index) for index in range(chunks)]
        with archive.folder(folder) as descriptor:
            writer = ChunkWriter.create(descriptor, name, Sealer(key, "r", "s"), HEADER)
            for piece in pieces:
                writer.append(piece)
            writer.rewrite_header(HEADER[::-1])
            writer.finish()
            writer.close()
        return cls(archive, folder, key, name, HEADER[::-1] + b"".join(pieces))

    def in_store(self) -> InStore:
        with self.archive.folder(self.folder) as descriptor:
            table = read_table(descriptor, self.name).pack()
        size = (self.archive.root / self.folder / self.name).stat().st_size
        return InStore(size, table)

    async def play(self, store: Store, in_store: InStore, start: int, end: int) -> bytes:
        player = Player(self.archive, store)
        try:
            async with await player.open(
                self.folder, self.name, self.key, "r", "s", in_store
            ) as playback:
                return await playback.read(start, end)
        finally:
            player.close()


class Told(Reports):
    """Keeps what the edge would hear."""

    def __init__(self) -> None:
        super().__init__()
        self.uploaded: dict[str, RecordingUploaded] = {}
        self.failing = 0

    def lossy(self, message: object) -> None:
        if isinstance(message, RecordingUploaded):
            self.uploaded[message.recording_id] = message
        elif not isinstance(message, Lasting):
            self.failing += 1


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


@pytest.mark.parametrize("cipher", CipherName)
async def test_a_recording_is_played_from_the_store_when_its_folder_is_gone(
    archive: Archive, address: StoreAddress, cipher: CipherName
) -> None:
    sealed, store = Sealed.make(archive, cipher=cipher), Store(address)
    in_store = sealed.in_store()
    (file,) = await upload_folder(archive, store, sealed.folder)
    raw = (archive.root / sealed.folder / sealed.name).read_bytes()
    assert file.sha256 == hashlib.sha256(raw).hexdigest()
    archive.remove_folder(sealed.folder)
    archive.remove_folder(sealed.folder)
    size = len(sealed.plaintext)
    for start, end in [(0, 10), (4_000, 9_999), (size - 5, size), (0, size)]:
        assert await sealed.play(store, in_store, start, end) == sealed.plaintext[start:end]


async def test_a_range_reads_the_blocks_that_it_touches_and_no_more(archive: Archive) -> None:
    sealed = Sealed.make(archive, chunks=200)
    raw = (archive.root / sealed.folder / sealed.name).read_bytes()
    asked: list[tuple[int, int]] = []

    class Counting(Store):
        def read(self, _folder: str, _name: str, start: int, end: int) -> bytes:
            asked.append((start, end))
            return raw[start:end]

    store = Counting(StoreAddress(url=f"file://{archive.root}"))
    middle = len(sealed.plaintext) // 2
    piece = await sealed.play(store, sealed.in_store(), middle, middle + 5_000)
    assert piece == sealed.plaintext[middle : middle + 5_000]
    assert len(asked) == 1


async def test_what_was_changed_in_the_store_is_damage_not_a_picture(
    archive: Archive, address: StoreAddress, tmp_path: Path
) -> None:
    sealed, store = Sealed.make(archive), Store(address)
    in_store = sealed.in_store()
    raw = bytearray((archive.root / sealed.folder / sealed.name).read_bytes())
    raw[-100] ^= 1
    changed = tmp_path / "changed"
    changed.write_bytes(raw)
    await store.put(sealed.folder, sealed.name, changed)
    with pytest.raises(Damaged):
        await sealed.play(store, in_store, 0, len(sealed.plaintext))


async def test_what_lies_in_the_store_already_and_differs_is_replaced(
    archive: Archive, address: StoreAddress, tmp_path: Path
) -> None:
    sealed, store = Sealed.make(archive), Store(address)
    half = tmp_path / "half"
    half.write_bytes(b"half of it")
    await store.put(sealed.folder, sealed.name, half)
    (file,) = await upload_folder(archive, store, sealed.folder)
    assert await store.digest(sealed.folder, sealed.name) == await _digest(archive, sealed)
    assert file.size_bytes > 10


async def _digest(archive: Archive, sealed: Sealed) -> Digest:
    return await asyncio.to_thread(file_digest, archive.root / sealed.folder / sealed.name)


async def test_a_store_is_probed_and_emptied(archive: Archive, address: StoreAddress) -> None:
    sealed, store = Sealed.make(archive), Store(address)
    await store.probe()
    await upload_folder(archive, store, sealed.folder)
    assert await store.names(sealed.folder) == [sealed.name]
    await store.remove(sealed.folder)
    await store.remove(sealed.folder)
    assert await store.names(sealed.folder) == []


@pytest.mark.integration
async def test_a_wrong_key_is_told_without_showing_it(s3: StoreAddress) -> None:
    wrong = replace(s3, secret_key="not-the-secret")  # noqa: S106
    with pytest.raises(StoreAway) as told:
        await Store(wrong).probe()
    assert "not-the-secret" not in str(told.value) + repr(wrong)


@pytest.mark.parametrize("url", ["", "ftp://x/y", "s3://", "file://relative/x", "/plain"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="a store is"):
        Store(StoreAddress(url=url))


@pytest.mark.proof
@pytest.mark.fault
@pytest.mark.parametrize("fault", ["down", "slow", "errors"])
async def test_no_object_is_lost_and_the_backlog_drains(
    archive: Archive, s3: StoreAddress, fault: str
) -> None:
    """The store is away at first, gives 10 KB/s, or fails 30 % of requests."""
    trouble = {
        "down": "it is away at first", "slow": "10 kB a second", "errors": "three requests in ten fail",
    }  # fmt: skip
    number = {"down": count(200, 6), "slow": count(4, 1), "errors": count(200, 6)}[fault]
    chunks = {"down": 12, "slow": 6, "errors": 12}[fault]
    async with weak_link(s3) as (link, address):
        link.down = fault == "down"
        link.errors = 0.3 if fault == "errors" else 0.0
        link.bytes_per_s = 10_000 if fault == "slow" else None
        recordings = [Sealed.make(archive, chunks) for _ in range(number)]
        told = Told()
        uploads = Uploads(archive, Store(address), told, Pauses(0.05, 0.4))
        async with asyncio.TaskGroup() as group:
            for index, sealed in enumerate(recordings):
                order = RecordingUpload(
                    request_id="1", recording_id=str(index), folder=sealed.folder
                )
                assert uploads.take(order)
                group.create_task(uploads.run(order))
            if link.down:
                while told.failing < 4:  # noqa: ASYNC110 - any event of a failing store will do
                    await asyncio.sleep(0.05)
                link.down = False
        failed, requests = link.failed, link.requests
    direct = Store(s3)
    for index, sealed in enumerate(recordings):
        (file,) = told.uploaded[str(index)].files
        found = await direct.digest(sealed.folder, sealed.name)
        assert (found.size_bytes, found.sha256) == (file.size_bytes, file.sha256)
        assert found == await _digest(archive, sealed)
    assert fault == "slow" or failed > 0
    write_figures(
        f"store_{fault}",
        f"Recordings to a store: {trouble[fault]}",
        ["recordings", "requests", "failed", "objects lost"],
        [[number, requests, failed, 0]],
    )
