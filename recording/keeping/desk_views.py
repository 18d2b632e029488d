"""What supervision is shown of terms, holds, tombstones and the store."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.sign_in import SignedIn
from casework.tables import Organisation, StaffMember
from casework.vocabulary import AccountableLine, RetentionChangeState, RetentionClass
from recording.keeping.holds import line_of
from recording.keeping.tables import RecordingHold, RetentionChange, Tombstone
from recording.tables import Recording
from signaling.pairing.numbers import label
from signaling.tables import Call, Ticket
from signaling.wire import keeping as wire

LISTED = 200
LATE_CHANGES = 20
PROBLEMS = 20


async def change_views(session: AsyncSession, county_id: str) -> list[wire.RetentionChangeView]:
    proposer, decider = aliased(StaffMember), aliased(StaffMember)
    rows = await session.execute(
        select(RetentionChange, proposer, decider.name)
        .join(proposer, proposer.id == RetentionChange.proposed_by_staff_id)
        .outerjoin(decider, decider.id == RetentionChange.decided_by_staff_id)
        .where(RetentionChange.county_id == county_id)
        .order_by(
            (RetentionChange.state != RetentionChangeState.PROPOSED), RetentionChange.id.desc()
        )
        .limit(LATE_CHANGES)
    )
    return [
        wire.RetentionChangeView(
            id=change.id,
            retention_class=RetentionClass(change.retention_class),
            from_years=change.from_years,
            to_years=change.to_years,
            reason=change.reason,
            state=RetentionChangeState(change.state),
            proposed_by_name=by.name,
            proposed_by_name_en=by.name_en,
            proposed_ms=change.proposed_ms,
            decided_by_name=decided_by,
            decided_ms=change.decided_ms,
        )
        for change, by, decided_by in rows
    ]


async def hold_views(
    session: AsyncSession, person: SignedIn, wanted: ColumnElement[bool]
) -> list[wire.HoldView]:
    """Who may see is in ``wanted``."""
    rows = await session.execute(
        select(RecordingHold, StaffMember, Organisation, Ticket)
        .join(StaffMember, StaffMember.id == RecordingHold.placed_by_staff_id)
        .join(Organisation, Organisation.id == RecordingHold.home_organisation_id)
        .join(Call, Call.id == RecordingHold.call_id)
        .join(Ticket, Ticket.id == Call.ticket_id)
        .where(wanted)
        .order_by(RecordingHold.lifted_ms.is_not(None), RecordingHold.id.desc())
        .limit(LISTED)
    )
    return [
        wire.HoldView(
            id=hold.id,
            call_id=hold.call_id,
            call_label=label(ticket.letters, ticket.number),
            home_organisation_name=home.name,
            home_organisation_name_en=home.name_en,
            line=AccountableLine(hold.line),
            mine=hold.line == line_of(person),
            reason=hold.reason,
            placed_by_name=by.name,
            placed_by_name_en=by.name_en,
            placed_ms=hold.placed_ms,
            lifted_ms=hold.lifted_ms,
            lift_reason=hold.lift_reason,
        )
        for hold, by, home, ticket in rows
    ]


async def tombstone_views(session: AsyncSession, call_id: str) -> list[wire.TombstoneView]:
    rows = await session.scalars(
        select(Tombstone)
        .join(Recording, Recording.id == Tombstone.recording_id)
        .where(Recording.call_id == call_id)
        .order_by(Tombstone.id)
    )
    return [
        wire.TombstoneView(
            recording_id=row.recording_id,
            expired_ms=row.expired_ms,
            retention_class=RetentionClass(row.retention_class),
            document=row.document.decode(),
            signature=row.signature.hex(),
            public_key=row.signing_key_id,
        )
        for row in rows
    ]


async def problem_views(session: AsyncSession, county_id: str) -> list[wire.StorageProblem]:
    """The oldest first."""
    rows = await session.scalars(
        select(Recording)
        .where(Recording.county_id == county_id, Recording.store_problem != "")
        .order_by(Recording.id)
        .limit(PROBLEMS)
    )
    return [
        wire.StorageProblem(
            recording_id=row.id,
            node_id=row.node_id,
            waiting_since_ms=row.closed_ms or row.started_ms,
            problem=row.store_problem,
        )
        for row in rows
    ]
