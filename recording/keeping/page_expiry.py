"""Lets go the pages of a case that is past its term, as its calls' recordings are.

A case's term begins with the last that was done in it, and has as many years as its item's class. Its
pages go when that is over, no call of it is held, and no recording of its calls is left: pages and
recordings of one matter are kept as long as each other. A page's key follows from the random name of
its folder, so files and name go together; hashes, events and the journal stay.
"""

import asyncio
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.database import Database
from casework.journal.acts import Act, add_entry
from casework.page_files import PageFiles
from casework.reviews.holds import is_held as evidence_is_held
from casework.tables import Case, CaseMaterial, CasePage, Mandate, MandatePage, ServiceItem
from casework.watching import keep_looking
from recording.keeping.expiry import SWEEP_S
from recording.keeping.retention import past_term
from recording.keeping.tables import RecordingHold
from recording.tables import Recording
from signaling.tables import CallCase

AT_ONCE = 50


class PageExpiry:
    """Any node may sweep: they share the archive folder."""

    def __init__(self, database: Database, files: PageFiles) -> None:
        self._database = database
        self._files = files

    async def run(self) -> None:
        """Until cancelled."""
        await keep_looking(self.sweep, SWEEP_S, "pages.not_swept")

    async def sweep(self) -> int:
        """Of how many cases pages were let go."""
        async with self._database.reading() as session:
            counties = await session.scalars(select(Case.county_id).distinct())
            due = [case_id for county in list(counties) for case_id in await _due(session, county)]
        number = 0
        for case_id in due:
            async with self._database.transaction() as session:
                number += await self._let_go(session, case_id)
        if number:
            await self._database.forget_overwritten(CasePage)
        return number

    async def _let_go(self, session: AsyncSession, case_id: str) -> bool:
        """Files first: what a crash leaves is a row whose page is gone, and it is taken again."""
        case = await session.get_one(Case, case_id, with_for_update=True, populate_existing=True)
        over = await _is_over(session, case.county_id)
        if await session.scalar(select(Case.id).where(Case.id == case_id, over)) is None:
            return False
        pages = list(
            await session.scalars(
                select(CasePage)
                .where(CasePage.case_id == case_id, CasePage.file_name != "")
                .order_by(CasePage.id)
            )
        )
        for page in pages:
            await asyncio.to_thread(self._files.remove, page.file_name)
        await session.execute(
            update(CasePage)
            .where(CasePage.id.in_([page.id for page in pages]))
            .values(file_name="")
        )
        await _tell(session, case, pages)
        return True


async def _due(session: AsyncSession, county_id: str) -> Sequence[str]:
    over = await _is_over(session, county_id)
    rows = await session.scalars(
        select(Case.id).where(Case.county_id == county_id, over).order_by(Case.id).limit(AT_ONCE)
    )
    return rows.all()


async def _is_over(session: AsyncSession, county_id: str) -> ColumnElement[bool]:
    """Of a row of ``cases``: its term is over, nothing holds it, and there are pages of it."""
    of_class = (
        select(ServiceItem.retention_class)
        .where(ServiceItem.id == Case.item_id)
        .correlate(Case)
        .scalar_subquery()
    )
    past = await past_term(
        session,
        county_id,
        of_class,
        lambda since_ms: and_(Case.changed_ms < since_ms, ~_used_since(since_ms)),
    )
    held = or_(
        exists().where(
            RecordingHold.call_id == CallCase.call_id, RecordingHold.lifted_ms.is_(None)
        ),
        evidence_is_held(CallCase.call_id),
        exists().where(Recording.call_id == CallCase.call_id, Recording.wrapped_key.is_not(None)),
    )
    bound = exists().where(CallCase.case_id == Case.id, held).correlate(Case)
    there = exists().where(CasePage.case_id == Case.id, CasePage.file_name != "").correlate(Case)
    return and_(past, there, ~bound)


def _used_since(since_ms: int) -> ColumnElement[bool]:
    """Whether a page of the case is still needed elsewhere: by a later case that its material was
    given for again, or by a mandate that was in force since."""
    given, again, later = aliased(CaseMaterial), aliased(CaseMaterial), aliased(Case)
    reused = (
        exists()
        .where(
            given.case_id == Case.id,
            again.earlier_id == given.id,
            later.id == again.case_id,
            later.changed_ms >= since_ms,
        )
        .correlate(Case)
    )
    mandated = (
        exists()
        .where(
            CasePage.case_id == Case.id,
            MandatePage.page_id == CasePage.id,
            Mandate.id == MandatePage.mandate_id,
            Mandate.until_ms >= since_ms,
        )
        .correlate(Case)
    )
    return or_(reused, mandated)


async def _tell(session: AsyncSession, case: Case, pages: Sequence[CasePage]) -> None:
    await add_entry(
        session,
        Act(
            what="case.pages_expired",
            county_id=case.county_id,
            home_organisation_id=case.home_organisation_id,
            county_organisation_id=case.county_organisation_id,
            actor_staff_id=None,
            case_id=case.id,
            evidence={"pages": [{"page_id": p.id, "sha256": p.sha256} for p in pages]},
        ),
    )
