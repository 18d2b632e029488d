"""Rows that are only ever added: written together, in one statement a table.

What the unit of work does for an object (its state, its history, the order of what depends on it)
costs as much as the rest of a short transaction. A row that nobody changes afterwards and that no
other row points to needs none of it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, event, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Session

_ROWS = "rows to append"
Rows = dict[Table, list[dict[str, Any]]]


class AppendingSession(Session):
    """Writes what was given to :meth:`append` when it is flushed, queries or is committed."""

    def append(self, table: Table, row: dict[str, Any]) -> None:
        waiting: Rows = self.info.setdefault(_ROWS, {})
        waiting.setdefault(table, []).append(row)

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        super().flush(objects)
        self.write_rows()

    def write_rows(self) -> None:
        rows: Rows = self.info.pop(_ROWS, {})
        for table, some in rows.items():
            self.connection().execute(insert(table), some if len(some) > 1 else some[0])

    def forget_rows(self) -> None:
        """What was not written belongs to a transaction, or to a savepoint, that is taken back."""
        self.info.pop(_ROWS, None)


@event.listens_for(AppendingSession, "before_commit")
def _before_commit(session: AppendingSession) -> None:
    session.write_rows()  # a commit flushes only where objects wait


@event.listens_for(AppendingSession, "after_soft_rollback")
def _after_rollback(session: AppendingSession, _previous: object) -> None:
    session.forget_rows()


def append(session: AsyncSession, table: type[DeclarativeBase], row: dict[str, Any]) -> None:
    """Adds a row of which every column is given that has no default in the database."""
    appending = session.sync_session
    assert isinstance(appending, AppendingSession)  # noqa: S101 - Database makes no other
    assert isinstance(table.__table__, Table)  # noqa: S101 - it is mapped to one
    appending.append(table.__table__, row)
