"""Entries of the journal about reviews, draws and follow-ups."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from casework.journal.acts import Act, add_entry
from casework.tables import FollowUp, Review


async def note_review(
    session: AsyncSession,
    review: Review,
    kind: str,
    actor_staff_id: str | None,
    evidence: Mapping[str, Any] | None = None,
) -> None:
    """:param evidence: never a verdict before both are in; its hash, rather."""
    of_review = {"review_id": review.id, **(evidence or {})}
    await add_entry(session, _act(review, f"review.{kind}", actor_staff_id, of_review))


async def note_follow_up(
    session: AsyncSession,
    follow_up: FollowUp,
    kind: str,
    actor_staff_id: str | None,
    evidence: Mapping[str, Any] | None = None,
) -> None:
    of_follow_up = {"follow_up_id": follow_up.id, **(evidence or {})}
    await add_entry(session, _act(follow_up, f"follow_up.{kind}", actor_staff_id, of_follow_up))


def _act(
    about: Review | FollowUp, what: str, actor_staff_id: str | None, evidence: Mapping[str, Any]
) -> Act:
    return Act(
        what=what,
        county_id=about.county_id,
        home_organisation_id=about.home_organisation_id,
        county_organisation_id=about.county_organisation_id,
        actor_staff_id=actor_staff_id,
        case_id=about.case_id,
        call_id=about.call_id,
        evidence=evidence,
    )
