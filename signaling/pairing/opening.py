"""When a skill group answers, and when a call-back is due."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.organisations import OrganisationTree, Span, hours_of, is_open_at, next_opening
from casework.tables import OpeningHours, Organisation


@dataclass(frozen=True, slots=True)
class Opening:
    """The hours that hold for one organisation; without any on record it never closes."""

    hours: tuple[Span, ...]

    def is_open(self, at_ms: int) -> bool:
        return not self.hours or is_open_at(self.hours, moment(at_ms))

    def due_ms(self, at_ms: int, within_ms: int) -> int:
        """``within_ms`` after ``at_ms``, or after the next opening when that is a closed hour."""
        due = at_ms + within_ms
        if self.is_open(at_ms) and self.is_open(due):
            return due
        start = at_ms if not self.is_open(at_ms) else due
        opens = next_opening(self.hours, moment(start))
        return due if opens is None else int(opens.timestamp() * 1000) + within_ms


def moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=at_ms)


async def opening_of(session: AsyncSession, county_id: str, organisation_id: str) -> Opening:
    organisations = await session.scalars(
        select(Organisation).where(Organisation.county_id == county_id)
    )
    spans: defaultdict[str, list[OpeningHours]] = defaultdict(list)
    for span in await session.scalars(
        select(OpeningHours).where(OpeningHours.county_id == county_id)
    ):
        spans[span.organisation_id].append(span)
    return Opening(tuple(hours_of(organisation_id, spans, OrganisationTree(organisations.all()))))
