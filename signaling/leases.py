"""A node's lease: one row, renewed every 2 s in one statement, lost after 6 s by the database's clock.

Whoever holds a lease is alive for the others: the calls of a node whose lease is lost go back to
the head of the queue. A restarted edge takes its own node's lease at once under a new boot
id; an older process that still runs then finds its lease gone.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import ColumnElement, SQLColumnExpression, case, exists, insert, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import Database, now_ms
from casework.errors import Conflict
from signaling.tables import Node

_log = structlog.get_logger(__name__)


class LeaseLost(Conflict):
    """Another process has taken the node's name; this one must stop."""

    def __init__(self, node_id: str) -> None:
        super().__init__("node.lease_lost", "本节点已由另一进程接管", node_id=node_id)


@dataclass(frozen=True, slots=True)
class LeaseRules:
    lease_ms: int = 6_000
    renew_s: float = 2.0
    now: Callable[[], ColumnElement[int]] = now_ms


async def take_lease(session: AsyncSession, rules: LeaseRules, node_id: str, boot_id: str) -> None:
    """Registers the node, or takes over its row from an earlier boot.

    A lease that had not yet run out was held without a break: a quick restart loses nothing.
    """
    until = rules.now() + rules.lease_ms
    taken = await session.scalar(
        update(Node)
        .where(Node.id == node_id)
        .values(
            boot_id=boot_id,
            started_ms=rules.now(),
            held_since_ms=_held_since(rules),
            lease_until_ms=until,
            draining=False,
        )
        .returning(Node.id)
        .execution_options(synchronize_session=False)
    )
    if taken is not None:
        return
    try:
        await session.execute(
            insert(Node).values(
                id=node_id,
                boot_id=boot_id,
                started_ms=rules.now(),
                held_since_ms=rules.now(),
                lease_until_ms=until,
                draining=False,
            )
        )
    except IntegrityError as error:  # two processes of one name started at the same moment
        raise LeaseLost(node_id) from error


async def renew_lease(session: AsyncSession, rules: LeaseRules, node_id: str, boot_id: str) -> None:
    """:raises LeaseLost: another boot has the node's row, or an administrator removed it."""
    renewed = await session.scalar(
        update(Node)
        .where(Node.id == node_id, Node.boot_id == boot_id)
        .values(held_since_ms=_held_since(rules), lease_until_ms=rules.now() + rules.lease_ms)
        .returning(Node.id)
        .execution_options(synchronize_session=False)
    )
    if renewed is None:
        raise LeaseLost(node_id)


async def release_lease(
    session: AsyncSession, rules: LeaseRules, node_id: str, boot_id: str
) -> None:
    """A clean end: the others need not wait for the lease to run out."""
    await session.execute(
        update(Node)
        .where(Node.id == node_id, Node.boot_id == boot_id)
        .values(lease_until_ms=rules.now(), draining=True)
        .execution_options(synchronize_session=False)
    )


async def mark_draining(session: AsyncSession, node_id: str, boot_id: str) -> None:
    """The node serves what it has and takes nothing new."""
    await session.execute(
        update(Node)
        .where(Node.id == node_id, Node.boot_id == boot_id)
        .values(draining=True)
        .execution_options(synchronize_session=False)
    )


def _held_since(rules: LeaseRules) -> ColumnElement[int]:
    return case((Node.lease_until_ms > rules.now(), Node.held_since_ms), else_=rules.now())


def is_live(node_id: SQLColumnExpression[Any], now: ColumnElement[int]) -> ColumnElement[bool]:
    """SQL: whether the lease of the node that a row names holds."""
    return exists().where(Node.id == node_id, Node.lease_until_ms > now)


def takes_calls(node_id: SQLColumnExpression[Any], now: ColumnElement[int]) -> ColumnElement[bool]:
    """SQL: whether new calls may begin at the node that a row names: it lives and does not drain."""
    return exists().where(Node.id == node_id, Node.lease_until_ms > now, Node.draining.is_(False))


def is_watched(now: ColumnElement[int], for_ms: int) -> ColumnElement[bool]:
    """SQL: whether some node has been at work without a break for so long.

    Somebody's silence counts only while there was a node to hear them: after an outage of every
    node, or of the database, the clocks of the missing start afresh.
    """
    return exists().where(Node.lease_until_ms > now, Node.held_since_ms <= now - for_ms)


class NodeLease:
    """Takes, renews and releases one node's lease."""

    def __init__(
        self, database: Database, node_id: str, boot_id: str, rules: LeaseRules | None = None
    ) -> None:
        self._database = database
        self.node_id = node_id
        self.boot_id = boot_id
        self._rules = rules or LeaseRules()

    async def take(self) -> None:
        """:raises TimeoutError: the database does not answer."""
        async with asyncio.timeout(self._rules.lease_ms / 1000):
            await self._renew(take_lease)

    async def run(self) -> None:
        """Renews until cancelled. A failed renewal is tried again at the next turn.

        :raises LeaseLost: another process has taken the node's name.
        """
        while True:
            await asyncio.sleep(self._rules.renew_s)
            try:
                async with asyncio.timeout(self._rules.lease_ms / 1000):
                    await self._renew(renew_lease)
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                _log.warning("lease.not_renewed", node_id=self.node_id, reason=repr(error))

    async def release(self) -> None:
        async with asyncio.timeout(self._rules.lease_ms / 1000), self._database.transaction() as s:
            await release_lease(s, self._rules, self.node_id, self.boot_id)

    async def drain(self) -> None:
        async with asyncio.timeout(self._rules.lease_ms / 1000), self._database.transaction() as s:
            await mark_draining(s, self.node_id, self.boot_id)

    async def _renew(
        self,
        statement: Callable[[AsyncSession, LeaseRules, str, str], Awaitable[None]],
    ) -> None:
        async with self._database.transaction() as session:
            await statement(session, self._rules, self.node_id, self.boot_id)
