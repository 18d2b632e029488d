"""Ticket numbers such as K017: the skill group's letters, counted from 1 each county day."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from casework.organisations import COUNTY_TIME
from signaling.pairing.opening import moment

# The same statement on SQLite and PostgreSQL; the row stays locked until the ticket is in.
_NEXT = text(
    "INSERT INTO ticket_counters (county_id, county_day, letters, last_number)"
    " VALUES (:county_id, :county_day, :letters, 1)"
    " ON CONFLICT (county_id, county_day, letters)"
    " DO UPDATE SET last_number = ticket_counters.last_number + 1"
    " RETURNING last_number"
)


async def next_number(
    session: AsyncSession, county_id: str, letters: str, at_ms: int
) -> tuple[int, int]:
    """County day as YYYYMMDD, and the next number of the letters on that day."""
    day = county_day(at_ms)
    values = {"county_id": county_id, "county_day": day, "letters": letters}
    number = (await session.execute(_NEXT, values)).scalar_one()
    return day, int(number)


def county_day(at_ms: int) -> int:
    return int(moment(at_ms).astimezone(COUNTY_TIME).strftime("%Y%m%d"))


def label(letters: str, number: int) -> str:
    """As it is called out: three digits, more only when a day needs them."""
    return f"{letters}{number:03d}"
