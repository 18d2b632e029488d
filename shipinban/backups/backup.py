"""``shipinban backup FOLDER``: database first, then every file that its rows name.

The node may run. A recording that goes on is in the backup as far as it had come, and is closed
after a restore as after a power cut. Files are copied as they are, encrypted; what the store has
is fetched from it.
"""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from casework.errors import Conflict, Invalid
from casework.master_key import MasterKey
from casework.page_files import FOLDER as PAGES
from casework.vocabulary import StoragePlace
from recording.archive import LOG
from recording.keeping.files import IN_STORE
from recording.keeping.stores import Store
from recording.keeping.tables import StoredFile
from recording.keys import file_name, unwrap_data_key
from recording.tables import Recording
from shipinban.backups import contents as backup_contents
from shipinban.backups.contents import ARCHIVE, CONTENTS, BackedUpFile, Contents, copy_file
from shipinban.backups.database_copy import check_copy, copy_database, kind
from shipinban.migrate import sync_url
from shipinban.settings import Settings


@dataclass(frozen=True, slots=True)
class Named:
    """A recording as the copied database knows it."""

    folder: str
    place: StoragePlace
    log: str
    """Name of its packet log."""
    stored: dict[str, str]
    """Name → SHA-256 of what the store has."""


async def back_up(
    settings: Settings, folder: Path, keys: Path | None = None, *, store: bool = True
) -> Contents:
    """Writes and then reads back everything.

    :param keys: where the key files go; never into ``folder``.
    :param store: whether recordings that the store has are fetched.
    :raises Conflict: a folder is not empty. :raises Unavailable: the database can't be copied.
    :raises Invalid: what was written is not what was read.
    """
    _refuse(folder, keys)
    _make(folder)
    master = MasterKey.load_or_create(settings.master_key_file)
    made_ms = int(time.time() * 1000)
    copy = await asyncio.to_thread(copy_database, settings.database_url, folder)
    check_copy(settings.database_url, copy)
    named = await asyncio.to_thread(_named, settings, copy, master)
    left_out = [one.folder for one in named if not await _copy(settings, one, folder, store=store)]
    await asyncio.to_thread(_copy_pages, settings, folder)
    if keys is not None:
        _copy_keys(settings, keys)
    done = Contents(
        program_version=metadata.version("shipinban"),
        database="sqlite" if kind(settings.database_url) == "sqlite" else "postgresql",
        made_ms=made_ms,
        master_key_id=master.key_id,
        store=store,
        left_out=left_out,
        files=await asyncio.to_thread(lambda: list(_files(folder))),
    )
    (folder / CONTENTS).write_text(done.model_dump_json(indent=1))
    await asyncio.to_thread(backup_contents.check_files, folder, done)
    return done


def _make(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _refuse(folder: Path, keys: Path | None) -> None:
    for one in (folder, keys):
        if one is not None and not backup_contents.is_empty(one):
            raise Conflict("backup.not_empty", folder=str(one))
    if keys is not None and folder.resolve() in (keys.resolve(), *keys.resolve().parents):
        raise Invalid("backup.keys_inside")


def _named(settings: Settings, copy: Path, master: MasterKey) -> list[Named]:
    """From the copy where that can be asked (SQLite), so that rows and files are of one moment;
    else from the database a moment later: what is in it since is only more."""
    url = sync_url(settings.database_url)
    if kind(settings.database_url) == "sqlite":
        url = f"sqlite:///{copy}"
    engine = create_engine(url)
    try:
        with Session(engine) as session:
            stored: dict[str, dict[str, str]] = {}
            for row in session.execute(
                select(StoredFile.recording_id, StoredFile.name, StoredFile.sha256)
            ):
                stored.setdefault(row.recording_id, {})[row.name] = row.sha256
            rows = session.execute(
                select(Recording.id, Recording.folder, Recording.place, Recording.wrapped_key)
                .where(Recording.wrapped_key.is_not(None))
                .order_by(Recording.id)
            )
            return [
                Named(
                    row.folder,
                    StoragePlace(row.place),
                    file_name(unwrap_data_key(master, row.id, row.wrapped_key), row.id, LOG),
                    stored.get(row.id, {}),
                )
                for row in rows
            ]
    finally:
        engine.dispose()


async def _copy(settings: Settings, one: Named, folder: Path, *, store: bool) -> bool:
    """Whether it was there. One that has gone to the store since the copy is fetched from there."""
    target = folder / ARCHIVE / one.folder
    if one.place not in IN_STORE and await asyncio.to_thread(_copy_folder, settings, one, target):
        return True
    if one.place in IN_STORE and not store:
        return True
    if settings.store is None:
        return False
    return await _fetch(Store(settings.store), one, target)


def _copy_folder(settings: Settings, one: Named, target: Path) -> bool:
    """A file may go meanwhile (the log of a recording that is closed) and others come: the folder
    is looked at until it stands still. The log is copied last, so that it holds all that the files
    made from it hold."""
    source = settings.archive_folder / one.folder
    if not source.is_dir():
        return False
    target.mkdir(mode=0o700, parents=True)
    while missing := sorted(
        (
            file.name
            for file in source.iterdir()
            if not file.name.startswith(".") and not (target / file.name).exists()
        ),
        key=lambda name: (name == one.log, name),
    ):
        for name in missing:
            try:
                copy_file(source / name, target / name)
            except FileNotFoundError:
                (target / name).unlink(missing_ok=True)
    return True


async def _fetch(store: Store, one: Named, target: Path) -> bool:
    names = one.stored or dict.fromkeys(await store.names(one.folder), "")
    _make(target)
    for name, sha256 in names.items():
        found = await store.fetch(one.folder, name, target / name)
        if sha256 and found.sha256 != sha256:
            raise Invalid("backup.damaged", file=f"{one.folder}/{name}")
    return bool(names)


def _copy_pages(settings: Settings, folder: Path) -> None:
    pages = settings.archive_folder / PAGES
    for file in sorted(pages.rglob("*")) if pages.is_dir() else ():
        if file.is_file() and not file.name.startswith("."):
            try:
                copy_file(file, folder / ARCHIVE / file.relative_to(settings.archive_folder))
            except FileNotFoundError:
                continue  # a part that has become a page; the row says uploading, and it goes on


def key_files(settings: Settings) -> dict[str, Path]:
    """By their name in the folder of keys; those that are not there yet are left out."""
    named = {
        "master.key": settings.master_key_file,
        "journal.key": settings.journal_key_file,
        "node.key": settings.node_key_file,
    }
    return {name: path for name, path in named.items() if path.is_file()}


def _copy_keys(settings: Settings, keys: Path) -> None:
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, path in key_files(settings).items():
        copy_file(path, keys / name)


def _files(folder: Path) -> Iterator[BackedUpFile]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != folder / CONTENTS:
            yield backup_contents.described(folder, path)
