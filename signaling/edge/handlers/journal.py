"""The journal: supervision's search and proofs, and the tree heads that towns co-sign."""

import base64

from casework.counties import the_county
from casework.errors import NotFound
from casework.journal.checkpoints import latest_checkpoint
from casework.journal.cosignatures import checkpoint_of_size, keep_cosignature, town_states
from casework.journal.keys import live_keys
from casework.journal.proofs import prove_entry, prove_growth
from casework.journal.reading import (
    EntryFilter,
    FoundEntry,
    find_entries,
    find_entry,
    personal_fields,
    waiting_entries,
)
from casework.policy import may_read_personal
from casework.tables import Journal
from casework.vocabulary import JournalKeyKind, Surface
from signaling.edge.roles import JOURNAL_READERS
from signaling.edge.route import Asked, Route
from signaling.edge.texts.acts import title_of
from signaling.wire.api import Empty
from signaling.wire.journal import (
    CosignatureGiven,
    EntryBrief,
    EntryDetail,
    EntryList,
    GrowthAsked,
    JournalFilter,
    JournalState,
    PersonalField,
    TownView,
    TreeHeadView,
)


async def tree_head(asked: Asked[GrowthAsked]) -> TreeHeadView:
    """A checkpoint and the proof that the journal only grew into it; holds nothing of anybody."""
    until = asked.given.until
    async with asked.context.database.reading() as session:
        county = await the_county(session)
        if until is None:
            found = await latest_checkpoint(session, county.id)
        else:
            found = await checkpoint_of_size(session, county.id, until)
        if found is None:
            raise NotFound("journal.none" if until is None else "journal.checkpoint")
        journal = await session.get_one(Journal, county.id)
        since = min(asked.given.since, found.size)
        proof = await prove_growth(session, county.id, since, found.size)
    return TreeHeadView(
        checkpoint=found.note,
        number=found.number,
        size=found.size,
        hash=journal.hash_name,
        since=since,
        proof=[base64.b64encode(step).decode() for step in proof],
    )


async def take_cosignature(asked: Asked[CosignatureGiven]) -> Empty:
    """A town's signature under a checkpoint; the signature itself says who sends it."""
    async with asked.context.database.transaction() as session:
        county = await the_county(session)
        await keep_cosignature(session, county.id, asked.given.size, asked.given.line)
    return Empty()


async def list_entries(asked: Asked[JournalFilter]) -> EntryList:
    """Entries that meet the filters, the latest first: a supervisor's own line, an auditor's county."""
    wanted = EntryFilter(**asked.given.model_dump())
    async with asked.context.database.reading() as session:
        found, more = await find_entries(session, asked.person, wanted)
    return EntryList(entries=[_brief(each, asked.language) for each in found], more=more)


def _brief(found: FoundEntry, language: str) -> EntryBrief:
    body, home, county = found.body, found.home_organisation, found.county_organisation
    return EntryBrief(
        id=found.entry_id,
        sequence=found.sequence,
        at_ms=body["at_ms"],
        what=body["what"],
        title=title_of(body["what"], language),
        result=body["result"],
        actor_name=found.actor_name,
        home_organisation_name=home.name if home else "",
        home_organisation_name_en=home.name_en if home else "",
        county_organisation_name=county.name if county else "",
        county_organisation_name_en=county.name_en if county else "",
        case_number=found.case_number,
    )


async def show_entry(asked: Asked[None]) -> EntryDetail:
    """One entry as it is hashed, with the proof that it stands in the journal."""
    async with asked.context.database.reading() as session:
        found = await find_entry(session, asked.person, asked.id("entry_id"))
        proof = await prove_entry(session, asked.person.county_id, found.entry_id)
        personal = (
            await personal_fields(session, found.entry_id)
            if may_read_personal(asked.person)
            else ()
        )
    return EntryDetail(
        entry=_brief(found, asked.language),
        content=found.body,
        leaf_hash=None if proof is None else proof.leaf_hash.hex(),
        proof=None if proof is None else proof.text(),
        checkpoint_number=None if proof is None else proof.checkpoint_number,
        checkpoint=None if proof is None else proof.note,
        personal=[PersonalField(field=row.field, value=row.value) for row in personal],
    )


async def show_state(asked: Asked[None]) -> JournalState:
    """How far the journal is numbered, signed and co-signed; a missing town is marked."""
    county_id = asked.person.county_id
    async with asked.context.database.reading() as session:
        journal = await session.get(Journal, county_id)
        if journal is None:
            raise NotFound("journal.none")
        latest = await latest_checkpoint(session, county_id)
        keys = await live_keys(session, county_id, JournalKeyKind.COUNTY)
        towns = await town_states(session, county_id)
        waiting = await waiting_entries(session, county_id)
    return JournalState(
        origin=journal.origin,
        hash=journal.hash_name,
        size=journal.size,
        waiting=waiting,
        checkpoint_number=0 if latest is None else latest.number,
        signed=0 if latest is None else latest.size,
        checkpoint_ms=None if latest is None else latest.created_ms,
        checkpoint=None if latest is None else latest.note,
        keys=[key.verifier for key in keys],
        towns=[
            TownView(
                organisation_id=town.organisation_id,
                organisation_name=town.organisation_name,
                key_name=town.key_name,
                number=town.number,
                size=town.size,
                at_ms=town.at_ms,
                missing=town.missing,
            )
            for town in towns
        ],
    )


ROUTES = (
    Route(
        method="GET", path="/api/journal/tree-head", handler=tree_head, query=GrowthAsked,
        answer=TreeHeadView,
    ),
    Route(
        method="POST", path="/api/journal/cosignatures", handler=take_cosignature,
        request=CosignatureGiven, answer=Empty, signs_in=True,
    ),
    Route(
        method="GET", path="/api/supervision/journal/entries", roles=JOURNAL_READERS,
        surface=Surface.SUPERVISION, handler=list_entries, query=JournalFilter, answer=EntryList,
    ),
    Route(
        method="GET", path="/api/supervision/journal/entries/{entry_id}", roles=JOURNAL_READERS,
        surface=Surface.SUPERVISION, handler=show_entry, answer=EntryDetail,
    ),
    Route(
        method="GET", path="/api/supervision/journal/state", roles=JOURNAL_READERS,
        surface=Surface.SUPERVISION, handler=show_state, answer=JournalState,
    ),
)  # fmt: skip
