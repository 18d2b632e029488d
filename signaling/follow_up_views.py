"""Follow-ups of poor ratings as both lines are shown them."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.participants import took_part_in
from casework.policy import may_supervise
from casework.protected import ProtectedFields
from casework.sign_in import SignedIn
from casework.tables import FollowUp, Rating, ResidentContact
from casework.vocabulary import FollowUpState, RatingGrade
from signaling.calls_of_cases import CALLS
from signaling.case_views import case_views
from signaling.matters import PAGE_SIZE, contacts, matters, names
from signaling.wire.reviews import FollowUpBrief, FollowUpDetail, FollowUpList


async def follow_up_list(
    session: AsyncSession, person: SignedIn, *, closed: bool, page: int
) -> FollowUpList:
    """Nothing about what the person did."""
    row = FollowUp
    wanted = (
        may_supervise(person, row.county_id, row.home_organisation_id),
        ~took_part_in(person.staff_id, row.case_id, CALLS),
        row.state == (FollowUpState.CLOSED if closed else FollowUpState.OPEN),
    )
    total = await session.scalar(select(func.count()).select_from(row).where(*wanted))
    order = (row.closed_ms.desc(),) if closed else (row.due_ms, row.id)
    rows = await session.scalars(
        select(row).where(*wanted).order_by(*order).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    )
    found = [await _brief(session, one) for one in rows.all()]
    return FollowUpList(follow_ups=found, total=total or 0, page=page, page_size=PAGE_SIZE)


async def _brief(session: AsyncSession, row: FollowUp) -> FollowUpBrief:
    rating = await session.get_one(Rating, row.rating_id)
    made = select(func.count()).where(ResidentContact.follow_up_id == row.id)
    return FollowUpBrief(
        id=row.id,
        about=(await matters(session, [row.case_id]))[row.case_id],
        grade=RatingGrade(rating.grade or ""),
        state=FollowUpState(row.state),
        contacts=(await session.scalar(made)) or 0,
        opened_ms=row.opened_ms,
        due_ms=row.due_ms,
        closed_ms=row.closed_ms,
    )


async def follow_up_detail(
    session: AsyncSession, protected: ProtectedFields, row: FollowUp
) -> FollowUpDetail:
    (case,) = await case_views(session, protected, [row.case_id])
    known = await names(session, [row.closed_by_staff_id])
    return FollowUpDetail(
        follow_up=await _brief(session, row),
        case=case,
        call_id=row.call_id,
        contacts=list(await contacts(session, ResidentContact.follow_up_id == row.id)),
        finding=row.finding,
        closed_by_name=known.get(row.closed_by_staff_id or ""),
    )
