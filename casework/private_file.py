"""Small files of mode 0600 that hold keys: made whole or not at all, and refused when others may read."""

import os
import secrets
import stat
from pathlib import Path

LIMIT_BYTES = 16 * 1024


class UnsafeKeyFile(OSError):
    """The key file can be read by others, or is no key file."""


def create_once(path: Path, text: str) -> None:
    """Links a complete file into place, so no reader ever sees half a key.

    Of two processes that create it at once the first one's text stays.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = _draft(path, text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first; its key counts
    finally:
        draft.unlink()
    _sync_folder(path.parent)


def replace(path: Path, text: str) -> None:
    """Puts a complete file in the place of the old one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _draft(path, text).replace(path)
    _sync_folder(path.parent)


def read(path: Path) -> str:
    """Raises :class:`UnsafeKeyFile` when group or others have any right on it."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        if stat.S_IMODE(os.fstat(descriptor).st_mode) & 0o077:
            raise UnsafeKeyFile(f"{path}: others may read it; chmod 600 it")
        content = os.read(descriptor, LIMIT_BYTES)
    finally:
        os.close(descriptor)
    try:
        return content.decode("ascii")
    except ValueError as error:
        raise UnsafeKeyFile(f"{path}: not a key file") from error


def _draft(path: Path, text: str) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        os.write(descriptor, text.encode("ascii"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return draft


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
