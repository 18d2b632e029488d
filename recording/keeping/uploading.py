"""Brings closed recordings to the store, in the recorder: off the loop that forwards.

The folder stays as it is until the edge has committed that the store counts. What fails is tried
again for as long as it takes: the folder is the backlog. An upload that a stopped process leaves
half done is begun anew by the next one; objects are replaced, never appended to.
"""

import asyncio
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import structlog

from recording.archive import Archive
from recording.control import RecordingUpload, RecordingUploaded, UploadedFile, UploadFailing
from recording.keeping.stores import Digest, Store, StoreAway
from recording.reports import Reports

AT_ONCE = 2
READ_BYTES = 1 << 20

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Pauses:
    """Between attempts of one recording."""

    first_s: float = 2.0
    longest_s: float = 60.0


class Uploads:
    """Those under way. One recording is uploaded by one task."""

    def __init__(
        self, archive: Archive, store: Store | None, reports: Reports, pauses: Pauses | None = None
    ) -> None:
        self._archive = archive
        self._store = store
        self._reports = reports
        self._pauses = pauses or Pauses()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._taken: set[str] = set()

    def take(self, order: RecordingUpload) -> bool:
        """Whether it is new, and so to be run. Raises ``ValueError`` without a store."""
        if self._store is None:
            raise ValueError("this recorder knows no store")
        if order.recording_id in self._taken:
            return False
        self._taken.add(order.recording_id)
        return True

    async def run(self, order: RecordingUpload) -> None:
        """Until it is in the store and checked, or cancelled."""
        assert self._store is not None  # noqa: S101 - take() asked
        pause_s = self._pauses.first_s
        try:
            while True:
                try:
                    async with self._places:
                        files = await upload_folder(self._archive, self._store, order.folder)
                    break
                except OSError as error:
                    self._tell(order, error)
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, self._pauses.longest_s)
        finally:
            self._taken.discard(order.recording_id)
        self._reports.lasting(
            lambda report_id: RecordingUploaded(
                report_id=report_id, recording_id=order.recording_id, files=files
            )
        )

    def _tell(self, order: RecordingUpload, error: OSError) -> None:
        reason = str(error)[:200]
        logger.warning("upload.failing", recording_id=order.recording_id, reason=reason)
        self._reports.lossy(UploadFailing(recording_id=order.recording_id, reason=reason))


async def upload_folder(archive: Archive, store: Store, folder: str) -> list[UploadedFile]:
    """Sends what the store has not got yet, as it should be, and reads everything back.

    Raises ``OSError``; what arrived before stays there and is not sent again.
    """
    return [await _upload(archive, store, folder, name) for name in archive.file_names(folder)]


async def _upload(archive: Archive, store: Store, folder: str, name: str) -> UploadedFile:
    """Reads the file once, on its way out; what is there already and may be it, is compared first."""
    path = archive.root / folder / name
    if await store.size(folder, name) == path.stat().st_size:
        local = await asyncio.to_thread(file_digest, path)
        if await _digest(store, folder, name) == local:
            return _uploaded(name, local)
    sent = await store.put(folder, name, path)
    if await _digest(store, folder, name) != sent:
        raise StoreAway("the store gives back something else than it was given")
    return _uploaded(name, sent)


def _uploaded(name: str, digest: Digest) -> UploadedFile:
    return UploadedFile(name=name, size_bytes=digest.size_bytes, sha256=digest.sha256)


async def _digest(store: Store, folder: str, name: str) -> Digest | None:
    try:
        return await store.digest(folder, name)
    except FileNotFoundError:
        return None


def file_digest(path: Path) -> Digest:
    """Blocks. Raises ``OSError``."""
    whole = hashlib.sha256()
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
        while piece := file.read(READ_BYTES):
            whole.update(piece)
        return Digest(file.tell(), whole.hexdigest())
