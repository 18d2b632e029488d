"""What tests of reviews, follow-ups and reports need: more people, cases that were handled."""

from sqlalchemy import func, select, update

from casework.database import new_id
from casework.ratings import ask_for_rating, give_rating
from casework.reviews.sheets import DEFAULT_LINES
from casework.tables import Case, CaseEvent, FollowUp, Review, ReviewVerdict, StaffMember, StaffRole
from casework.vocabulary import RatingGrade, Role, SheetLineKind
from signaling.review_watch import ReviewWatch
from tests.signaling.edge.conftest import Edge

DAY_MS = 24 * 3_600_000


async def add_person(edge: Edge, username: str, role: Role, home: str) -> str:
    """With everybody's password; signs in by the name."""
    county = edge.county
    async with edge.context.database.transaction() as session:
        some = select(StaffMember.password_hash).where(StaffMember.id == county.staff["helper"])
        person = StaffMember(
            id=new_id(),
            county_id=county.county_id,
            organisation_id=county.organisations[home],
            username=username,
            name=f"姓名{username}",
            name_en=username.title(),
            password_hash=await session.scalar(some),
            created_ms=0,
        )
        session.add(person)
        await session.flush()
        session.add(
            StaffRole(
                county_id=county.county_id,
                staff_id=person.id,
                role=role,
                source="demo",
                granted_ms=0,
            )
        )
    county.staff[username] = person.id
    return person.id


async def handled_case(edge: Edge, *, state: str = "accepted", mode: str = "delegated") -> str:
    """A case that a helper and an agent brought to an end in a call, as rows."""
    helper = await edge.sign_in("helper")
    case_id = await edge.case(helper)
    call_id = await edge.county.call(case_id)
    await edge.county.end_call(call_id)
    async with edge.context.database.transaction() as session:
        number = (
            f"{edge.county.code}-20261122-{await session.scalar(select(func.count(Case.id))):05d}"
        )
        await session.execute(
            update(Case).where(Case.id == case_id).values(state=state, mode=mode, number=number)
        )
        case = await session.get_one(Case, case_id)
        session.add(
            CaseEvent(
                county_id=case.county_id,
                case_id=case_id,
                call_id=call_id,
                actor_staff_id=edge.county.staff["agent"],
                home_organisation_id=case.home_organisation_id,
                county_organisation_id=case.county_organisation_id,
                kind="case.refused" if state == "refused" else "outcome.given",
                outcome=None if state == "refused" else "accepted",
                body={},
                at_ms=case.created_ms,
            )
        )
    return case_id


async def rated_poorly(edge: Edge, grade: RatingGrade = RatingGrade.VERY_DISSATISFIED) -> FollowUp:
    case_id = await handled_case(edge, mode="assisted")
    async with edge.context.database.transaction() as session:
        case = await session.get_one(Case, case_id)
        event = select(CaseEvent.call_id).where(
            CaseEvent.case_id == case_id, CaseEvent.call_id.is_not(None)
        )
        call_id = await session.scalar(event)
        token = await ask_for_rating(session, case, call_id or "")
        await give_rating(session, token or "", grade)
        return (await session.scalars(select(FollowUp).where(FollowUp.case_id == case_id))).one()


def watch(edge: Edge) -> ReviewWatch:
    async def no_tree(*_: object) -> None:
        return None

    return ReviewWatch(edge.context.database, no_tree)


async def opened_review(edge: Edge, *, mode: str = "delegated") -> Review:
    """With two who may review on each side, and the chief."""
    await handled_case(edge, mode=mode)
    await watch(edge).look()
    async with edge.context.database.reading() as session:
        query = select(Review).where(Review.county_id == edge.county.county_id)
        return (await session.scalars(query)).one()


async def reviewer(edge: Edge, review_id: str, line: str) -> str:
    """The username of the line's reviewer."""
    async with edge.context.database.reading() as session:
        query = (
            select(StaffMember.username)
            .join(ReviewVerdict, ReviewVerdict.reviewer_staff_id == StaffMember.id)
            .where(ReviewVerdict.review_id == review_id, ReviewVerdict.line == line)
        )
        return (await session.execute(query)).scalar_one()


def sheet(verdict: str = "proper", comment: str = "", **scores: int | bool) -> dict[str, object]:
    full: dict[str, int | bool] = {
        line.key: True if line.kind is SheetLineKind.DONT else line.points for line in DEFAULT_LINES
    }
    return {"scores": {**full, **scores}, "verdict": verdict, "comment": comment}
