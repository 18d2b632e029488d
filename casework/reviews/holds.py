"""Evidence holds: what is under a follow-up, a report or a review is not destroyed.

Whoever destroys recordings or pages asks :func:`is_held` first, in the transaction that destroys.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import insert_for, new_id, now_ms
from casework.tables import EvidenceHold
from casework.vocabulary import HoldReason


def is_held(call_id: SQLColumnExpression[str] | str) -> ColumnElement[bool]:
    """SQL: whether a hold stands on the call's evidence."""
    return exists().where(EvidenceHold.call_id == call_id, EvidenceHold.lifted_ms.is_(None))


@dataclass(frozen=True, slots=True)
class Source:
    """For what the evidence is kept, and the two units that answer for it."""

    reason: HoldReason
    id: str
    county_id: str
    home_organisation_id: str
    county_organisation_id: str


async def hold(session: AsyncSession, call_id: str, source: Source) -> None:
    """Once for each source; a hold that was lifted does not come back by itself."""
    row = EvidenceHold
    await session.execute(
        insert_for(session, row)
        .values(
            id=new_id(),
            county_id=source.county_id,
            call_id=call_id,
            reason=source.reason,
            source_id=source.id,
            home_organisation_id=source.home_organisation_id,
            county_organisation_id=source.county_organisation_id,
            from_ms=now_ms(),
        )
        .on_conflict_do_nothing(index_elements=[row.call_id, row.reason, row.source_id])
    )


async def lift(
    session: AsyncSession, reason: HoldReason, source_id: str, by_staff_id: str | None
) -> None:
    """The matter is closed; other holds on the same call stand."""
    row = EvidenceHold
    await session.execute(
        update(row)
        .where(row.reason == reason, row.source_id == source_id, row.lifted_ms.is_(None))
        .values(lifted_ms=now_ms(), lifted_by_staff_id=by_staff_id)
    )
