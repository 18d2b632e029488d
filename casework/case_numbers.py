"""The number of a case: county code, county day, running number, such as 441625-20261122-00017."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.county_time import county_moment
from casework.database import read_clock
from casework.tables import Case, County

DIGITS = 5


async def next_case_number(session: AsyncSession, county_id: str) -> str:
    """The next number of the day. Cases of one county that leave ``draft`` take turns.

    The county's row is locked until the transaction ends, so numbers have no holes and no two
    cases race for one; the unique constraint would tell if this were wrong.
    """
    lock = select(County.code).where(County.id == county_id).with_for_update(key_share=True)
    code = (await session.execute(lock)).scalar_one()
    day = county_moment(await read_clock(session))
    prefix = f"{code}-{day:%Y%m%d}-"
    latest = await session.scalar(
        select(func.max(Case.number)).where(
            # A range and not LIKE: it uses the index on every database and collation.
            Case.county_id == county_id,
            Case.number > prefix,
            Case.number < prefix + ":",
        )
    )
    running = int(latest.removeprefix(prefix)) if latest else 0
    return f"{prefix}{running + 1:0{DIGITS}d}"
