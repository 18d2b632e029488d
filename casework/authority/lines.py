"""For which of the two lines somebody signs, and what both lines write down."""

from collections.abc import Mapping
from typing import Protocol

from pydantic import JsonValue
from sqlalchemy.ext.asyncio import AsyncSession

from casework.errors import Forbidden, Invalid
from casework.journal.acts import Act, add_entry
from casework.policy import COUNTY_LINE
from casework.sign_in import SignedIn
from casework.vocabulary import AccountableLine, Role

REASON_LIMIT = 200


class Accounted(Protocol):
    """A row that names both accountable units."""

    id: str
    county_id: str
    home_organisation_id: str
    county_organisation_id: str


def line_of(person: SignedIn) -> AccountableLine:
    """:raises Forbidden: the person speaks for neither line."""
    if person.roles & COUNTY_LINE:
        return AccountableLine.COUNTY
    if Role.HOME_SUPERVISOR in person.roles:
        return AccountableLine.HOME
    raise Forbidden("authority.no_line")


def demand_line(person: SignedIn, line: AccountableLine) -> None:
    """:raises Forbidden: that is for the other line to do."""
    if line_of(person) is not line:
        raise Forbidden("authority.other_line")


def demand_reason(reason: str) -> str:
    """One line, trimmed.

    :raises Invalid: nothing was written.
    """
    text = " ".join(reason.split())[:REASON_LIMIT]
    if not text:
        raise Invalid("authority.reason")
    return text


async def write_down(
    session: AsyncSession,
    row: Accounted,
    what: str,
    person: SignedIn,
    *,
    window_id: str | None = None,
    grant_id: str | None = None,
    mandate_id: str | None = None,
    evidence: Mapping[str, JsonValue] | None = None,
) -> None:
    """The journal's entry of an act on ``row``."""
    await add_entry(
        session,
        Act(
            what=what,
            county_id=row.county_id,
            home_organisation_id=row.home_organisation_id,
            county_organisation_id=row.county_organisation_id,
            actor_staff_id=person.staff_id,
            window_id=window_id,
            grant_id=grant_id,
            mandate_id=mandate_id,
            evidence=evidence or {},
        ),
    )
