"""The receipt: what the resident takes along, and what its code opens to anybody who holds it.

Issuing one is an act itself: its entry names the case's entries so far, and a checkpoint is made for
it at once. The code has 80 random bits and is kept as its hash; guesses make their source wait.
"""

import asyncio
import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework import backoff
from casework.backoff import Patience
from casework.database import Database, new_id, now_ms
from casework.errors import NotFound, TooMany, Unavailable
from casework.journal.acts import Act, add_entry
from casework.journal.checkpoints import RECEIPT_ISSUED
from casework.journal.proofs import EntryProof, prove_entry
from casework.journal.reading import result_of
from casework.tables import (
    Case,
    JournalEntry,
    JournalPersonal,
    Organisation,
    Receipt,
    StaffMember,
    Subject,
)

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter looks like a digit."""
CODE_CHARACTERS = 16
_CODE = re.compile(rf"[{ALPHABET}]{{{CODE_CHARACTERS}}}")
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
ENTRIES_NAMED = 200
CHECKPOINT_WAIT_S = 8.0
CHECKPOINT_LOOK_S = 0.1
GUESSES = Patience(free=10, longest_ms=900_000)
SUBJECT = "subject_masked"
"""The one personal field of a receipt's entry that its proof opens."""


def new_code() -> str:
    """16 characters; 80 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARACTERS))


def written(code: str) -> str:
    """In fours, as it is printed."""
    return "-".join(code[at : at + 4] for at in range(0, CODE_CHARACTERS, 4))


def read_code(text: str) -> str | None:
    """A code as somebody typed it; ``None`` when it can't be one."""
    code = text.upper().translate(_READ_AS)
    return code if _CODE.fullmatch(code) else None


def hash_code(code: str) -> bytes:
    """A fast hash will do: nobody tries 2 to the 80th."""
    return hashlib.sha256(code.encode()).digest()


def mask(name: str) -> str:
    """The family name's first character only; for a name in letters, the initial."""
    return f"{name[:1]}**" if name else ""


@dataclass(frozen=True, slots=True)
class NewReceipt:
    id: str
    code: str
    """Shown once: the database has only its hash."""
    entry_id: str


async def issue_receipt(
    session: AsyncSession,
    case: Case,
    *,
    issued_by: str,
    call_id: str | None = None,
    mandate_id: str | None = None,
) -> NewReceipt:
    """A receipt over all that was done in the case so far.

    Once committed, :func:`await_proof` tells the checkpoint that is made for it.

    :param issued_by: staff id of the helper who prints it.
    """
    receipt_id, code = new_id(), new_code()
    subject = await session.get_one(Subject, case.subject_id)
    entry_id = await add_entry(
        session,
        Act(
            what=RECEIPT_ISSUED,
            county_id=case.county_id,
            home_organisation_id=case.home_organisation_id,
            county_organisation_id=case.county_organisation_id,
            actor_staff_id=issued_by,
            window_id=case.window_id,
            case_id=case.id,
            call_id=call_id,
            mandate_id=mandate_id,
            evidence={
                "receipt_id": receipt_id,
                "case_state": str(case.state),
                "entry_ids": await _entries_so_far(session, case.id),
            },
            personal={SUBJECT: mask(subject.name)},
        ),
    )
    session.add(
        Receipt(
            id=receipt_id,
            county_id=case.county_id,
            case_id=case.id,
            call_id=call_id,
            entry_id=entry_id,
            code_hash=hash_code(code),
            home_organisation_id=case.home_organisation_id,
            county_organisation_id=case.county_organisation_id,
            issued_by_staff_id=issued_by,
            issued_ms=now_ms(),
        )
    )
    await session.flush()
    return NewReceipt(receipt_id, code, entry_id)


async def _entries_so_far(session: AsyncSession, case_id: str) -> list[JsonValue]:
    """Ids, the latest 200 of them, in order."""
    done = await session.scalars(
        select(JournalEntry.id)
        .where(JournalEntry.case_id == case_id)
        .order_by(JournalEntry.id.desc())
        .limit(ENTRIES_NAMED)
    )
    return [*sorted(done)]


