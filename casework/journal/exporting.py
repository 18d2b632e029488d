"""Writes the whole journal of a county to a file, in one view of the database."""

import hashlib
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import Database
from casework.errors import NotFound
from casework.journal.export_file import (
    Head,
    checkpoint_line,
    end_line,
    entry_line,
    unsequenced_line,
)
from casework.journal.proofs import all_keys
from casework.tables import (
    Journal,
    JournalCheckpoint,
    JournalCosignature,
    JournalEntry,
    JournalLeaf,
)

PAGE = 2_000


@dataclass(slots=True)
class Exported:
    entries: int = 0
    checkpoints: int = 0
    unsequenced: int = 0


async def export_journal(
    database: Database, county_id: str, path: Path, told: Callable[[int], None] = lambda _: None
) -> Exported:
    """Makes ``path``, complete or not at all; personal fields are not in it.

    :param told: called with the number of entries written so far.
    :raises NotFound: the county has no journal yet.
    """
    draft = path.with_name(f".{path.name}.part")
    try:
        with draft.open("wb") as file:
            async with database.reading() as session:
                await _one_view(session)
                exported = await _write(session, county_id, file, told)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return exported


async def _one_view(session: AsyncSession) -> None:
    """All queries see the same moment; on SQLite they do anyway."""
    if session.get_bind().dialect.name == "postgresql":
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


async def _write(
    session: AsyncSession, county_id: str, file: IO[bytes], told: Callable[[int], None]
) -> Exported:
    digest, exported = hashlib.sha256(), Exported()

    def put(line: bytes) -> None:
        digest.update(line + b"\n")
        file.write(line + b"\n")

    journal = await session.get(Journal, county_id)
    if journal is None:
        raise NotFound("journal.none")
    head = Head(journal.origin, county_id, journal.hash_name, await all_keys(session, county_id))
    for line in head.lines():
        put(line)
    checkpoints = _checkpoints(session, county_id)
    coming = await anext(checkpoints, None)
    async for sequence, chain_hash, leaf in _entries(session, county_id):
        put(entry_line(sequence, chain_hash, leaf))
        exported.entries = sequence + 1
        while coming is not None and coming[1] == exported.entries:
            put(checkpoint_line(coming[0], coming[2]))
            exported.checkpoints += 1
            coming = await anext(checkpoints, None)
        if exported.entries % PAGE == 0:
            told(exported.entries)
    for leaf in await _unsequenced(session, county_id):
        put(unsequenced_line(leaf))
        exported.unsequenced += 1
    counts = exported.entries, exported.checkpoints, exported.unsequenced
    file.write(end_line(*counts, digest.hexdigest()) + b"\n")
    return exported


async def _entries(session: AsyncSession, county_id: str) -> AsyncIterator[tuple[int, bytes, str]]:
    after = -1
    while True:
        rows = await session.execute(
            select(JournalLeaf.sequence, JournalLeaf.chain_hash, JournalEntry.leaf)
            .join(JournalEntry, JournalEntry.id == JournalLeaf.entry_id)
            .where(JournalLeaf.county_id == county_id, JournalLeaf.sequence > after)
            .order_by(JournalLeaf.sequence)
            .limit(PAGE)
        )
        page = rows.all()
        for row in page:
            yield row.sequence, row.chain_hash, row.leaf
        if len(page) < PAGE:
            return
        after = page[-1].sequence


async def _checkpoints(
    session: AsyncSession, county_id: str
) -> AsyncIterator[tuple[int, int, str]]:
    """Number, size, and the note with its co-signatures."""
    after = 0
    while True:
        rows = await session.scalars(
            select(JournalCheckpoint)
            .where(JournalCheckpoint.county_id == county_id, JournalCheckpoint.number > after)
            .order_by(JournalCheckpoint.number)
            .limit(PAGE)
        )
        page = rows.all()
        if not page:
            return
        lines = await _cosignatures(session, county_id, page[0].number, page[-1].number)
        for row in page:
            yield row.number, row.size, row.note + "".join(lines.get(row.number, []))
        after = page[-1].number


async def _cosignatures(
    session: AsyncSession, county_id: str, first: int, last: int
) -> dict[int, list[str]]:
    row = JournalCosignature
    found = await session.scalars(
        select(row)
        .where(row.county_id == county_id, row.number >= first, row.number <= last)
        .order_by(row.number, row.key_row_id)
    )
    lines: dict[int, list[str]] = {}
    for each in found:
        lines.setdefault(each.number, []).append(each.line)
    return lines


async def _unsequenced(session: AsyncSession, county_id: str) -> list[str]:
    """Found by what is missing, not by who says to wait: nobody can hide one."""
    numbered = exists().where(JournalLeaf.entry_id == JournalEntry.id)
    rows = await session.scalars(
        select(JournalEntry.leaf)
        .where(JournalEntry.county_id == county_id, ~numbered)
        .order_by(JournalEntry.id)
    )
    return list(rows)
