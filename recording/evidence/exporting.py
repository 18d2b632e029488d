"""Gathers a bundle from rows, journal and files, and writes it where it is wanted."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import read_clock
from casework.master_key import MasterKey
from casework.page_files import PageFiles
from casework.protected import ProtectedFields
from recording.evidence.bundle import Content, write_bundle
from recording.evidence.bundle_papers import PaperRows, Papers, PaperShelf, named_papers
from recording.evidence.call_events import call_events
from recording.evidence.canonical import parse
from recording.evidence.chain_check import view_chain
from recording.evidence.county_signer import CountySigner
from recording.evidence.journal_proofs import JournalProofs, prove_journal
from recording.evidence.keys import SigningKey
from recording.evidence.node_keys import Node, certify
from recording.evidence.statement import Happened, Told, make_statement
from recording.evidence.statement_facts import ToldByRows, later_entries, told_by_rows
from recording.evidence.stored import Files, Known, what_is_known
from recording.keys import unwrap_data_key
from recording.playback import Player
from recording.tables import EvidenceExport, Recording

logger = structlog.get_logger(__name__)

BUFFER_BYTES = 1 << 18
PIECES_WAITING = 4
TAKE_DEADLINE_S = 60.0
"""A receiver who takes nothing for so long is let go."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the database gives to a bundle."""

    known: Known
    key: bytes
    events: Mapping[str, Mapping[str, Any]]
    proofs: JournalProofs
    papers: PaperRows
    record: Mapping[str, Any]
    told: ToldByRows


def bundle_name(call_id: str) -> str:
    return f"evidence-{call_id}.zip"


class Exporter:
    """One for an edge, or for one run of the command line."""

    def __init__(
        self,
        master: MasterKey,
        player: Player,
        signer: CountySigner,
        node_key: SigningKey,
        node_id: str,
    ) -> None:
        self._master, self._player, self._signer = master, player, signer
        self._node_key, self._node_id = node_key, node_id
        pages = PageFiles(player.archive_folder, master)
        self._shelf = PaperShelf(ProtectedFields(master), pages)
        self._threads = ThreadPoolExecutor(2, "export")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def gather(
        self,
        session: AsyncSession,
        export: EvidenceExport,
        recording: Recording,
        taken_by: str = "",
    ) -> Gathered:
        """``taken_by``: staff id of who downloads it. Raises ``Conflict`` while the journal has no checkpoint over the recording's end."""
        node = Node(recording.county_id, recording.county_organisation_id, self._node_id)
        await certify(session, self._signer, node, self._node_key.public_key)
        assert recording.wrapped_key is not None  # noqa: S101 - check_approved asked
        at_ms = await read_clock(session)
        events = await _events(session, recording)
        return Gathered(
            known=await what_is_known(session, recording),
            key=unwrap_data_key(self._master, recording.id, recording.wrapped_key),
            events=events,
            papers=await self._shelf.rows(session, named_papers(events.values())),
            proofs=await prove_journal(session, recording),
            record=_record(export, recording, at_ms, taken_by),
            told=await told_by_rows(session, export, recording, taken_by, at_ms),
        )

    def write(self, gathered: Gathered, take: Callable[[bytes], None]) -> None:
        """Blocks. Raises ``OSError``, ``ValueError``, :class:`BrokenChain`."""
        evidence = Files(self._player, gathered.known, gathered.key).evidence(
            self._signer.public_keys()
        )
        manifest = parse(evidence.manifest.content)
        chained = view_chain(evidence.recording_id, evidence.chain).events
        events = [gathered.events[link["event_id"]] for link in chained]
        papers = self._papers(gathered.papers, events)
        told, exported = gathered.told, gathered.told.exported
        statement = make_statement(
            Told(
                manifest=manifest,
                signed_by=evidence.manifest.signed_by,
                exported=exported,
                county_key=told.county_key,
                file_name=bundle_name(manifest["call_id"]),
                zone=told.zone,
                people=told.people,
                events=[Happened(e["event"], e["body"], e["position_ms"]) for e in events],
                later=later_entries(gathered.proofs.entries),
                missing=papers.missing,
            )
        )
        content = Content(
            evidence=evidence,
            streams=[file["stream"] for file in manifest["files"]],
            events=events,
            proofs=gathered.proofs.heads,
            growth=gathered.proofs.growth,
            entries=gathered.proofs.entries,
            statement=statement,
            papers=papers,
        )
        names = {
            "requested_by": exported.requested_by,
            "approved_by": exported.approved_by,
            "taken_by": exported.taken_by,
        }
        write_bundle(take, content, {**gathered.record, **names}, self._node_key)

    def _papers(self, rows: PaperRows, chained: Sequence[Mapping[str, Any]]) -> Papers:
        """Of the events in the chain."""
        papers = self._shelf.open(rows, named_papers(chained))
        for paper, why in papers.missing.items():
            logger.warning("export.paper", paper=paper, why=why)
        return papers

    async def stream(self, gathered: Gathered) -> AsyncGenerator[bytes, None]:
        """The bundle in pieces; nothing of it touches the disk. Raises as :meth:`write`."""
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[bytes] = asyncio.Queue(PIECES_WAITING)
        gone = threading.Event()

        def put(piece: bytes) -> None:
            if gone.is_set():
                raise ConnectionError("nobody takes the bundle any more")
            asyncio.run_coroutine_threadsafe(queue.put(piece), loop).result(TAKE_DEADLINE_S)

        writing = loop.run_in_executor(self._threads, self._write_pieces, gathered, put)
        try:
            while piece := await queue.get():
                yield piece
            await writing
        finally:
            gone.set()
            writing.add_done_callback(lambda done: done.cancelled() or done.exception())
            while not queue.empty():
                queue.get_nowait()

    def _write_pieces(self, gathered: Gathered, put: Callable[[bytes], None]) -> None:
        """Ends with an empty piece, whatever happens."""
        buffer = bytearray()

        def take(piece: bytes) -> None:
            buffer.extend(piece)
            if len(buffer) >= BUFFER_BYTES:
                put(bytes(buffer))
                buffer.clear()

        try:
            self.write(gathered, take)
            if buffer:
                put(bytes(buffer))
        finally:
            with contextlib.suppress(ConnectionError):
                put(b"")


async def _events(session: AsyncSession, recording: Recording) -> Mapping[str, Mapping[str, Any]]:
    return {
        event.event_id: {
            "event_id": event.event_id,
            "event": event.kind,
            "position_ms": event.position_ms,
            "at_ms": event.at_ms,
            "actor": event.actor,
            "body": event.body,
        }
        for event in await call_events(session, recording)
    }


def _record(
    export: EvidenceExport, recording: Recording, at_ms: int, taken_by: str
) -> Mapping[str, Any]:
    return {
        "export_id": export.id,
        "recording_id": recording.id,
        "call_id": recording.call_id,
        "county_id": recording.county_id,
        "reason": export.reason,
        "requested_by_staff_id": export.requested_by_staff_id,
        "requested_ms": export.requested_ms,
        "approved_by_staff_id": export.decided_by_staff_id,
        "approved_ms": export.decided_ms,
        "taken_by_staff_id": taken_by or None,
        "exported_ms": at_ms,
        "software": f"shipinban {metadata.version('shipinban')}",
    }
