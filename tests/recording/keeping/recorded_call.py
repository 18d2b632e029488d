"""A recorded call behind the edge of a small county, for those who may and may not see it."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select, update

from casework.database import Database, new_id, read_clock
from casework.master_key import MasterKey
from casework.passwords import Passwords
from casework.tables import JournalEntry
from casework.vocabulary import StreamKind
from recording.archive import Archive, stream_label
from recording.chunk_file import ChunkWriter, Sealer
from recording.evidence.county_signer import CountySigner
from recording.evidence.exporting import Exporter
from recording.evidence.handlers import EXPORTER
from recording.evidence.keys import SigningKey
from recording.keeping.expiry import Expiry
from recording.keeping.retention import years_after
from recording.keeping.served import ServedLedger
from recording.keys import file_name, new_data_key, wrap_data_key
from recording.playback import Player
from recording.supervision import OPENER, Opener
from recording.tables import Recording, Stream
from shipinban.edge import static_files
from shipinban.routes import all_routes
from signaling.edge.app import build_app
from signaling.tables import CallParticipant
from tests.signaling.edge.conftest import Edge, Person, edge_context
from tests.signaling.edge.small_county import SmallCounty

CONTENT = b"".join(bytes([index]) * 1_000 for index in range(64))
"""Of the one stream: 64,000 bytes in 64 chunks."""
MASTER = MasterKey(bytes(32))


@dataclass
class Desk:
    """A call of the village window in the north, recorded, and everybody who might ask for it."""

    edge: Edge
    archive: Archive
    served: ServedLedger
    expiry: Expiry
    call_id: str = ""
    case_id: str = ""
    recording_id: str = ""
    stream_id: str = ""

    @property
    def database(self) -> Database:
        return self.edge.context.database

    async def record(self) -> None:
        helper = await self.edge.sign_in("helper")
        self.case_id = await self.edge.case(helper)
        self.call_id = await self.edge.county.call(self.case_id)
        await self.edge.county.end_call(self.call_id)
        self.recording_id, self.stream_id = new_id(), new_id()
        participant_id, key, folder = new_id(), new_data_key(), self.archive.create_folder()
        label = stream_label(participant_id, StreamKind.DOCUMENT)
        name = file_name(key, self.recording_id, label)
        with self.archive.folder(folder) as descriptor:
            writer = ChunkWriter.create(descriptor, name, Sealer(key, self.recording_id, label))
            for start in range(0, len(CONTENT), 1_000):
                writer.append(CONTENT[start : start + 1_000])
            writer.finish()
            writer.close()
        county = self.edge.county
        common = {"county_id": county.county_id}
        async with self.database.transaction() as session:
            session.add(
                Recording(
                    id=self.recording_id, **common, call_id=self.call_id, node_id="a",
                    home_organisation_id=county.organisations["village"],
                    county_organisation_id=county.organisations["county"],
                    state="sealed", folder=folder,
                    wrapped_key=wrap_data_key(MASTER, self.recording_id, key),
                    master_key_id=MASTER.key_id, started_ms=0, closed_ms=1_790_000_000_000,
                    duration_ms=64_000,
                )
            )  # fmt: skip
            session.add(
                CallParticipant(
                    id=participant_id, **common, call_id=self.call_id, kind="window",
                    staff_id=county.staff["helper"], joined_ms=0,
                )
            )  # fmt: skip
            await session.flush()
            session.add(
                Stream(
                    id=self.stream_id, **common, recording_id=self.recording_id,
                    participant_id=participant_id, kind="document", file_name=name,
                    media_type="video/webm", codecs=["vp8"], size_bytes=len(CONTENT),
                    start_offset_ms=0, duration_ms=64_000, sha256="0" * 64, gaps=[], filler=[],
                )
            )  # fmt: skip

    async def view(self, person: Person, reason: str = "复核抽查") -> str:
        answer = await person.post(f"recordings/{self.recording_id}/views", {"reason": reason})
        assert answer.status == 200, await answer.text()
        view_id: str = (await answer.json())["id"]
        return view_id

    async def watch(self, person: Person, view_id: str, start: int, end: int) -> bytes:
        answer = await person.request(
            "GET",
            f"views/{view_id}/streams/{self.stream_id}",
            headers={"Range": f"bytes={start}-{end - 1}"},
        )
        assert answer.status == 206
        read = await answer.read()
        async with asyncio.timeout(10):
            # The handler counts after the last byte has gone.
            while not self._counted(view_id, start, end):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return read

    def _counted(self, view_id: str, start: int, end: int) -> bool:
        ranges = self.served._unwritten.get(view_id, {}).get(self.stream_id, [])
        return any(first <= start and end <= last for first, last in ranges)

    async def entries(self, what: str) -> list[dict[str, Any]]:
        async with self.database.reading() as session:
            rows = await session.scalars(
                select(JournalEntry.leaf).where(JournalEntry.what == what).order_by(JournalEntry.id)
            )
            return [json.loads(leaf) for leaf in rows]

    async def age(self, years: int) -> None:
        """Makes the recording so old, by a day more."""
        async with self.database.transaction() as session:
            ended = years_after(await read_clock(session), -years) - 86_400_000
            await session.execute(update(Recording).values(closed_ms=ended))

    async def row(self) -> Recording:
        async with self.database.reading() as session:
            return (await session.scalars(select(Recording))).one()


async def open_desk(
    database: Database, passwords: Passwords, folder: Path, port: int | None = None
) -> AsyncIterator[Desk]:
    """``port``: where a browser is to find it, with its pages, by the name ``localhost``."""
    county = SmallCounty(database)
    await county.found(passwords)
    context = edge_context(database, passwords, folder)
    if port is not None:
        origins = context.origins | {f"http://localhost:{port}"}
        context = replace(context, origins=origins, static_files=static_files())
    archive, served = Archive(folder / "archive"), ServedLedger(database)
    player = Player(archive)
    app = build_app(context, all_routes())
    app[OPENER] = Opener(player, MASTER, served)
    signer, node_key = CountySigner(folder / "journal.key"), SigningKey.new()
    app[EXPORTER] = exporter = Exporter(MASTER, player, signer, node_key, "a")
    async with TestClient(TestServer(app, port=port)) as client:
        expiry = Expiry(database, CountySigner(folder / "journal.key"))
        desk = Desk(Edge(county, context, client), archive, served, expiry)
        await desk.record()
        yield desk
    exporter.close()
    player.close()
    archive.close()
