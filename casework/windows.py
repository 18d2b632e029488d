"""What a window's device check found."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import now_ms
from casework.tables import Window


async def keep_check(
    session: AsyncSession, window_id: str, *, passed: bool, uplink_bps: int | None
) -> None:
    """Keeps the measured uplink (the next call starts from it), and the time of a check that passed."""
    values: dict[str, object] = {}
    if uplink_bps is not None:
        values["uplink_bps"] = uplink_bps
    if passed:
        values["checked_ms"] = now_ms()
    if values:
        await session.execute(update(Window).where(Window.id == window_id).values(**values))
