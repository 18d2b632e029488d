"""Which master key belongs to this database: a node with another one does not start."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import insert_for, now_ms
from casework.errors import Conflict
from casework.tables import InstallationKey
from casework.vocabulary import MasterKeyState


async def note_key(session: AsyncSession, key_id: str) -> None:
    """At the first start. Raises as :func:`check_key`."""
    await session.execute(
        insert_for(session, InstallationKey)
        .values(key_id=key_id, state=MasterKeyState.CURRENT, begun_ms=now_ms())
        .on_conflict_do_nothing()
    )
    await check_key(session, key_id)


async def check_key(session: AsyncSession, key_id: str) -> None:
    """Changes nothing; a database that knows no key yet takes any.

    :raises Conflict: the database's values are under another key, or on the way to one.
    """
    states = await key_states(session)
    if not states:
        return
    if MasterKeyState.NEXT in states.values():
        raise Conflict("key.rotating")
    if states.get(key_id) == MasterKeyState.RETIRED:
        raise Conflict("key.retired", key_id=key_id)
    if states.get(key_id) != MasterKeyState.CURRENT:
        raise Conflict("key.other", key_id=key_id)


async def key_states(session: AsyncSession) -> dict[str, MasterKeyState]:
    rows = await session.execute(select(InstallationKey.key_id, InstallationKey.state))
    return {row.key_id: MasterKeyState(row.state) for row in rows}


async def begin_key(session: AsyncSession, old_id: str, new_id: str) -> None:
    """Notes that a rotation is under way; again, when it is taken up.

    :raises Conflict: ``old_id`` is not the current key, or another rotation is under way.
    """
    row = InstallationKey
    for key_id, state in ((old_id, MasterKeyState.CURRENT), (new_id, MasterKeyState.NEXT)):
        await session.execute(
            insert_for(session, row)
            .values(key_id=key_id, state=state, begun_ms=now_ms())
            .on_conflict_do_nothing()
        )
    states = await key_states(session)
    if states.get(old_id) == MasterKeyState.RETIRED:
        raise Conflict("key.retired", key_id=old_id)
    if states.get(old_id) != MasterKeyState.CURRENT or states.get(new_id) != MasterKeyState.NEXT:
        raise Conflict("key.other", key_id=old_id)


async def retire_key(session: AsyncSession, new_id: str) -> bool:
    """Only the new key counts from now on; whether that is new."""
    row = InstallationKey
    next_one = await session.scalar(select(row.key_id).where(row.state == MasterKeyState.NEXT))
    if next_one != new_id:
        return False
    await session.execute(
        update(row)
        .where(row.state == MasterKeyState.CURRENT)
        .values(state=MasterKeyState.RETIRED, retired_ms=now_ms())
    )
    await session.execute(
        update(row).where(row.key_id == new_id).values(state=MasterKeyState.CURRENT)
    )
    return True
