"""Supervision's reviews by both lines: the desk, the score sheet, the chief's decisions."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.policy import COUNTY_LINE
from casework.reviews.agreement import agreement
from casework.reviews.assignment import step_back
from casework.reviews.disagreements import resolve
from casework.reviews.risk import WEIGHTS_TENTHS
from casework.reviews.sheets import Filled, NewRules, SheetLine, change_rules, current_rules
from casework.reviews.verdicts import save_draft, submit
from casework.sign_in import SignedIn
from casework.tables import Review, ReviewDraw, ReviewRules
from casework.vocabulary import AccountableLine, Role, Surface
from signaling.calls_of_cases import CALLS
from signaling.could_not_views import report_list
from signaling.draw_views import owed
from signaling.edge.roles import CHIEFS, COORDINATORS, SUPERVISORS
from signaling.edge.route import Asked, Route
from signaling.follow_up_views import follow_up_list
from signaling.matters import names
from signaling.review_views import review_detail, review_list, sheet_views, to_judge
from signaling.wire.api import Empty
from signaling.wire.reviews import (
    AgreementReport,
    AgreementRow,
    Decided,
    DeskCounts,
    ReviewDetail,
    ReviewFilter,
    ReviewList,
    ReviewQueue,
    ReviewRulesChanged,
    ReviewRulesView,
    Span,
    SteppedBack,
    VerdictDraft,
    VerdictGiven,
)


async def count_desk(asked: Asked[None]) -> DeskCounts:
    """What waits for the person in each section."""
    person = asked.person
    supervises = bool(person.roles & SUPERVISORS)
    async with asked.context.database.reading() as session:
        could_not = (await report_list(session, person, closed=False, page=1)).total
        if not supervises:
            return DeskCounts(
                reviews=0, disagreements=0, follow_ups=0, could_not=could_not, draws=0
            )
        mine = select(func.count()).select_from(Review).where(to_judge(person))
        follow_ups = await follow_up_list(session, person, closed=False, page=1)
        return DeskCounts(
            reviews=(await session.scalar(mine)) or 0,
            disagreements=await _disagreements(session, person),
            follow_ups=follow_ups.total,
            could_not=could_not,
            draws=await _draws(session, person),
        )


async def _disagreements(session: AsyncSession, person: SignedIn) -> int:
    if Role.CHIEF_COUNTY_SUPERVISOR not in person.roles:
        return 0
    return (await review_list(session, person, ReviewQueue.DISAGREED, 1)).total


async def _draws(session: AsyncSession, person: SignedIn) -> int:
    if person.roles & COUNTY_LINE:
        wanted = owed(person, AccountableLine.COUNTY)
    else:
        own = ReviewDraw.home_organisation_id == person.organisation_id
        wanted = owed(person, AccountableLine.HOME) & own
    return (await session.scalar(select(func.count()).select_from(ReviewDraw).where(wanted))) or 0


async def list_reviews(asked: Asked[ReviewFilter]) -> ReviewList:
    """One queue of the person's line."""
    async with asked.context.database.reading() as session:
        return await review_list(session, asked.person, asked.given.queue, asked.given.page)


async def show_review(asked: Asked[None]) -> ReviewDetail:
    """One review; while a verdict is missing, nothing of the other line's."""
    async with asked.context.database.reading() as session:
        return await review_detail(
            session, asked.context.protected, asked.person, asked.id("review_id")
        )


async def keep_draft(asked: Asked[VerdictDraft]) -> Empty:
    """Keeps a half-filled sheet for its reviewer."""
    given = asked.given
    async with asked.context.database.transaction() as session:
        await save_draft(
            session, asked.person, asked.id("review_id"),
            dict(given.scores), given.verdict, given.comment,
        )  # fmt: skip
    return Empty()


async def give_verdict(asked: Asked[VerdictGiven]) -> Empty:
    """Gives the verdict, for good; the second one compares both."""
    given = asked.given
    filled = Filled(given.scores, given.verdict, given.comment)
    async with asked.context.database.transaction() as session:
        await submit(session, asked.person, asked.id("review_id"), filled)
    return Empty()


