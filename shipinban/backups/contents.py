"""What lies in a backup, and how it is known to be whole.

::

    FOLDER/backup.json       what was backed up when, and every file with size and SHA-256
    FOLDER/database.sqlite   or database.dump (pg_dump, custom format)
    FOLDER/archive/…         the encrypted files of recordings and pages, named as in the archive
    KEYS/master.key, …       apart, where the caller says

``backup.json`` is written last: a folder without it is no backup.
"""

import hashlib
import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from casework.errors import Invalid

CONTENTS = "backup.json"
ARCHIVE = "archive"
READ_BYTES = 1 << 20


class BackedUpFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    """Below the backup's folder."""
    size_bytes: int
    sha256: str


class Contents(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    program_version: str
    database: Literal["sqlite", "postgresql"]
    made_ms: int
    master_key_id: str
    """Of the key without which nothing in it opens."""
    store: bool
    """Recordings that the store had are in it, too; else they stay there alone."""
    left_out: list[str]
    """Folders of recordings that the rows name and that were not there."""
    files: list[BackedUpFile]


def read_contents(folder: Path) -> Contents:
    """:raises Invalid: no backup, or not of a format that this program knows."""
    try:
        return Contents.model_validate_json((folder / CONTENTS).read_bytes())
    except FileNotFoundError:
        raise Invalid("backup.none", folder=str(folder)) from None
    except ValidationError:
        raise Invalid("backup.format", folder=str(folder)) from None


def check_files(folder: Path, contents: Contents) -> None:
    """Reads everything back. :raises Invalid: the first file that is missing or changed."""
    for file in contents.files:
        path = folder / file.path
        if not path.is_file() or described(folder, path) != file:
            raise Invalid("backup.damaged", file=file.path)


def described(folder: Path, path: Path) -> BackedUpFile:
    whole, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(READ_BYTES):
            whole.update(piece)
            size += len(piece)
    name = path.relative_to(folder).as_posix()
    return BackedUpFile(path=name, size_bytes=size, sha256=whole.hexdigest())


def copy_file(source: Path, target: Path) -> None:
    """Mode 0600, on disk when this returns. Raises ``OSError``."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(target, flags, 0o600)
    with source.open("rb") as given, os.fdopen(descriptor, "wb") as taken:
        while piece := given.read(READ_BYTES):
            taken.write(piece)
        taken.flush()
        os.fsync(descriptor)


def is_empty(folder: Path) -> bool:
    """Also when there is none."""
    return not folder.exists() or not any(folder.iterdir())
