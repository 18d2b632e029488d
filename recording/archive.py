"""The archive folder: one folder of random name a recording, nothing in it readable by others.

Names are made here or derived from the data key; none ever comes from a user. A folder is opened
once, and its files relative to its descriptor, without following links: a name that was swapped
for a link meanwhile leads nowhere.
"""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from casework.vocabulary import StreamKind
from recording.keys import file_name

_NAME = re.compile(r"[0-9a-f]{32}")
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

LOG = "log"
"""The stream name of the packet log."""
INDEX = "index"
"""The stream name of the index that is written when a recording is closed."""


def stream_label(participant_id: str, kind: StreamKind) -> str:
    """The stream name of one participant's file: it is sealed under it and named by it."""
    return f"{participant_id}/{kind}"


class Archive:
    """Opens the archive folder, making it (0700) if need be. Raises ``OSError``."""

    def __init__(self, root: Path) -> None:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.root = root
        self._folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def close(self) -> None:
        os.close(self._folder)

    def create_folder(self) -> str:
        """Makes the folder of a new recording and answers its name."""
        name = secrets.token_hex(16)
        os.mkdir(name, 0o700, dir_fd=self._folder)
        os.fsync(self._folder)
        return name

    @contextmanager
    def folder(self, name: str) -> Iterator[int]:
        """A descriptor of one recording's folder. Raises ``OSError``, ``ValueError``."""
        descriptor = self.open_folder(name)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def open_folder(self, name: str) -> int:
        """The same, closed by the caller."""
        if not _NAME.fullmatch(name):
            raise ValueError("no name of this archive")
        return os.open(name, _OPEN_FOLDER, dir_fd=self._folder)

    def file_names(self, folder: str) -> list[str]:
        """The files of a recording, without half-made ones. Raises as :meth:`folder`."""
        with self.folder(folder) as descriptor, os.scandir(descriptor) as entries:
            return sorted(entry.name for entry in entries if _NAME.fullmatch(entry.name))

    def remove_folder(self, name: str) -> None:
        """With everything in it; an absent one is fine. Raises ``OSError``, ``ValueError``."""
        try:
            with self.folder(name) as descriptor, os.scandir(descriptor) as entries:
                for entry in entries:
                    os.unlink(entry.name, dir_fd=descriptor)
        except FileNotFoundError:
            return
        os.rmdir(name, dir_fd=self._folder)
        os.fsync(self._folder)

    def log_path(self, folder: str, key: bytes, recording_id: str) -> Path:
        """Where the relay is told to write the packet log."""
        return self.root / folder / file_name(key, recording_id, LOG)

    def free_bytes(self) -> int:
        """What the file system still takes (for the reserve below which no call begins)."""
        state = os.fstatvfs(self._folder)
        return state.f_bavail * state.f_frsize
