"""A consistent copy of the database while it is used, and back: SQLite's own, or pg_dump's."""

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy import URL, create_engine, inspect, make_url
from sqlalchemy.exc import OperationalError

from casework.errors import Conflict, Unavailable
from shipinban.backups.contents import copy_file
from shipinban.migrate import sync_url

SQLITE_COPY, POSTGRESQL_COPY = "database.sqlite", "database.dump"


def kind(url: str) -> str:
    return make_url(url).get_backend_name()


def copy_database(url: str, folder: Path) -> Path:
    """One moment of the database as a file. Blocks. :raises Unavailable: it could not be read."""
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite":
        target = folder / SQLITE_COPY
        _copy_sqlite(Path(parts.database or ""), target)
    else:
        target = folder / POSTGRESQL_COPY
        _run(parts, "pg_dump", "--format=custom", "--no-owner", f"--file={target}")
    target.chmod(0o600)
    return target


def check_copy(url: str, target: Path) -> None:
    """Opens the copy and looks whether it is whole. :raises Unavailable: it is not."""
    if kind(url) == "sqlite":
        connection = sqlite3.connect(f"file:{target}?mode=ro", uri=True)
        try:
            (found,) = connection.execute("PRAGMA integrity_check").fetchone()
        finally:
            connection.close()
        if found != "ok":
            raise Unavailable("backup.database", reason=str(found)[:200])
    else:
        _run(make_url(url), "pg_restore", "--list", str(target), connect=False)


def is_blank(url: str) -> bool:
    """No table in it; of SQLite, no file. Raises what the database raises when it is away."""
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite" and not Path(parts.database or "").exists():
        return True
    engine = create_engine(sync_url(url))
    try:
        with engine.connect() as connection:
            return not inspect(connection).get_table_names()
    finally:
        engine.dispose()


def put_back(url: str, source: Path) -> None:
    """Into a blank database. :raises Unavailable: it failed; the database is blank again."""
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite":
        copy_file(source, Path(parts.database or ""))
        return
    _run(parts, "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(source))


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.is_file():
        raise Unavailable("backup.database", reason=f"there is no database at {source}")
    given, taken = sqlite3.connect(source, timeout=30), sqlite3.connect(target)
    try:
        given.backup(taken)
        # The copy is one file: no log of its own lies beside it.
        taken.execute("PRAGMA journal_mode=DELETE")
    finally:
        taken.close()
        given.close()


def _run(url: URL, program: str, *arguments: str, connect: bool = True) -> None:
    """With the password in the environment, where other users of the machine don't see it."""
    found = shutil.which(program) or _newest(program)
    if found is None:
        raise Unavailable("backup.program", program=program)
    environment = dict(os.environ)
    if url.password:
        environment["PGPASSWORD"] = str(url.password)
    where = [f"--host={url.host}", f"--port={url.port or 5432}", f"--username={url.username}"]
    where.append(f"--dbname={url.database}")
    command = [found, *(where if connect else ()), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines()[:1] or [f"{program} failed"]
        raise Unavailable("backup.database", reason=reason[0][:200])


def _newest(program: str) -> str | None:
    """Debian keeps the programs of each version apart; an older one refuses a newer server."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((str(one / program) for one in folders if (one / program).is_file()), None)


def refuse_unless_blank(url: str) -> None:
    """:raises Conflict: there is something in it. :raises Unavailable: it does not answer."""
    try:
        blank = is_blank(url)
    except OperationalError:
        raise Unavailable("backup.database", reason="the database does not answer") from None
    if not blank:
        raise Conflict("restore.not_blank", what="the database")
