"""How long the way to the county's hall takes: the county's assumption, on which time saved rests."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.counties import county_organisation
from casework.database import now_ms
from casework.errors import Forbidden
from casework.journal.acts import Act, add_entry
from casework.policy import COUNTY_LINE
from casework.sign_in import SignedIn
from casework.tables import TravelTime

ASSUMED_MINUTES = 60
"""The county hall is an hour away, until the county says otherwise."""


async def one_way_minutes(session: AsyncSession, county_id: str) -> int:
    """As last set."""
    query = (
        select(TravelTime.one_way_minutes)
        .where(TravelTime.county_id == county_id)
        .order_by(TravelTime.id.desc())
    )
    return await session.scalar(query.limit(1)) or ASSUMED_MINUTES


async def set_travel_time(session: AsyncSession, person: SignedIn, minutes: int) -> None:
    """Counts for every report from now on, those about earlier periods too.

    :raises Forbidden: not of the county's line.
    """
    if not person.roles & COUNTY_LINE:
        raise Forbidden("role")
    before = await one_way_minutes(session, person.county_id)
    session.add(
        TravelTime(
            county_id=person.county_id,
            one_way_minutes=minutes,
            set_by_staff_id=person.staff_id,
            set_ms=now_ms(),
        )
    )
    unit = (await county_organisation(session, person.county_id)).id
    await add_entry(
        session,
        Act(
            what="reports.travel_time_set",
            county_id=person.county_id,
            home_organisation_id=unit,
            county_organisation_id=unit,
            actor_staff_id=person.staff_id,
            evidence={"from_minutes": before, "to_minutes": minutes},
        ),
    )
    await session.flush()
