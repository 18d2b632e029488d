"""Whether the towns co-sign the journal."""

import asyncio
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from casework.counties import the_county
from casework.county_time import county_moment
from casework.database import Database, open_engine
from casework.errors import Unavailable
from casework.journal.cosignatures import MISSING_MS, TownState, town_states
from shipinban.examinations.finding import DEADLINE_S, Finding, Health
from shipinban.examinations.storage import database
from shipinban.settings import Settings


def cosignatures(settings: Settings) -> Finding:
    if database(settings).health is not Health.OK:
        return Finding.ok("Not looked at: see the database.")
    try:
        towns = asyncio.run(_towns(settings))
    except Unavailable:
        return Finding.ok("There is no county yet.")
    except (SQLAlchemyError, TimeoutError):
        return Finding.ok("Not looked at: see the database.")
    missing = [town for town in towns if town.missing]
    if missing:
        return Finding.warn(
            f"Checkpoints of the journal wait for more than {MISSING_MS // 60_000} minutes for the "
            f"co-signature of {'; '.join(map(_told, missing))}.",
            "On the town's machine: is `shipinban cosign run` running, does it reach this node, and"
            " what does it say? If it refuses, the journal it is shown does not follow from the one"
            " it saw: stop, keep both, tell the auditor.",
        )
    if not towns:
        return Finding.warn(
            "No town co-signs the journal: the county alone could rewrite it.",
            "In a town: shipinban cosign init; here: shipinban journal add-town",
        )
    return Finding.ok(f"{len(towns)} towns co-sign the journal.")


def _told(town: TownState) -> str:
    if town.at_ms is None:
        return f"{town.organisation_name} ({town.key_name}, which never signed)"
    since = county_moment(town.at_ms).strftime("%Y-%m-%d %H:%M")
    return f"{town.organisation_name} ({town.key_name}, signed last at {since})"


async def _towns(settings: Settings) -> Sequence[TownState]:
    opened = Database(open_engine(settings.database_url))
    try:
        async with asyncio.timeout(DEADLINE_S), opened.reading() as session:
            return await town_states(session, (await the_county(session)).id)
    finally:
        await opened.close()
