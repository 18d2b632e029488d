"""A recording's evidence as it is stored: from the archive, the rows, and the journal."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.tables import JournalEntry
from casework.vocabulary import NodeKeyState
from recording.chunk_file import ChunkAccess, Sealer
from recording.evidence.chain_file import CHAIN, read_chain
from recording.evidence.checking import Evidence, KnownHead, NodeCertificate, known_head
from recording.evidence.manifest import MANIFEST, read_manifest
from recording.keeping.files import IN_STORE
from recording.keeping.tables import StoredFile
from recording.keys import file_name
from recording.playback import InStore, Player
from recording.tables import EvidenceHead, NodeKey, Recording


@dataclass(frozen=True, slots=True)
class Known:
    """What the database has: the part that no recorder can write."""

    recording_id: str
    folder: str
    in_store: Mapping[str, InStore]
    """By file name; those that are not in it are in the archive folder."""
    heads: Sequence[KnownHead]
    certificates: Sequence[NodeCertificate]


async def what_is_known(session: AsyncSession, recording: Recording) -> Known:
    """Heads are those of the journal's entries; the rows only find them.

    Raises ``LookupError`` when an entry is not there.
    """
    entries = await head_entries(session, recording.id)
    keys = await session.scalars(select(NodeKey).where(NodeKey.county_id == recording.county_id))
    return Known(
        recording.id,
        recording.folder,
        await _in_store(session, recording),
        [known_head(json.loads(entry)) for entry in entries.values()],
        [_certificate(key) for key in keys],
    )


def _certificate(key: NodeKey) -> NodeCertificate:
    revoked_ms = key.ended_ms if key.state == NodeKeyState.REVOKED else None
    return NodeCertificate(key.statement, key.signature, key.county_key, revoked_ms)


async def _in_store(session: AsyncSession, recording: Recording) -> Mapping[str, InStore]:
    if recording.place not in IN_STORE:
        return {}
    rows = await session.execute(
        select(StoredFile.name, StoredFile.size_bytes, StoredFile.chunk_table).where(
            StoredFile.recording_id == recording.id
        )
    )
    return {row.name: InStore(row.size_bytes, row.chunk_table) for row in rows}


async def head_entries(session: AsyncSession, recording_id: str) -> Mapping[str, str]:
    """Entry id → canonical entry of every head, in the order of the chain."""
    rows = await session.execute(
        select(EvidenceHead.entry_id, JournalEntry.leaf)
        .outerjoin(JournalEntry, JournalEntry.id == EvidenceHead.entry_id)
        .where(EvidenceHead.recording_id == recording_id)
        .order_by(EvidenceHead.links)
    )
    entries = {row.entry_id: row.leaf for row in rows}
    if None in entries.values():
        raise LookupError("an entry of the recording is not in the journal")
    return entries


class Files:
    """The files of one recording, wherever they lie. Every method blocks."""

    def __init__(self, player: Player, known: Known, key: bytes) -> None:
        self._player, self._known, self._key = player, known, key

    def open(self, label: str) -> ChunkAccess:
        """Raises ``OSError``, ``Damaged``."""
        known = self._known
        name = file_name(self._key, known.recording_id, label)
        sealer = Sealer(self._key, known.recording_id, label)
        return self._player.open_file(known.folder, name, sealer, known.in_store.get(name))

    def pieces(self, label: str) -> Iterator[bytes]:
        """The plaintext of a stream, chunk by chunk."""
        with self.open(label) as reader:
            yield from reader.chunks()

    def evidence(self, county_keys: frozenset[str]) -> Evidence:
        """Raises ``OSError``, ``ValueError`` for what can't be read at all."""
        with self.open(CHAIN) as reader:
            chain = read_chain(reader)
        with self.open(MANIFEST) as reader:
            manifest = read_manifest(reader)
        return Evidence(
            recording_id=self._known.recording_id,
            chain=chain,
            manifest=manifest,
            heads=self._known.heads,
            certificates=self._known.certificates,
            county_keys=county_keys,
            open_stream=self.pieces,
        )
