"""The county that an installation serves."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.errors import Unavailable
from casework.tables import County, Organisation
from casework.vocabulary import OrganisationKind


async def the_county(session: AsyncSession) -> County:
    """:raises Unavailable: no county has been loaded yet."""
    county = await session.scalar(select(County).order_by(County.created_ms).limit(1))
    if county is None:
        raise Unavailable("county.none")
    return county


async def county_organisation(session: AsyncSession, county_id: str) -> Organisation:
    """The county's service centre: its line of dual management.

    :raises Unavailable: no organisations have been loaded yet.
    """
    found = await session.scalar(
        select(Organisation).where(
            Organisation.county_id == county_id, Organisation.kind == OrganisationKind.COUNTY
        )
    )
    if found is None:
        raise Unavailable("county.none")
    return found
