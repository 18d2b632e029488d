"""Under whom an organisation or a window stands, and the journal's entry when that changes."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from casework.counties import county_organisation
from casework.importing.county import KnownCounty
from casework.journal.acts import Act, add_entry


def holders_in(known: KnownCounty) -> dict[str, str | None]:
    """Id of the organisation above, by id; the county itself has none."""
    return {row.id: row.parent_id for row in known.organisations.values()} | {
        row.id: row.organisation_id for row in known.windows.values()
    }


async def note_holders(
    session: AsyncSession, before: Mapping[str, str | None], known: KnownCounty
) -> None:
    """For the unit that gives up and for the one that takes over: each reads its own entries."""
    for row_id, new in holders_in(known).items():
        old = before.get(row_id)
        if old is not None and new is not None and old != new:
            await _note(session, known, row_id, old, new)


async def _note(session: AsyncSession, known: KnownCounty, row_id: str, old: str, new: str) -> None:
    window_id = next((row.id for row in known.windows.values() if row.id == row_id), None)
    county = await county_organisation(session, known.county_id)
    for home in (old, new):
        act = Act(
            what="organisation.moved",
            county_id=known.county_id,
            home_organisation_id=home,
            county_organisation_id=county.id,
            actor_staff_id=None,
            window_id=window_id,
            evidence={"moved_id": row_id, "from_organisation_id": old, "to_organisation_id": new},
        )
        await add_entry(session, act if window_id is None else replace(act, what="window.moved"))
