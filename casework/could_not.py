"""办不成事反映: opened by the resident or by staff at any moment, and never deleted.

A report has an owner and a clock from its first moment. It begins with the town's own coordinator,
or with the county's when the town has none; casework/reviews/could_not_desk.py moves it on.
"""

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.county_time import county_moment
from casework.database import new_id, now_ms, read_clock
from casework.errors import Conflict, Expired, Invalid, NotFound
from casework.journal.acts import Act, add_entry
from casework.reviews.holds import Source, hold
from casework.tables import (
    Case,
    CouldNotEvent,
    CouldNotReport,
    County,
    Organisation,
    ReportToken,
    StaffMember,
    StaffRole,
)
from casework.vocabulary import (
    HoldReason,
    OrganisationKind,
    Reporter,
    ReportLevel,
    ReportState,
    Role,
)

DAY_MS = 24 * 3_600_000
DUE_MS = 5 * DAY_MS
"""Promised to the reporter."""
HOME_MS = 2 * DAY_MS
"""So long the town's coordinator has it before the county's does."""
TOKEN_BYTES = 32
TOKEN_VALID_MS = 12 * 3_600_000
"""A call and the rest of the visit."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a report comes from: the two units that answer for it."""

    county_id: str
    home_organisation_id: str
    county_organisation_id: str

    @classmethod
    def of(cls, case: Case) -> "Place":
        return cls(case.county_id, case.home_organisation_id, case.county_organisation_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was told, by whom, about what. ``staff_id`` is ``None`` for the resident."""

    text: str
    reporter: Reporter
    staff_id: str | None = None
    case_id: str | None = None
    call_id: str | None = None


async def open_report(session: AsyncSession, place: Place, told: Told) -> CouldNotReport:
    """Opens a report, gives it an owner and a clock, and holds the call's evidence.

    :raises Invalid: nothing was said.
    """
    if not told.text.strip():
        raise Invalid("could_not.text")
    level, owner = await first_owner(session, place)
    clock = await read_clock(session)
    report = CouldNotReport(
        id=new_id(),
        county_id=place.county_id,
        number=await _next_number(session, place.county_id, clock),
        case_id=told.case_id,
        call_id=told.call_id,
        reporter=told.reporter,
        opened_by_staff_id=told.staff_id,
        owner_staff_id=owner,
        level=level,
        level_due_ms=clock + (HOME_MS if level is ReportLevel.HOME else DUE_MS),
        text=told.text.strip(),
        state=ReportState.OPEN,
        home_organisation_id=place.home_organisation_id,
        county_organisation_id=place.county_organisation_id,
        due_ms=clock + DUE_MS,
        created_ms=clock,
    )
    session.add(report)
    await session.flush()
    await note(session, report, "opened", told.staff_id)
    if told.call_id is not None:
        source = Source(
            HoldReason.COULD_NOT, report.id, report.county_id,
            report.home_organisation_id, report.county_organisation_id,
        )  # fmt: skip
        await hold(session, told.call_id, source)
    return report


async def note(
    session: AsyncSession, report: CouldNotReport, kind: str, actor_staff_id: str | None
) -> None:
    """A row of the report's history and an entry of the journal, in the act's transaction."""
    session.add(
        CouldNotEvent(
            county_id=report.county_id,
            report_id=report.id,
            kind=kind,
            actor_staff_id=actor_staff_id,
            owner_staff_id=report.owner_staff_id,
            level=report.level,
            home_organisation_id=report.home_organisation_id,
            county_organisation_id=report.county_organisation_id,
            at_ms=now_ms(),
        )
    )
    await add_entry(
        session,
        Act(
            what=f"could_not.{kind}",
            county_id=report.county_id,
            home_organisation_id=report.home_organisation_id,
            county_organisation_id=report.county_organisation_id,
            actor_staff_id=actor_staff_id,
            case_id=report.case_id,
            call_id=report.call_id,
            evidence={"report_id": report.id, "number": report.number, "level": report.level},
        ),
    )
    await session.flush()


async def first_owner(session: AsyncSession, place: Place) -> tuple[ReportLevel, str | None]:
    """The town's coordinator; the county's when the town has none."""
    town = await line_head(session, place.home_organisation_id)
    owner = await coordinator_of(session, place.county_id, town)
    if owner is not None:
        return ReportLevel.HOME, owner
    owner = await coordinator_of(session, place.county_id, place.county_organisation_id)
    return ReportLevel.COUNTY, owner


async def line_head(session: AsyncSession, organisation_id: str) -> str:
    """Who heads the home line: of a village its town; a town, or a county's partner, itself."""
    own = await session.get_one(Organisation, organisation_id)
    if own.parent_id is None:
        return own.id
    parent = await session.get_one(Organisation, own.parent_id)
    return own.id if parent.kind == OrganisationKind.COUNTY else parent.id


async def coordinator_of(
    session: AsyncSession, county_id: str, organisation_id: str, role: Role = Role.COORDINATOR
) -> str | None:
    """Of the organisation's own the one with the fewest reports that are not closed."""
    member, report = StaffMember, CouldNotReport
    open_reports = (
        select(func.count())
        .where(report.owner_staff_id == member.id, report.state != ReportState.CLOSED)
        .scalar_subquery()
    )
    return await session.scalar(
        select(member.id)
        .join(StaffRole, StaffRole.staff_id == member.id)
        .where(
            member.county_id == county_id,
            member.organisation_id == organisation_id,
            member.active,
            StaffRole.role == role,
            StaffRole.revoked_ms.is_(None),
        )
        .order_by(open_reports, member.username)
        .limit(1)
    )


async def _next_number(session: AsyncSession, county_id: str, clock: int) -> str:
    """Such as B20261127-003. The county's row is locked, so numbers take turns without holes."""
    lock = select(County.id).where(County.id == county_id).with_for_update(key_share=True)
    await session.execute(lock)
    prefix = f"B{county_moment(clock):%Y%m%d}-"
    latest = await session.scalar(
        select(func.max(CouldNotReport.number)).where(
            CouldNotReport.county_id == county_id,
            CouldNotReport.number > prefix,
            CouldNotReport.number < prefix + ":",
        )
    )
    running = int(latest.removeprefix(prefix)) if latest else 0
    return f"{prefix}{running + 1:04d}"


# --- the resident's own way in ----------------------------------------------------------------


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def allow_report(session: AsyncSession, case: Case, call_id: str) -> str:
    """A token for the resident's own screen: good for one report about this call."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        ReportToken(
            token_hash=_hash(token),
            county_id=case.county_id,
            case_id=case.id,
            call_id=call_id,
            expires_ms=await read_clock(session) + TOKEN_VALID_MS,
        )
    )
    await session.flush()
    return token


async def report_by_resident(session: AsyncSession, token: str, text: str) -> CouldNotReport:
    """Uses the token up. Who wrote is nobody's name: the row says "resident".

    :raises NotFound: there is no such token.
    :raises Expired: it is too old.
    :raises Conflict: it was used.
    :raises Invalid: nothing was said.
    """
    row = ReportToken
    known = await session.scalar(
        select(row).where(row.token_hash == _hash(token)).with_for_update()
    )
    if known is None:
        raise NotFound("could_not.token")
    if known.report_id is not None:
        raise Conflict("could_not.told")
    if known.expires_ms <= await read_clock(session):
        raise Expired("could_not.expired")
    case = await session.get_one(Case, known.case_id)
    told = Told(text=text, reporter=Reporter.RESIDENT, case_id=case.id, call_id=known.call_id)
    report = await open_report(session, Place.of(case), told)
    await session.execute(
        update(row).where(row.token_hash == known.token_hash).values(report_id=report.id)
    )
    return report
