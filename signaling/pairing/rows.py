"""How pairing reads and changes its rows.

A state moves by one conditional UPDATE; no row back means that somebody else was first. On
PostgreSQL, where transactions run side by side, every use case takes row locks in this order and
holds at most one ticket and one agent, so that none waits in a circle::

    county (dispatch only)  →  ticket  →  offer, call  →  agent  →  call-back  →  ticket counter

Statements over many rows (heartbeats, sweeps) lock rows of one table only, in order of their ids
or not at all. SQLite has one writer at a time and needs none of this.
"""

from typing import TypeVar

from sqlalchemy import Update, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from casework.errors import NotFound
from signaling.pairing.rules import PairingRules
from signaling.tables import Ticket

T = TypeVar("T")


async def changed(
    session: AsyncSession, statement: Update, returning: InstrumentedAttribute[T]
) -> T | None:
    """Runs an UPDATE of at most one row; ``returning`` of that row, or ``None`` if there was none."""
    result = await session.execute(
        statement.returning(returning), execution_options={"synchronize_session": False}
    )
    return result.scalar_one_or_none()


async def clock(session: AsyncSession, rules: PairingRules) -> int:
    """Now, in milliseconds, by the database."""
    value = await session.scalar(select(rules.now()))
    return int(value or 0)


async def locked_ticket(session: AsyncSession, ticket_id: str) -> Ticket:
    """The ticket as it is now, locked until the transaction ends.

    :raises NotFound: there is no such ticket.
    """
    ticket = await session.scalar(
        select(Ticket)
        .where(Ticket.id == ticket_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if ticket is None:
        raise NotFound("ticket.not_found", "没有这个排队号")
    return ticket
