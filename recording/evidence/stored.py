"""A recording's evidence as it is stored: from the archive, the rows, and the journal."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.tables import JournalEntry
from recording.archive import Archive
from recording.chunk_file import ChunkReader, Sealer
from recording.evidence.chain_file import read_chain
from recording.evidence.checking import Evidence, KnownHead, NodeCertificate
from recording.evidence.links import head_statement
from recording.evidence.manifest import read_manifest
from recording.keys import file_name
from recording.tables import EvidenceHead, NodeKey, Recording


@dataclass(frozen=True, slots=True)
class Known:
    """What the database has: the part that no recorder can write."""

    recording_id: str
    folder: str
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
        [known_head(json.loads(entry)) for entry in entries.values()],
        [NodeCertificate(key.statement, key.signature, key.county_key) for key in keys],
    )


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


def known_head(entry: Mapping[str, Any]) -> KnownHead:
    """Of one entry. Raises ``KeyError``, ``TypeError`` when it is none of a head."""
    told = entry["evidence"]
    return KnownHead(
        links=told["links"],
        head=told["head"],
        statement=head_statement(
            told["recording_id"],
            told["links"],
            told["head"],
            told["at_ms"],
            told["monotonic_us"],
        ),
        signature=told["signature"],
        public_key=told["public_key"],
        manifest_sha256=told.get("manifest_sha256"),
    )


def load_evidence(
    archive: Archive, known: Known, key: bytes, county_keys: frozenset[str]
) -> Evidence:
    """Blocks. Raises ``OSError``, ``ValueError`` for what can't be read at all."""
    with archive.folder(known.folder) as folder:
        chain = read_chain(folder, key, known.recording_id)
        manifest = read_manifest(folder, key, known.recording_id)
    if manifest is None:
        raise ValueError("the manifest is not there")
    return Evidence(
        recording_id=known.recording_id,
        chain=chain,
        manifest=manifest,
        heads=known.heads,
        certificates=known.certificates,
        county_keys=county_keys,
        open_stream=lambda stream: read_stream(archive, known, key, stream),
    )


def read_stream(archive: Archive, known: Known, key: bytes, stream: str) -> Iterator[bytes]:
    """The plaintext of a stream, chunk by chunk. Raises ``OSError``, ``Damaged``."""
    sealer = Sealer(key, known.recording_id, stream)
    name = file_name(key, known.recording_id, stream)
    with archive.folder(known.folder) as folder, ChunkReader(folder, name, sealer) as reader:
        yield from reader.chunks()
