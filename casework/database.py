"""The database: one declarative base, ids, times by the database's clock, and transactions.

Times are ``*_ms``: whole milliseconds since 1970-01-01 UTC, the same on SQLite and PostgreSQL. Time
limits are decided by the database's clock (:class:`now_ms`), so that several nodes agree.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from typing import Annotated, Any

import uuid_utils
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Engine,
    ForeignKey,
    Index,
    MetaData,
    String,
    event,
    exc,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.sql.functions import FunctionElement

from casework.appending import AppendingSession

LOCK_TIMEOUT_S = 10
TRUSTED_S = 1.0
"""A connection that was in use so recently is taken without asking whether its server is there."""
ACTED = "acted"
"""In a session's ``info``: its transaction adds entries to the journal."""
REWRITTEN_BYTES = 64 << 20
"""What PostgreSQL rewrites in about a second."""


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def new_id() -> str:
    """A UUID of version 7 (RFC 9562): unique without asking anyone, and sorted by time."""
    return str(uuid_utils.uuid7())


def id_column(target: str, *, index: bool = False, ondelete: str | None = None) -> Any:
    """A foreign key to ``target`` ("table.id")."""
    return mapped_column(String(36), ForeignKey(target, ondelete=ondelete), index=index)


def one_of(column: str, values: type, name: str | None = None) -> CheckConstraint:
    """The states of a StrEnum as a database constraint."""
    listed = ", ".join(f"'{value}'" for value in values)  # type: ignore[attr-defined]
    return CheckConstraint(f"{column} IN ({listed})", name=name or column)