async def await_proof(
    database: Database, county_id: str, entry_id: str, wait_s: float | None = None
) -> EntryProof:
    """The proof under the checkpoint that issuing forced.

    :raises Unavailable: nobody sequences: no node is at work, or its database is overloaded.
    """
    try:
        async with asyncio.timeout(CHECKPOINT_WAIT_S if wait_s is None else wait_s):
            while True:
                async with database.reading() as session:
                    proof = await prove_entry(session, county_id, entry_id)
                if proof is not None:
                    return proof
                await asyncio.sleep(CHECKPOINT_LOOK_S)  # another node may be at it: no event tells
    except TimeoutError:
        raise Unavailable("receipt.no_checkpoint") from None


async def find_receipt(session: AsyncSession, code: str) -> Receipt:
    """For those who have held back guesses already: see :func:`look_up`.

    :raises NotFound: there is no such code.
    """
    wanted = read_code(code)
    if wanted is not None:
        found = await session.scalar(select(Receipt).where(Receipt.code_hash == hash_code(wanted)))
        if found is not None:
            return found
    raise NotFound("receipt.not_found")


async def look_up(database: Database, code: str, source: str) -> Receipt:
    """:func:`find_receipt` for strangers: each wrong code makes their address wait longer.

    :raises NotFound: there is no such code.
    :raises TooMany: the address has to wait, whatever code it tries.
    """
    subject = f"receipt:{source}"
    try:
        async with database.reading() as session:
            wait_s = await backoff.wait_s(session, subject)
            if wait_s:
                raise TooMany("receipt.wait", retry_after_s=wait_s)
            return await find_receipt(session, code)
    except NotFound:
        async with database.transaction() as session:
            await backoff.count_attempt(session, subject, GUESSES)
        raise


@dataclass(frozen=True, slots=True)
class Done:
    """One line of what was done in the case."""

    what: str
    result: str
    at_ms: int
    actor: str | None
    """Masked; ``None``: the resident, or the system by itself."""
    actor_organisation: str


@dataclass(frozen=True, slots=True)
class Watched:
    """Somebody who watched a recording of the case, took it out as evidence, or was in a call."""

    name: str
    organisation: str
    at_ms: int
    exported: bool = False
    listened: bool = False
    """A supervisor, while the call went on."""


@dataclass(frozen=True, slots=True)
class ReceiptContent:
    case: Case
    subject: str
    """Masked."""
    home_organisation: str
    county_organisation: str
    done: Sequence[Done]
    opened: dict[str, dict[str, str]]
    """What the downloaded proof opens."""


async def read_receipt(
    session: AsyncSession, receipt: Receipt, language: str = "zh-CN"
) -> ReceiptContent:
    """What its holder may see: everything masked, and nothing done after it was issued."""
    case = await session.get_one(Case, receipt.case_id)
    subject = await session.get_one(Subject, case.subject_id)
    return ReceiptContent(
        case=case,
        subject=mask(subject.name),
        home_organisation=await _unit(session, receipt.home_organisation_id, language),
        county_organisation=await _unit(session, receipt.county_organisation_id, language),
        done=await _done(session, receipt, language),
        opened=await _opened(session, receipt.entry_id),
    )


async def _unit(session: AsyncSession, organisation_id: str, language: str) -> str:
    unit = await session.get_one(Organisation, organisation_id)
    return unit.name_en if language == "en" else unit.name


async def _done(session: AsyncSession, receipt: Receipt, language: str) -> list[Done]:
    entry, person, unit = JournalEntry, StaffMember, Organisation
    rows = await session.execute(
        select(entry, person.name, person.name_en, unit.name, unit.name_en)
        .outerjoin(person, person.id == entry.actor_staff_id)
        .outerjoin(unit, unit.id == person.organisation_id)
        .where(entry.case_id == receipt.case_id, entry.id <= receipt.entry_id)
        .order_by(entry.id.desc())
        .limit(ENTRIES_NAMED)
    )
    english = language == "en"
    return [
        Done(
            what=row.what,
            result=result_of(row.leaf),
            at_ms=row.at_ms,
            actor=None if name is None else mask(name_en if english else name),
            actor_organisation=(unit_en if english else unit_name) or "",
        )
        for row, name, name_en, unit_name, unit_en in reversed(rows.all())
    ]


async def _opened(session: AsyncSession, entry_id: str) -> dict[str, dict[str, str]]:
    """Only the masked name; gone when it was erased."""
    kept = await session.get(JournalPersonal, (entry_id, SUBJECT))
    return {} if kept is None else {SUBJECT: {"salt": kept.salt.hex(), "value": kept.value}}
