"""A poor rating: its evidence is held, both lines are told, and somebody asks the resident again.

Whoever took part in the case neither sees nor closes its follow-up.
"""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import new_id, now_ms, read_clock
from casework.errors import Conflict, Forbidden, Invalid, NotFound
from casework.participants import Calls, who_took_part
from casework.policy import may_supervise
from casework.reviews.acts import note_follow_up
from casework.reviews.contacts import Contact, keep_contact
from casework.reviews.holds import Source, hold, lift
from casework.sign_in import SignedIn
from casework.tables import FollowUp, Rating, ResidentContact
from casework.vocabulary import FollowUpState, HoldReason

DUE_MS = 3 * 24 * 3_600_000


async def open_follow_up(session: AsyncSession, rating: Rating) -> FollowUp:
    """In the transaction of the rating. It stands on both lines' desks from then on."""
    clock = await read_clock(session)
    follow_up = FollowUp(
        id=new_id(),
        county_id=rating.county_id,
        rating_id=rating.id,
        case_id=rating.case_id,
        call_id=rating.call_id,
        home_organisation_id=rating.home_organisation_id,
        county_organisation_id=rating.county_organisation_id,
        state=FollowUpState.OPEN,
        due_ms=clock + DUE_MS,
        opened_ms=clock,
    )
    session.add(follow_up)
    await session.flush()
    source = Source(
        HoldReason.POOR_RATING, follow_up.id, rating.county_id,
        rating.home_organisation_id, rating.county_organisation_id,
    )  # fmt: skip
    await hold(session, rating.call_id, source)
    await note_follow_up(session, follow_up, "opened", None)
    return follow_up


async def find_follow_up(
    session: AsyncSession, calls: Calls, person: SignedIn, follow_up_id: str
) -> FollowUp:
    """Of the person's line, and about nothing that the person did.

    :raises NotFound: absent, of another line, or about the person.
    """
    found = await session.scalar(
        select(FollowUp)
        .where(
            FollowUp.id == follow_up_id,
            may_supervise(person, FollowUp.county_id, FollowUp.home_organisation_id),
        )
        .execution_options(populate_existing=True)
    )
    if found is None or person.staff_id in await who_took_part(session, calls, found.case_id):
        raise NotFound("follow_up.not_found")
    return found


async def record_contact(
    session: AsyncSession, calls: Calls, person: SignedIn, follow_up_id: str, given: Contact
) -> None:
    """:raises NotFound: see :func:`find_follow_up`.
    :raises Conflict: it is closed.
    :raises Invalid: nothing is said about what was said.
    """
    follow_up = await find_follow_up(session, calls, person, follow_up_id)
    if follow_up.state != FollowUpState.OPEN:
        raise Conflict("follow_up.closed")
    await keep_contact(session, follow_up, person.staff_id, given)
    evidence = {"channel": str(given.channel), "reached": given.reached}
    await note_follow_up(session, follow_up, "contacted", person.staff_id, evidence)


async def close_follow_up(
    session: AsyncSession, calls: Calls, person: SignedIn, follow_up_id: str, finding: str
) -> None:
    """After the resident was asked again, or could not be reached although it was tried.

    :raises NotFound: see :func:`find_follow_up`: the person rated is told no more than that.
    :raises Invalid: without a finding.
    :raises Forbidden: nobody has tried to reach the resident.
    :raises Conflict: somebody else closed it.
    """
    if not finding.strip():
        raise Invalid("follow_up.finding")
    follow_up = await find_follow_up(session, calls, person, follow_up_id)
    contact = select(ResidentContact.id).where(ResidentContact.follow_up_id == follow_up.id)
    if await session.scalar(contact.limit(1)) is None:
        raise Forbidden("follow_up.no_contact")
    row = FollowUp
    closed = await session.execute(
        update(row)
        .where(row.id == follow_up.id, row.state == FollowUpState.OPEN)
        .values(
            state=FollowUpState.CLOSED,
            finding=finding.strip(),
            closed_by_staff_id=person.staff_id,
            closed_ms=now_ms(),
        )
        .returning(row.id)
    )
    if closed.scalar_one_or_none() is None:
        raise Conflict("follow_up.closed")
    await note_follow_up(session, follow_up, "closed", person.staff_id)
    await lift(session, HoldReason.POOR_RATING, follow_up.id, person.staff_id)


async def follow_ups_overdue(session: AsyncSession, limit: int) -> list[str]:
    """Open past their time, and the chief has not been told yet."""
    row = FollowUp
    rows = await session.scalars(
        select(row.id)
        .where(
            row.state == FollowUpState.OPEN,
            row.due_ms <= now_ms(),
            row.overdue_told_ms.is_(None),
        )
        .limit(limit)
    )
    return list(rows)


async def tell_chief(session: AsyncSession, follow_up_id: str) -> bool:
    """Whether it was this call that told: once, on whichever node."""
    row = FollowUp
    told = await session.execute(
        update(row)
        .where(
            row.id == follow_up_id,
            row.state == FollowUpState.OPEN,
            row.due_ms <= now_ms(),
            row.overdue_told_ms.is_(None),
        )
        .values(overdue_told_ms=now_ms())
        .returning(row.id)
    )
    if told.scalar_one_or_none() is None:
        return False
    follow_up = await session.get_one(row, follow_up_id)
    await note_follow_up(session, follow_up, "overdue", None)
    return True
