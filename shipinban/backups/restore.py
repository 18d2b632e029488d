"""``shipinban restore FOLDER``: onto a blank host, from a backup that is found whole first.

Nothing is overwritten: a database with tables, an archive with files or a key of another backup
is refused. Recordings come back into the archive folder, those that the store had as well; they go
to the store again from there.
"""

import asyncio
from pathlib import Path

from sqlalchemy import create_engine, delete, select, update
from sqlalchemy.orm import Session

from casework.errors import Conflict, Invalid
from casework.master_key import MasterKey
from casework.vocabulary import StoragePlace
from recording.keeping.tables import StoredFile
from recording.tables import Recording
from shipinban.backups.contents import (
    ARCHIVE,
    Contents,
    check_files,
    copy_file,
    is_empty,
    read_contents,
)
from shipinban.backups.database_copy import (
    POSTGRESQL_COPY,
    SQLITE_COPY,
    kind,
    put_back,
    refuse_unless_blank,
)
from shipinban.migrate import migrate, sync_url
from shipinban.settings import Settings

KEY_NAMES = {
    "master.key": "master_key_file",
    "journal.key": "journal_key_file",
    "node.key": "node_key_file",
}


async def restore(settings: Settings, folder: Path, keys: Path | None = None) -> Contents:
    """Blank host, whole backup, right key, and only then the first byte is written.

    :raises Conflict: the host is not blank, or the key is another one.
    :raises Invalid: the backup is damaged, or is of the other kind of database.
    """
    return await asyncio.to_thread(_restore, settings, folder, keys)


def _restore(settings: Settings, folder: Path, keys: Path | None) -> Contents:
    contents = read_contents(folder)
    if contents.database != kind(settings.database_url):
        raise Invalid("restore.kind", database=contents.database)
    refuse_unless_blank(settings.database_url)
    if not is_empty(settings.archive_folder):
        raise Conflict("restore.not_blank", what=str(settings.archive_folder))
    check_files(folder, contents)
    _check_key(settings, contents, keys)
    if keys is not None:
        _put_keys(settings, keys)
    settings.archive_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in contents.files:
        top, _, path = file.path.partition("/")
        if top == ARCHIVE:
            copy_file(folder / file.path, settings.archive_folder / path)
    copy = SQLITE_COPY if contents.database == "sqlite" else POSTGRESQL_COPY
    put_back(settings.database_url, folder / copy)
    migrate(settings.database_url)
    _tell_where_recordings_are(settings)
    return contents


def _check_key(settings: Settings, contents: Contents, keys: Path | None) -> None:
    """Keys come with the backup's folder of keys, or lie where the settings say already."""
    file = settings.master_key_file if keys is None else keys / "master.key"
    if not file.is_file():
        raise Invalid("restore.no_key", file=str(file))
    if keys is not None and settings.master_key_file.exists():
        raise Conflict("restore.not_blank", what=str(settings.master_key_file))
    if MasterKey.load_or_create(file).key_id != contents.master_key_id:
        raise Conflict("restore.other_key", key_id=contents.master_key_id)


def _put_keys(settings: Settings, keys: Path) -> None:
    for name, setting in KEY_NAMES.items():
        target: Path = getattr(settings, setting)
        if (keys / name).is_file() and not target.exists():
            copy_file(keys / name, target)


def _tell_where_recordings_are(settings: Settings) -> None:
    """What came back lies in the archive folder now, wherever it was; the rest is in the store."""
    engine = create_engine(sync_url(settings.database_url))
    try:
        with Session(engine) as session, session.begin():
            rows = session.execute(
                select(Recording.id, Recording.folder).where(
                    Recording.place.in_(
                        (StoragePlace.UPLOADING, StoragePlace.CLEARING, StoragePlace.REMOTE)
                    )
                )
            )
            for recording_id, name in rows.all():
                if is_empty(settings.archive_folder / name):
                    continue
                session.execute(
                    update(Recording)
                    .where(Recording.id == recording_id)
                    .values(place=StoragePlace.LOCAL, store_problem="")
                )
                session.execute(delete(StoredFile).where(StoredFile.recording_id == recording_id))
    finally:
        engine.dispose()
