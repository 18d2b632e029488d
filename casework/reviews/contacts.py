"""Getting in touch with the resident again: each attempt is kept, whether it succeeded or not."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import new_id, now_ms
from casework.errors import Invalid
from casework.tables import CouldNotReport, FollowUp, ResidentContact
from casework.vocabulary import ContactChannel


@dataclass(frozen=True, slots=True)
class Contact:
    channel: ContactChannel
    reached: bool
    note: str


async def keep_contact(
    session: AsyncSession, about: FollowUp | CouldNotReport, staff_id: str, given: Contact
) -> None:
    """:raises Invalid: nothing is said about what was said."""
    if not given.note.strip():
        raise Invalid("contact.note")
    followed = isinstance(about, FollowUp)
    session.add(
        ResidentContact(
            id=new_id(),
            county_id=about.county_id,
            follow_up_id=about.id if followed else None,
            report_id=None if followed else about.id,
            channel=given.channel,
            reached=given.reached,
            note=given.note.strip(),
            staff_id=staff_id,
            home_organisation_id=about.home_organisation_id,
            county_organisation_id=about.county_organisation_id,
            at_ms=now_ms(),
        )
    )
    await session.flush()
