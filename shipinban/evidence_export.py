"""The commands of ``shipinban evidence`` that open the database."""

import getpass
from pathlib import Path

from casework.counties import county_organisation
from casework.database import Database, open_engine
from casework.master_key import MasterKey
from recording.archive import Archive
from recording.evidence.county_signer import CountySigner
from recording.evidence.exporting import Exporter
from recording.evidence.exports import Taker, approved_export, note_download
from recording.evidence.keys import SigningKey
from recording.evidence.node_keys import find_key, revoke
from recording.keeping.stores import Store
from recording.playback import Player
from shipinban.settings import Settings


async def export_bundle(settings: Settings, call_id: str, path: Path) -> None:
    """Makes ``path``, complete or not at all. Raises our errors, ``OSError``.

    The journal says that it was done by command, and in whose shell.
    """
    taker = Taker(machine_user=getpass.getuser())
    database = Database(open_engine(settings.database_url))
    archive = Archive(settings.archive_folder)
    player = Player(archive, None if settings.store is None else Store(settings.store))
    exporter = Exporter(
        MasterKey.load_or_create(settings.master_key_file),
        player,
        CountySigner(settings.journal_key_file),
        SigningKey.load_or_create(settings.node_key_file),
        settings.node_id,
    )
    draft = path.with_name(f".{path.name}.part")
    try:
        async with database.transaction() as session:
            export, recording = await approved_export(session, call_id)
            await note_download(session, export, recording, taker)
            gathered = await exporter.gather(session, export, recording)
        with draft.open("wb") as file:
            draft.chmod(0o600)
            exporter.write(gathered, lambda piece: file.writelines([piece]))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
        exporter.close()
        player.close()
        archive.close()
        await database.close()


async def revoke_node_key(settings: Settings, public_key: str, reason: str) -> None:
    """Raises ``NotFound``."""
    database = Database(open_engine(settings.database_url))
    try:
        async with database.transaction() as session:
            key = await find_key(session, public_key)
            county = await county_organisation(session, key.county_id)
            await revoke(session, key, reason, county.id)
    finally:
        await database.close()
