"""Where a recording's files are to be read from."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.vocabulary import StoragePlace
from recording.keeping.tables import StoredFile
from recording.playback import InStore
from recording.tables import Recording

IN_STORE = frozenset({StoragePlace.CLEARING, StoragePlace.REMOTE})


async def stored_file(session: AsyncSession, recording: Recording, name: str) -> InStore | None:
    """``None``: in the archive folder.

    Raises ``LookupError`` for a file that the store never had.
    """
    if recording.place not in IN_STORE:
        return None
    row = (
        await session.execute(
            select(StoredFile.size_bytes, StoredFile.chunk_table).where(
                StoredFile.recording_id == recording.id, StoredFile.name == name
            )
        )
    ).one_or_none()
    if row is None:
        raise LookupError(name)
    return InStore(row.size_bytes, row.chunk_table)
