"""Where the bytes of pages lie: encrypted, below the archive folder, under random names.

A page has a folder; while it is uploaded, one file for each part, then ``original`` and
``rendition``; of a PDF with several pages also ``rendition-02`` and so on. Every file is one AES-256-GCM message under the page's own key, bound to its place:
a part moved to another offset, file or page does not open. Blocking: call in a thread.
"""

import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casework.master_key import MasterKey, WrongKey

FOLDER = "pages"
ORIGINAL = "original"
RENDITION = "rendition"
_NONCE_BYTES = 12
_NAME = re.compile(r"[0-9a-f]{32}")
_PART = re.compile(r"part-\d{8}")
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def rendition_file(sheet: int) -> str:
    """:param sheet: counts from 1."""
    return RENDITION if sheet == 1 else f"{RENDITION}-{sheet:02d}"


class PageFiles:
    """Below ``archive``, which every node of a county shares. Raises ``OSError``."""

    def __init__(self, archive: Path, master: MasterKey) -> None:
        self._root = archive / FOLDER
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._master = master

    @staticmethod
    def new_name() -> str:
        """Of a page's folder: random, never from a user."""
        return secrets.token_hex(16)

    def write_part(self, name: str, offset: int, content: bytes) -> None:
        """A part written again takes the place of the first.

        Not synced: it survives a killed process, and when a power cut takes it, the hash of the
        whole tells and the page is taken again. Syncing each part would double an upload's time.
        """
        self.write(name, f"part-{offset:08d}", content, sync=False)

    def join(self, name: str) -> bytes:
        """The whole: of an upload that was ended already, else all parts in order of offsets."""
        try:
            return self.read(name, ORIGINAL)
        except FileNotFoundError:
            return b"".join(self.read(name, part) for part in self._parts(name))

    def keep(self, name: str, original: bytes, renditions: Sequence[bytes]) -> None:
        """The whole files; the parts go when the row says that the page is ready."""
        for sheet, rendition in enumerate(renditions, start=1):
            self.write(name, rendition_file(sheet), rendition)
        self.write(name, ORIGINAL, original)

    def remove(self, name: str) -> None:
        """Everything of a page; an absent one is fine."""
        try:
            with self._folder(name) as folder, os.scandir(folder) as entries:
                for entry in entries:
                    os.unlink(entry.name, dir_fd=folder)
        except FileNotFoundError:
            return
        (self._root / name).rmdir()

    def drop_parts(self, name: str) -> None:
        for part in self._parts(name):
            (self._root / name / part).unlink(missing_ok=True)

    def _parts(self, name: str) -> list[str]:
        with self._folder(name) as folder, os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if _PART.fullmatch(entry.name))

    def read(self, name: str, file: str) -> bytes:
        """:raises OSError: there is none. :raises WrongKey: damaged, or out of its place."""
        with self._folder(name) as folder:
            descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
            with os.fdopen(descriptor, "rb") as stream:
                sealed = stream.read()
        try:
            return self._cipher(name).decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], file.encode()
            )
        except (InvalidTag, ValueError) as error:
            raise WrongKey(f"page file {file} is damaged") from error

    def write(self, name: str, file: str, content: bytes, *, sync: bool = True) -> None:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._cipher(name).encrypt(nonce, content, file.encode())
        draft = f".{secrets.token_hex(8)}"
        with self._folder(name, create=True) as folder:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(draft, flags, 0o600, dir_fd=folder)
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(sealed)
                    stream.flush()
                    if sync:
                        os.fdatasync(descriptor)
                os.rename(draft, file, src_dir_fd=folder, dst_dir_fd=folder)
            except OSError:
                os.unlink(draft, dir_fd=folder)
                raise
            if sync:
                os.fsync(folder)

    def _cipher(self, name: str) -> AESGCM:
        return AESGCM(self._master.derive(f"page {name}"))

    @contextmanager
    def _folder(self, name: str, *, create: bool = False) -> Iterator[int]:
        if not _NAME.fullmatch(name):
            raise ValueError("no name of this archive")
        if create:
            (self._root / name).mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(self._root / name, _OPEN_FOLDER)
        try:
            yield descriptor
        finally:
            os.close(descriptor)
