"""Signatures: strokes, sealed at rest, and bound to the hash of exactly what was shown."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import new_id, now_ms
from casework.forms.strokes import Point, Stroke, canonical_strokes, check_strokes, strokes_sha256
from casework.moments import Moment
from casework.protected import Field, ProtectedFields
from casework.tables import Case, Signature
from casework.vocabulary import Relation, SignaturePurpose, Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSignature:
    purpose: SignaturePurpose
    signed_sha256: str
    """Of exactly what was shown."""
    strokes: Sequence[Stroke]
    form_version_id: str | None = None
    """Of a form."""


def signer_of(case: Case) -> Signer:
    """Who holds the pen: the helper only where the resident is absent."""
    absent = case.present_relation == Relation.HELPER
    return Signer.HELPER if absent else Signer.PRESENT_PERSON


async def keep_signature(
    session: AsyncSession,
    protected: ProtectedFields,
    case: Case,
    moment: Moment,
    given: NewSignature,
) -> Signature:
    """Keeps the signature in the transaction of what it is set under. Who may, is asked before.

    :raises Invalid: too little or too much was drawn.
    """
    check_strokes(given.strokes)
    row_id = new_id()
    row = Signature(
        id=row_id,
        county_id=case.county_id,
        case_id=case.id,
        purpose=given.purpose,
        form_version_id=given.form_version_id,
        signed_sha256=given.signed_sha256,
        signer=signer_of(case),
        strokes_sealed=protected.seal(
            canonical_strokes(given.strokes).decode(), Field.STROKES, row_id
        ),
        strokes_sha256=strokes_sha256(given.strokes),
        call_id=moment.call_id,
        position_ms=moment.position_ms,
        witnessed_by_staff_id=moment.actor.staff_id,
        home_organisation_id=case.home_organisation_id,
        county_organisation_id=case.county_organisation_id,
        signed_ms=now_ms(),
    )
    session.add(row)
    await session.flush()
    return row


def open_strokes(protected: ProtectedFields, row: Signature) -> list[list[Point]]:
    """:raises WrongKey: damaged, or sealed under another key."""
    strokes: list[list[Point]] = json.loads(
        protected.open(row.strokes_sealed, Field.STROKES, row.id)
    )
    return strokes
