"""Reviews as they are shown: while one verdict is missing, nobody sees the other."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.errors import NotFound
from casework.participants import took_part_in
from casework.policy import may_supervise
from casework.protected import ProtectedFields
from casework.reviews.sheets import lines_of
from casework.sign_in import SignedIn
from casework.tables import Review, ReviewRules, ReviewVerdict, StaffMember
from casework.vocabulary import AccountableLine, ReviewReason, ReviewState, Role, Verdict
from signaling.calls_of_cases import CALLS
from signaling.case_views import case_views
from signaling.matters import PAGE_SIZE, matters, names
from signaling.wire.reviews import (
    ReviewBrief,
    ReviewDetail,
    ReviewList,
    ReviewQueue,
    SheetLineView,
    VerdictView,
)


def _visible(person: SignedIn) -> ColumnElement[bool]:
    """Of the person's line, and of nothing that the person did."""
    return and_(
        may_supervise(person, Review.county_id, Review.home_organisation_id),
        ~took_part_in(person.staff_id, Review.case_id, CALLS),
    )


def to_judge(person: SignedIn) -> ColumnElement[bool]:
    """Reviews that wait for this person's verdict."""
    return and_(
        Review.state == ReviewState.OPEN,
        exists().where(
            ReviewVerdict.review_id == Review.id,
            ReviewVerdict.reviewer_staff_id == person.staff_id,
            ReviewVerdict.submitted_ms.is_(None),
        ),
    )


def _queue(person: SignedIn, queue: ReviewQueue) -> ColumnElement[bool]:
    match queue:
        case ReviewQueue.MINE:
            return to_judge(person)
        case ReviewQueue.OPEN:
            return Review.state == ReviewState.OPEN
        case ReviewQueue.DISAGREED:
            return Review.state == ReviewState.DISAGREED
        case ReviewQueue.CLOSED:
            return Review.state.in_((ReviewState.AGREED, ReviewState.RESOLVED))


async def review_list(
    session: AsyncSession, person: SignedIn, queue: ReviewQueue, page: int
) -> ReviewList:
    """What is open: what is due first; what is over: the latest first."""
    wanted = (_visible(person), _queue(person, queue))
    total = await session.scalar(select(func.count()).select_from(Review).where(*wanted))
    latest = Review.compared_ms.desc(), Review.id
    order = latest if queue is ReviewQueue.CLOSED else (Review.due_ms, Review.id)
    rows = await session.scalars(
        select(Review)
        .where(*wanted)
        .order_by(*order)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    reviews = [await _brief(session, person, one) for one in rows.all()]
    return ReviewList(reviews=reviews, total=total or 0, page=page, page_size=PAGE_SIZE)


async def _verdicts(session: AsyncSession, review_id: str) -> Sequence[ReviewVerdict]:
    rows = await session.scalars(
        select(ReviewVerdict)
        .where(ReviewVerdict.review_id == review_id)
        .order_by(ReviewVerdict.line)
        .execution_options(populate_existing=True)
    )
    return rows.all()


def _own(person: SignedIn, verdicts: Sequence[ReviewVerdict]) -> ReviewVerdict | None:
    return next((one for one in verdicts if one.reviewer_staff_id == person.staff_id), None)


async def _brief(session: AsyncSession, person: SignedIn, review: Review) -> ReviewBrief:
    verdicts = await _verdicts(session, review.id)
    own = _own(person, verdicts)
    return ReviewBrief(
        id=review.id,
        about=(await matters(session, [review.case_id]))[review.case_id],
        reasons=[ReviewReason(reason) for reason in review.reasons],
        state=ReviewState(review.state),
        line=None if own is None else AccountableLine(own.line),
        given=own is not None and own.submitted_ms is not None,
        unassigned=[AccountableLine(one.line) for one in verdicts if one.reviewer_staff_id is None],
        opened_ms=review.opened_ms,
        due_ms=review.due_ms,
    )


async def review_detail(
    session: AsyncSession, protected: ProtectedFields, person: SignedIn, review_id: str
) -> ReviewDetail:
    """:raises NotFound: absent, of another line, or about what the person did."""
    query = select(Review).where(Review.id == review_id, _visible(person))
    review = await session.scalar(query.execution_options(populate_existing=True))
    if review is None:
        raise NotFound("review.not_found")
    rules = await session.get_one(ReviewRules, review.rules_id)
    verdicts = await _verdicts(session, review.id)
    own = _own(person, verdicts)
    both = [] if review.state == ReviewState.OPEN else verdicts
    known = await names(
        session, [review.decided_by_staff_id, *(one.reviewer_staff_id for one in verdicts)]
    )
    helper = await session.get_one(StaffMember, review.helper_staff_id)
    (case,) = await case_views(session, protected, [review.case_id])
    chief = Role.CHIEF_COUNTY_SUPERVISOR in person.roles
    return ReviewDetail(
        review=await _brief(session, person, review),
        case=case,
        call_id=review.call_id,
        helper_name=helper.name,
        helper_name_en=helper.name_en,
        lines=sheet_views(rules),
        own=None if own is None else _verdict(own, known),
        verdicts=[_verdict(one, known) for one in both],
        differences=list(review.differences),
        decision=None if review.decision is None else Verdict(review.decision),
        decision_reason=review.decision_reason,
        decided_by_name=known.get(review.decided_by_staff_id or ""),
        may_decide=chief and review.state == ReviewState.DISAGREED,
    )


def _verdict(row: ReviewVerdict, known: dict[str, str]) -> VerdictView:
    return VerdictView(
        line=AccountableLine(row.line),
        reviewer_name=known.get(row.reviewer_staff_id or "", ""),
        scores=row.scores,
        verdict=None if row.verdict is None else Verdict(row.verdict),
        comment=row.comment,
        points=row.points,
        submitted_ms=row.submitted_ms,
    )


def sheet_views(rules: ReviewRules) -> list[SheetLineView]:
    return [
        SheetLineView(key=line.key, kind=line.kind, zh=line.zh, en=line.en, points=line.points)
        for line in lines_of(rules)
    ]
