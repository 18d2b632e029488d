"""The public keys of a journal: the county's own, which signs, and the towns', which co-sign.

Each key becomes known by an entry. A new key of the county signs only once a checkpoint under the
old one holds the entry that names it: whoever knows the first key can follow to the latest.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.counties import county_organisation
from casework.database import new_id, now_ms
from casework.errors import Conflict, Invalid, NotFound
from casework.journal.acts import Act, add_entry
from casework.journal.signed_notes import NotANoteError, SignatureType, Verifier
from casework.tables import Journal, JournalKey, JournalLeaf, Organisation
from casework.vocabulary import JournalKeyKind, OrganisationKind

KEY_ADDED = "journal.key_added"


async def add_county_key(session: AsyncSession, journal: Journal, verifier: Verifier) -> JournalKey:
    """Makes a key of the county known; one that is known stays as it is."""
    known = await _known(session, journal.county_id, verifier)
    if known is not None:
        return known
    county = await county_organisation(session, journal.county_id)
    return await _add(session, JournalKeyKind.COUNTY, verifier, county, county)


async def add_town_key(
    session: AsyncSession, county_id: str, organisation_code: str, verifier_text: str
) -> JournalKey:
    """Lets a town co-sign with the key that ``shipinban cosign init`` showed there.

    A later key of the same town takes the place of the earlier one.

    :raises Invalid: it is no key for co-signatures.
    :raises NotFound: no such town.
    :raises Conflict: the key is known already.
    """
    try:
        verifier = Verifier.parse(verifier_text)
    except NotANoteError:
        raise Invalid("journal.town_key") from None
    if verifier.kind is not SignatureType.COSIGNATURE:
        raise Invalid("journal.town_key")
    town = await session.scalar(
        select(Organisation).where(
            Organisation.county_id == county_id,
            Organisation.code == organisation_code,
            Organisation.kind == OrganisationKind.TOWN,
        )
    )
    if town is None:
        raise NotFound("journal.town", organisation=organisation_code)
    if await _known(session, county_id, verifier) is not None:
        raise Conflict("journal.key_known")
    for earlier in await live_keys(session, county_id, JournalKeyKind.TOWN):
        if earlier.organisation_id == town.id:
            earlier.ended_ms = now_ms()
    county = await county_organisation(session, county_id)
    return await _add(session, JournalKeyKind.TOWN, verifier, town, county)


async def _known(session: AsyncSession, county_id: str, verifier: Verifier) -> JournalKey | None:
    return await session.scalar(
        select(JournalKey).where(
            JournalKey.county_id == county_id, JournalKey.verifier == verifier.text
        )
    )


async def _add(
    session: AsyncSession,
    kind: JournalKeyKind,
    verifier: Verifier,
    organisation: Organisation,
    county: Organisation,
) -> JournalKey:
    entry_id = await add_entry(
        session,
        Act(
            what=KEY_ADDED,
            county_id=county.county_id,
            home_organisation_id=organisation.id,
            county_organisation_id=county.id,
            actor_staff_id=None,
            evidence={
                "kind": kind,
                "name": verifier.name,
                "signature_type": int(verifier.kind),
                "public_key": verifier.public_key.hex(),
            },
        ),
    )
    key = JournalKey(
        id=new_id(),
        county_id=county.county_id,
        organisation_id=organisation.id,
        kind=kind,
        name=verifier.name,
        key_id=verifier.key_id.hex(),
        verifier=verifier.text,
        entry_id=entry_id,
        added_ms=now_ms(),
    )
    session.add(key)
    await session.flush()
    return key


async def live_keys(
    session: AsyncSession, county_id: str, kind: JournalKeyKind
) -> Sequence[JournalKey]:
    """Keys in use, the oldest first."""
    found = await session.scalars(
        select(JournalKey)
        .where(
            JournalKey.county_id == county_id,
            JournalKey.kind == kind,
            JournalKey.ended_ms.is_(None),
        )
        .order_by(JournalKey.id)
    )
    return found.all()


async def covered_keys(session: AsyncSession, county_id: str, size: int) -> frozenset[str]:
    """vkeys of the county whose entry is among the first ``size`` of the journal."""
    found = await session.scalars(
        select(JournalKey.verifier)
        .join(JournalLeaf, JournalLeaf.entry_id == JournalKey.entry_id)
        .where(
            JournalKey.county_id == county_id,
            JournalKey.kind == JournalKeyKind.COUNTY,
            JournalLeaf.sequence < size,
        )
    )
    return frozenset(found)