def index_while(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Of the rows for which ``where`` holds, in words that both databases read alike."""
    holds = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=holds, postgresql_where=holds)


Id = Annotated[str, mapped_column(String(36), primary_key=True, default=new_id)]
Ms = Annotated[int, mapped_column(BigInteger)]
Short = Annotated[str, mapped_column(String(80))]
Text200 = Annotated[str, mapped_column(String(200))]


class now_ms(FunctionElement[int]):  # noqa: N801 - a SQL function
    """The database's clock, in milliseconds since 1970 UTC."""

    inherit_cache = True
    type = BigInteger()


@compiles(now_ms, "sqlite")
def _now_ms_sqlite(element: object, compiler: object, **kw: object) -> str:
    return "CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)"


@compiles(now_ms, "postgresql")
def _now_ms_postgresql(element: object, compiler: object, **kw: object) -> str:
    # clock_timestamp(), not now(): a deadline is judged when the statement runs, not when a
    # transaction that waited for a lock began.
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"


async def read_clock(session: AsyncSession) -> int:
    """The database's clock, in milliseconds since 1970 UTC."""
    return (await session.execute(select(now_ms()))).scalar_one()


def insert_for(session: AsyncSession, table: type[Base]) -> Any:
    """An INSERT that knows ON CONFLICT, which both databases have and spell alike."""
    name = session.get_bind().dialect.name
    return (sqlite if name == "sqlite" else postgresql).insert(table)


def open_engine(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine for ``sqlite+aiosqlite:`` or ``postgresql+psycopg:`` with the settings we rely on."""
    if url.startswith("sqlite"):
        engine = create_async_engine(
            url, connect_args={"timeout": LOCK_TIMEOUT_S}, hide_parameters=True
        )
        configure_sqlite(engine.sync_engine)
        return engine
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=LOCK_TIMEOUT_S,
        hide_parameters=True,  # an error's text ends in a log, and parameters are people's data
        connect_args={
            "options": f"-c lock_timeout={LOCK_TIMEOUT_S}s -c synchronous_commit=on -c timezone=UTC"
        },
    )
    ask_after_rest(engine.sync_engine)
    return engine


def ask_after_rest(engine: Engine) -> None:
    """Whether its server is still there is asked of a connection that has rested.

    Before every use, as SQLAlchemy does it by itself, it is a quarter of what a small transaction
    costs. A server that restarts under load fails those who are in a transaction anyway; the first
    such error renews all connections of the pool.
    """

    @event.listens_for(engine, "checkin")
    def on_checkin(_dbapi: Any, record: Any) -> None:
        record.info["used_s"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def on_checkout(dbapi: Any, record: Any, _proxy: object) -> None:
        rested_s = time.monotonic() - record.info.get("used_s", time.monotonic())
        if rested_s < TRUSTED_S:
            return
        try:
            engine.dialect.do_ping(dbapi)
        except engine.dialect.loaded_dbapi.Error as error:
            raise exc.InvalidatePoolError from error


def configure_sqlite(engine: Engine) -> None:
    """WAL, full durability, foreign keys, nothing left of what was overwritten; every transaction
    takes the write lock when it begins.

    ``BEGIN IMMEDIATE`` because a transaction that reads first and writes later would fail at the
    upgrade instead of waiting its turn.
    """

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions by itself
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={LOCK_TIMEOUT_S * 1000}",
            "secure_delete=ON",  # what is overwritten or deleted (a destroyed key) becomes zeros
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "invalidate")
    def on_invalidate(dbapi: Any, _record: object, error: BaseException | None) -> None:
        """A closed connection with a cursor left somewhere keeps its transaction, and its lock, for
        as long as the cursor: so ends what was cancelled in the middle of a query."""
        if error is not None:
            with suppress(engine.dialect.loaded_dbapi.Error, ValueError):  # closed already
                dbapi.rollback()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


class _Line:
    """Those who write to SQLite stand in line: its own waiting lets who comes late go first, and
    somebody, such as the journal's sequencer, waits for seconds."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """:raises sqlalchemy.exc.TimeoutError: it did not come in :data:`LOCK_TIMEOUT_S`."""
        try:
            async with asyncio.timeout(LOCK_TIMEOUT_S):
                await self._lock.acquire()
        except TimeoutError as error:
            raise exc.TimeoutError("other transactions have not ended") from error
        try:
            yield
        finally:
            self._lock.release()


class Database:
    """Sessions over one engine. One session, one transaction, one use case."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.after_acts: list[Callable[[], None]] = []
        """Called when a transaction that added entries to the journal has been committed here."""
        self._writers = async_sessionmaker(
            engine, expire_on_commit=False, sync_session_class=AppendingSession
        )
        self._readers = async_sessionmaker(
            engine.execution_options(reading=True), expire_on_commit=False
        )
        self._line = _Line() if engine.dialect.name == "sqlite" else None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Commits when the block ends, rolls back when it raises."""
        turn: AbstractAsyncContextManager[None] = self._line.turn() if self._line else nullcontext()
        async with turn, self._writers() as session, session.begin():
            yield session
        if ACTED in session.info:
            for tell in self.after_acts:
                tell()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session for queries only: on SQLite it waits for no writer."""
        async with self._readers() as session:
            yield session

    async def forget_overwritten(self, table: type[Base]) -> bool:
        """Drops what rows of the table held before they were changed; outside any transaction.

        SQLite empties its log (:func:`configure_sqlite` has zeroed the rest). PostgreSQL writes the
        table anew, which locks it meanwhile: one that is larger than :data:`REWRITTEN_BYTES` is only
        vacuumed, and the answer is ``False``. Backups, replicas and PostgreSQL's archived log are
        not touched. Raises ``OperationalError`` when somebody holds the table for over a second.
        """
        async with self.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            if connection.dialect.name == "sqlite":
                assert raw.driver_connection is not None  # noqa: S101 - it is open
                await raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                return True
        async with self.engine.connect() as connection:
            free = await connection.execution_options(isolation_level="AUTOCOMMIT")
            name = table.__tablename__
            found = await free.exec_driver_sql(f"SELECT pg_table_size('{name}')")
            rewritten = int(found.scalar_one()) <= REWRITTEN_BYTES
            await free.exec_driver_sql("SET lock_timeout = '1s'")
            try:
                await free.exec_driver_sql(f"VACUUM {'FULL ' if rewritten else ''}{name}")
            finally:
                await free.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT_S}s'")
            return rewritten

    async def close(self) -> None:
        await self.engine.dispose()
