"""Who spoke in a call, and the file that says how loud."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.errors import NotFound
from casework.tables import StaffMember
from recording.keeping.files import stored_file
from recording.review.levels import LEVELS, Levels, parse_levels
from recording.supervision import Opener
from recording.tables import Recording
from signaling.tables import CallParticipant

NONE_KEPT = Levels({}, frozenset())


class Voice(NamedTuple):
    kind: str
    name: str


async def voices_of(session: AsyncSession, call_id: str) -> Mapping[str, Voice]:
    """By participant."""
    rows = await session.execute(
        select(CallParticipant.id, CallParticipant.kind, StaffMember.name)
        .outerjoin(StaffMember, StaffMember.id == CallParticipant.staff_id)
        .where(CallParticipant.call_id == call_id)
    )
    return {row.id: Voice(row.kind, row.name or "") for row in rows}


async def read_levels(
    session: AsyncSession, opener: Opener, recording: Recording, name: str
) -> Levels:
    """Nothing for a recording of a time when none were kept. Raises ``Unavailable``."""
    try:
        in_store = await stored_file(session, recording, name)
        file = await opener.open_file(recording, LEVELS, name, in_store)
    except (LookupError, NotFound):
        return NONE_KEPT
    async with file:
        return parse_levels(await file.read(0, file.size))
