"""Where a recording's files are to be read from."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.vocabulary import StoragePlace
from recording.keeping.tables import StoredFile
from recording.playback import InStore
from recording.tables import Recording, Stream

IN_STORE = frozenset({StoragePlace.CLEARING, StoragePlace.REMOTE})


async def stored_file(
    session: AsyncSession, recording: Recording, stream: Stream
) -> InStore | None:
    """``None``: in the archive folder."""
    if recording.place not in IN_STORE:
        return None
    row = (
        await session.execute(
            select(StoredFile.size_bytes, StoredFile.chunk_table).where(
                StoredFile.recording_id == recording.id, StoredFile.name == stream.file_name
            )
        )
    ).one()
    return InStore(row.size_bytes, row.chunk_table)
