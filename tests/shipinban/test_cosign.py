"""A town's own process beside a running edge: prepared, co-signing, missed, and told of a new key."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher
from structlog.testing import capture_logs

from casework.database import Database, open_engine
from casework.journal.cosignatures import TownState, town_states
from casework.journal.keys import add_town_key, live_keys
from casework.journal.sequencer import Sequencer
from casework.journal.signing import Ed25519Signer
from casework.passwords import Passwords
from casework.vocabulary import JournalKeyKind
from shipinban.examinations.finding import Health
from shipinban.examinations.journal import cosignatures
from shipinban.routes import all_routes
from shipinban.settings import Settings
from signaling.edge.app import build_app
from tests.setup.local_compose import free_ports
from tests.signaling.edge.conftest import edge_context
from tests.signaling.edge.small_county import SmallCounty

PROJECT = Path(__file__).parents[2]
NEW_KEY = Ed25519Signer("county.example/journal", bytes([7]) * 32).verifier


@dataclass
class Running:
    """An edge over HTTP, its county, and its sequencer, turned by hand."""

    origin: str
    url: str
    database: Database
    county: SmallCounty
    sequencer: Sequencer

    async def town(self) -> TownState:
        async with self.database.reading() as session:
            (state,) = await town_states(session, self.county.county_id)
        return state


@pytest.fixture
async def running(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), cores=1)
    database = Database(open_engine(sqlite_url))
    county = SmallCounty(database)
    await county.found(passwords)
    (port,) = free_ports(1)
    origin = f"http://127.0.0.1:{port}"
    context = edge_context(database, passwords, tmp_path)
    app = build_app(replace(context, origins=frozenset({origin})), all_routes())
    sequencer = Sequencer(database, "b" * 36, tmp_path / "journal.key")
    async with TestClient(TestServer(app, host="127.0.0.1", port=port)):
        yield Running(origin, sqlite_url, database, county, sequencer)
    await database.close()


async def cosign(folder: Path, *words: str) -> asyncio.subprocess.Process:
    command = [sys.executable, "-m", "shipinban", "cosign", *words, "--folder", str(folder)]
    return await asyncio.create_subprocess_exec(
        *command, cwd=PROJECT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )


async def said(process: asyncio.subprocess.Process) -> str:
    async with asyncio.timeout(30):
        output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode().strip()


async def test_a_town_is_missed_until_its_process_co_signs(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, county_id = tmp_path / "town", running.county.county_id
    for _ in range(3):
        await running.sequencer.turn()
    async with running.database.reading() as session:
        (key,) = await live_keys(session, county_id, JournalKeyKind.COUNTY)
    name = "north.example/journal"
    line = await said(await cosign(folder, "init", "--name", name, "--county", key.verifier))
    async with running.database.transaction() as session:
        await add_town_key(session, county_id, "north", line)
    for _ in range(3):
        await running.sequencer.turn()
    monkeypatch.setattr("casework.journal.cosignatures.MISSING_MS", 0)
    settings = Settings(data_folder=tmp_path, database_url=running.url)
    with capture_logs() as logs:
        await Sequencer(running.database, "b" * 36, tmp_path / "journal.key").turn()
    missed = [one for one in logs if one["event"] == "journal.cosignature_missing"]
    assert [(one["town"], one["log_level"]) for one in missed] == [(name, "error")]
    finding = await asyncio.to_thread(cosignatures, settings)
    assert (finding.health, name in finding.seen) == (Health.WARN, True)
    assert "cosign run" in finding.advice

    process = await cosign(folder, "run", "--origin", running.origin)
    trusted = await cosign(folder, "trust", NEW_KEY.text)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            assert b"co-signed the journal of" in await process.stdout.readline()
    finally:
        process.terminate()
        await process.communicate()  # to the end of its output: its pipe is closed then
    assert "believed" in await said(trusted)
    assert NEW_KEY.text in (folder / "cosign.json").read_text("utf-8")
    assert not (await running.town()).missing
    assert (await asyncio.to_thread(cosignatures, settings)).health is Health.OK