async def step_back_from(asked: Asked[SteppedBack]) -> Empty:
    """回避: the reviewer names a conflict of interest; somebody else of the line gets the case."""
    async with asked.context.database.transaction() as session:
        await step_back(session, CALLS, asked.person, asked.id("review_id"), asked.given.reason)
    return Empty()


async def decide(asked: Asked[Decided]) -> Empty:
    """The chief ends a disagreement, with a reason."""
    async with asked.context.database.transaction() as session:
        await resolve(
            session, CALLS, asked.person, asked.id("review_id"),
            asked.given.decision, asked.given.reason,
        )  # fmt: skip
    return Empty()


async def report_agreement(asked: Asked[Span]) -> AgreementReport:
    """How often the lines agree, by unit and by helper, of what was compared in a time."""
    async with asked.context.database.reading() as session:
        units, helpers = await agreement(
            session, asked.person, asked.given.from_ms, asked.given.to_ms
        )
    return AgreementReport(
        units=[AgreementRow(**asdict(row)) for row in units],
        helpers=[AgreementRow(**asdict(row)) for row in helpers],
    )


async def show_rules(asked: Asked[None]) -> ReviewRulesView:
    """The score sheet, the share that is drawn, and the weights of the risk factors."""
    async with asked.context.database.transaction() as session:
        return await _rules(session, await current_rules(session, asked.person.county_id))


async def keep_rules(asked: Asked[ReviewRulesChanged]) -> ReviewRulesView:
    """A new version, for the reviews that begin from now on."""
    given = asked.given
    new = NewRules(
        version=given.version,
        lines=[
            SheetLine(line.key, line.kind, line.zh, line.en, line.points) for line in given.lines
        ],
        sample_permille=given.sample_permille,
        due_days=given.due_days,
    )
    person = asked.person
    async with asked.context.database.transaction() as session:
        rules = await change_rules(session, person.county_id, person.staff_id, new)
        await session.refresh(rules)
        return await _rules(session, rules)


async def _rules(session: AsyncSession, rules: ReviewRules) -> ReviewRulesView:
    known = await names(session, [rules.changed_by_staff_id])
    return ReviewRulesView(
        version=rules.version,
        lines=sheet_views(rules),
        sample_permille=rules.sample_permille,
        due_days=rules.due_days,
        changed_by_name=known.get(rules.changed_by_staff_id or ""),
        created_ms=rules.created_ms,
        weights_tenths={str(factor): tenths for factor, tenths in WEIGHTS_TENTHS.items()},
    )


_route = partial(Route, surface=Surface.SUPERVISION, roles=SUPERVISORS)
_ONE = "/api/supervision/reviews/{review_id}"
_RULES = "/api/supervision/review-rules"

ROUTES: Sequence[Route] = (
    Route(
        method="GET", path="/api/supervision/desk", surface=Surface.SUPERVISION,
        roles=SUPERVISORS | COORDINATORS, handler=count_desk, answer=DeskCounts,
    ),
    _route(
        method="GET", path="/api/supervision/reviews",
        handler=list_reviews, query=ReviewFilter, answer=ReviewList,
    ),
    _route(method="GET", path=_ONE, handler=show_review, answer=ReviewDetail),
    _route(
        method="POST", path=f"{_ONE}/draft",
        handler=keep_draft, request=VerdictDraft, answer=Empty,
    ),
    _route(
        method="POST", path=f"{_ONE}/verdict",
        handler=give_verdict, request=VerdictGiven, answer=Empty,
    ),
    _route(
        method="POST", path=f"{_ONE}/stepping-back",
        handler=step_back_from, request=SteppedBack, answer=Empty,
    ),
    Route(
        method="POST", path=f"{_ONE}/decision", surface=Surface.SUPERVISION, roles=CHIEFS,
        handler=decide, request=Decided, answer=Empty,
    ),
    _route(
        method="GET", path="/api/supervision/review-agreement",
        handler=report_agreement, query=Span, answer=AgreementReport,
    ),
    _route(method="GET", path=_RULES, handler=show_rules, answer=ReviewRulesView),
    Route(
        method="POST", path=_RULES, surface=Surface.SUPERVISION, roles=CHIEFS,
        handler=keep_rules, request=ReviewRulesChanged, answer=ReviewRulesView,
    ),
)  # fmt: skip
