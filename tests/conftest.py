"""Fixtures that every room's tests share: a migrated database, on SQLite and on PostgreSQL."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy

from casework.database import Database, open_engine
from shipinban.migrate import migrate
from tests.pages import ROOT, Shot, look

MARKED = {"media": pytest.mark.alone, "story": pytest.mark.nodes}
"""Folders of tests that measure media in real time, and that start whole nodes with browsers."""
POSTGRESQL_BIN = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if mark := MARKED.get(item.path.relative_to(here).parts[0]):
            item.add_marker(mark)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL, without database name, of a server started for this test run alone."""
    assert POSTGRESQL_BIN is not None, "PostgreSQL is not installed: make test names the packages"
    folder = Path(tempfile.mkdtemp(prefix="shipinban-postgresql-"))
    port = free_port()
    as_user = _unprivileged(folder)
    run = [
        str(POSTGRESQL_BIN / "initdb"),
        "-D",
        str(folder / "data"),
        "-U",
        "shipinban",
        "-A",
        "trust",
    ]
    subprocess.run(
        [*run, "-E", "UTF8", "--locale=C.UTF-8", "-N"],
        check=True,
        capture_output=True,
        user=as_user,
    )
    # Without fsync: these databases have to outlive a killed process, not a power cut.
    options = (
        f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=200 -c fsync=off"
    )
    control = [str(POSTGRESQL_BIN / "pg_ctl"), "-D", str(folder / "data"), "-w"]
    log = str(folder / "log")
    subprocess.run(
        [*control, "-l", log, "-o", options, "start"], check=True, capture_output=True, user=as_user
    )
    yield f"postgresql+psycopg://shipinban@127.0.0.1:{port}"
    subprocess.run(
        [*control, "-m", "immediate", "stop"], check=True, capture_output=True, user=as_user
    )
    shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> int | None:
    """PostgreSQL refuses to run as root: the packaged user runs it then."""
    if os.geteuid() != 0:
        return None
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return user.pw_uid


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> str:
    """A migrated database that is copied for each test: quicker than migrating every time."""
    with _administrator(postgresql_server) as connection:
        connection.execute(sqlalchemy.text("CREATE DATABASE migrated"))
    migrate(f"{postgresql_server}/migrated")
    return "migrated"


@pytest.fixture
def postgresql_url(postgresql_server: str, postgresql_template: str) -> Iterator[str]:
    """A migrated, empty database of its own."""
    name = f"test_{secrets.token_hex(6)}"
    with _administrator(postgresql_server) as connection:
        connection.execute(
            sqlalchemy.text(f"CREATE DATABASE {name} TEMPLATE {postgresql_template}")
        )
    yield f"{postgresql_server}/{name}"
    with _administrator(postgresql_server) as connection:
        connection.execute(sqlalchemy.text(f"DROP DATABASE {name} WITH (FORCE)"))


@contextmanager
def _administrator(server: str) -> Iterator[sqlalchemy.Connection]:
    engine = sqlalchemy.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database that is copied for each test."""
    path = tmp_path_factory.mktemp("migrated") / "shipinban.db"
    migrate(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = shutil.copyfile(sqlite_template, tmp_path / "shipinban.db")
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each test that takes it runs twice: on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(open_engine(database_url))
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility checker's own script, run inside of the page."""
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture(params=["zh-CN", "en"])
def language(request: pytest.FixtureRequest) -> str:
    """Each test of pages that takes it runs in both."""
    value: str = request.param
    return value


@pytest.fixture
def whole_page() -> bool:
    """Whether pictures show the page beyond what the window does; a module may say so."""
    return False


@pytest.fixture
def shot(screenshots: Path, axe: str, language: str, whole_page: bool) -> Shot:
    return lambda page, name: look(
        page, screenshots / f"{name}.{language}.png", axe, whole=whole_page
    )
