"""What one entry of the journal says, and how it is committed with the act itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import rfc8785
from pydantic import JsonValue
from sqlalchemy.ext.asyncio import AsyncSession

from casework.appending import append
from casework.database import ACTED, new_id
from casework.journal.clock import CLOCK, Moment
from casework.journal.commitments import Opening, commit, take_out
from casework.tables import JournalEntry, JournalPersonal

VERSION = 1
_COLUMNS = tuple(column.name for column in JournalEntry.__table__.columns if column.name != "leaf")
"""Of an entry's row: by these it is found, and each says what the leaf says under its name."""
_CODE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act, as it is committed together with its effect.

    Entries hold no personal data: ``evidence`` names rows by id, hashes (hex) and recording
    positions (ms on the call's clock); what is personal goes into ``personal`` and enters the
    journal as a salted commitment only. A text in ``evidence`` that is no id, hash or code is
    treated as personal, too.
    """

    what: str
    """The noun of the glossary, a dot, what happened: ``case.accepted``."""
    county_id: str
    home_organisation_id: str
    """Accountable at the window's own level."""
    county_organisation_id: str
    """Accountable at the county."""
    actor_staff_id: str | None
    """``None``: the resident, or the system by itself."""
    window_id: str | None = None
    case_id: str | None = None
    call_id: str | None = None
    grant_id: str | None = None
    mandate_id: str | None = None
    result: str = "done"
    """``done``, or the code of what came of it."""
    evidence: Mapping[str, JsonValue] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)
    """Field name → value; kept apart from the entry, where it can be erased."""


async def add_entry(session: AsyncSession, act: Act) -> str:
    """Commits ``act`` with the transaction that it belongs to; the entry's id.

    It is numbered afterwards (casework/journal/sequencing.py), so that acts never wait for each
    other here.
    """
    return record(session, act)


def record(session: AsyncSession, act: Act) -> str:
    """:func:`add_entry` for those who do not await: it is written when the session is flushed.

    Raises ``ValueError`` when ``what`` or ``result`` is no code.
    """
    for code in (act.what, act.result):
        if _CODE.fullmatch(code) is None:
            raise ValueError(f"{code!r} is no code")
    session.info[ACTED] = True
    entry_id = new_id()
    evidence, texts = take_out(act.evidence)
    openings = {name: commit(value) for name, value in (texts | dict(act.personal)).items()}
    body = entry_body(act, entry_id, CLOCK.read(), evidence, openings)
    found_by = {name: body[name] for name in _COLUMNS}
    append(session, JournalEntry, found_by | {"leaf": rfc8785.dumps(body).decode()})
    for name, opening in openings.items():
        append(
            session,
            JournalPersonal,
            {
                "entry_id": entry_id,
                "field": name,
                "county_id": act.county_id,
                "salt": opening.salt,
                "value": opening.value,
            },
        )
    return entry_id


def entry_body(
    act: Act,
    entry_id: str,
    moment: Moment,
    evidence: dict[str, JsonValue],
    openings: Mapping[str, Opening],
) -> dict[str, JsonValue]:
    """The entry as JSON: everything that the journal proves of the act."""
    return {
        "version": VERSION,
        "id": entry_id,
        "at_ms": moment.at_ms,
        "monotonic_ms": moment.monotonic_ms,
        "boot_id": moment.boot_id,
        "county_id": act.county_id,
        "home_organisation_id": act.home_organisation_id,
        "county_organisation_id": act.county_organisation_id,
        "actor_staff_id": act.actor_staff_id,
        "window_id": act.window_id,
        "case_id": act.case_id,
        "call_id": act.call_id,
        "grant_id": act.grant_id,
        "mandate_id": act.mandate_id,
        "what": act.what,
        "evidence": evidence,
        "personal": {name: opening.commitment for name, opening in openings.items()},
        "result": act.result,
    }
