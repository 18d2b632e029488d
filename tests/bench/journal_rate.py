"""How fast acts are committed with their entries, and how soon those are numbered.

``python -m tests.bench.journal_rate sqlite|postgresql``: eight writers, each in one transaction an
act; one sequencer beside them, as in an edge. Durable: SQLite with ``synchronous=FULL``, PostgreSQL
with ``fsync``. On PostgreSQL the writers are processes, as on several nodes; SQLite has one edge.
"""

import asyncio
import json
import multiprocessing
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy import select

from casework.database import Database, open_engine
from casework.journal.acts import add_entry
from casework.journal.sequencer import Sequencer
from casework.tables import JournalEntry, JournalLeaf
from shipinban.migrate import migrate
from tests.bench.measure import percentile
from tests.casework.journal.county import BOOT, JournalCounty
from tests.conftest import POSTGRESQL_BIN, free_port

WRITERS = 8
LASTS_S = 10.0
SETTLE_S = 5.0


@contextmanager
def database_of(kind: str, folder: Path) -> Iterator[str]:
    """A migrated database, durable as in earnest."""
    if kind == "sqlite":
        url = f"sqlite+aiosqlite:///{folder}/shipinban.db"
        migrate(url)
        yield url
        return
    with _postgresql(folder) as server:
        url = f"{server}/postgres"
        migrate(url)
        yield url


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    assert POSTGRESQL_BIN is not None, "PostgreSQL is not installed: make test names the packages"
    user = pwd.getpwnam("postgres").pw_uid if os.geteuid() == 0 else None
    if user is not None:
        os.chown(folder, user, -1)
        folder.chmod(0o755)
    port, data = free_port(), folder / "data"
    initdb = [str(POSTGRESQL_BIN / "initdb"), "-D", str(data), "-U", "shipinban", "-A", "trust"]
    subprocess.run([*initdb, "-E", "UTF8"], check=True, capture_output=True, user=user)
    control = [str(POSTGRESQL_BIN / "pg_ctl"), "-D", str(data), "-w"]
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=200"
    subprocess.run(
        [*control, "-l", str(folder / "log"), "-o", options, "start"],
        check=True, capture_output=True, user=user,
    )  # fmt: skip
    try:
        yield f"postgresql+psycopg://shipinban@127.0.0.1:{port}"
    finally:
        stop = [*control, "-m", "immediate", "stop"]
        subprocess.run(stop, check=True, capture_output=True, user=user)


async def write_acts(database: Database, county: JournalCounty, writers: int) -> int:
    """Acts of so many writers at once, for the time of the bench; how many."""
    until = time.monotonic() + LASTS_S

    async def write() -> int:
        made = 0
        while time.monotonic() < until:
            case_id = secrets.token_hex(18)
            async with database.transaction() as session:
                act = county.act("case.accepted", case_id=case_id, evidence={"sha256": "ab" * 32})
                await add_entry(session, act)
            made += 1
        return made

    return sum(await asyncio.gather(*(write() for _ in range(writers))))


def _process(
    url: str,
    county_id: str,
    units: tuple[str, str],
    told: "multiprocessing.Queue[int]",
    ready: Barrier,
) -> None:
    async def work() -> None:
        database = Database(open_engine(url, pool_size=2))
        county = JournalCounty(database, county_id=county_id, county_unit=units[0], town=units[1])
        ready.wait(timeout=120)  # what starting costs is no part of an act
        try:
            told.put(await write_acts(database, county, 1))
        finally:
            await database.close()

    asyncio.run(work())


async def measure(url: str, folder: Path, *, processes: bool) -> dict[str, float]:
    database = Database(open_engine(url))
    county = JournalCounty(database)
    await county.found()
    sequencer = Sequencer(database, BOOT, folder / "keys" / "journal.key")
    async with asyncio.TaskGroup() as group:
        task = group.create_task(sequencer.run())
        await asyncio.sleep(1.0)
        began_s = time.monotonic()
        if processes:
            made = await asyncio.to_thread(_in_processes, url, county)
        else:
            made = await write_acts(database, county, WRITERS)
        lasted_s = LASTS_S if processes else time.monotonic() - began_s
        await asyncio.sleep(SETTLE_S)
        task.cancel()
    waited = await _waited_ms(database)
    await database.close()
    return {
        "entries_per_s": made / lasted_s,
        "sequenced_p50_ms": percentile(waited, 0.5),
        "sequenced_p99_ms": percentile(waited, 0.99),
        "sequenced_most_ms": max(waited),
        "unsequenced": made + 1 - len(waited),
    }


def _in_processes(url: str, county: JournalCounty) -> int:
    context = multiprocessing.get_context("spawn")
    told: multiprocessing.Queue[int] = context.Queue()
    units = county.county_unit, county.town
    given = url, county.county_id, units, told, context.Barrier(WRITERS)
    running = [context.Process(target=_process, args=given) for _ in range(WRITERS)]
    for each in running:
        each.start()
    made = sum(told.get(timeout=120) for _ in running)
    for each in running:
        each.join(timeout=30)
    return made


async def _waited_ms(database: Database) -> list[float]:
    """From the act's own time to its number, by the clocks of the one machine."""
    async with database.reading() as session:
        rows = await session.execute(
            select(JournalLeaf.sequenced_ms - JournalEntry.at_ms).join(
                JournalEntry, JournalEntry.id == JournalLeaf.entry_id
            )
        )
        return [float(row[0]) for row in rows]


def main() -> None:
    kind = sys.argv[1]
    folder = Path(tempfile.mkdtemp(prefix="shipinban-bench-"))
    try:
        with database_of(kind, folder) as url:
            measured = asyncio.run(measure(url, folder, processes=kind == "postgresql"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
