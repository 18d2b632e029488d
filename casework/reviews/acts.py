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
    await add_entry(
        session,
        Act(
            what=f"review.{kind}",
            county_id=review.county_id,
            home_organisation_id=review.home_organisation_id,
            county_organisation_id=review.county_organisation_id,
            actor_staff_id=actor_staff_id,
            case_id=review.case_id,
            call_id=review.call_id,
            evidence={"review_id": review.id, **(evidence or {})},
        ),
    )


async def note_follow_up(
    session: AsyncSession,
    follow_up: FollowUp,
    kind: str,
    actor_staff_id: str | None,
    evidence: Mapping[str, Any] | None = None,
) -> None:
    await add_entry(
        session,
        Act(
            what=f"follow_up.{kind}",
            county_id=follow_up.county_id,
            home_organisation_id=follow_up.home_organisation_id,
            county_organisation_id=follow_up.county_organisation_id,
            actor_staff_id=actor_staff_id,
            case_id=follow_up.case_id,
            call_id=follow_up.call_id,
            evidence={"follow_up_id": follow_up.id, **(evidence or {})},
        ),
    )
