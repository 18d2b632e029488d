"""``shipinban user add``: people made at the machine itself, before two people can give roles."""

from dataclasses import dataclass

import structlog
from sqlalchemy import select

from casework.database import Database, open_engine
from casework.importing.columns import Numbered
from casework.importing.problems import Report
from casework.importing.save_staff import import_staff
from casework.importing.staff import ParsedStaff
from casework.passwords import Passwords
from casework.staff import StaffMember
from casework.tables import StaffMember as StaffRow
from shipinban.settings import Settings

logger = structlog.get_logger()


@dataclass(frozen=True)
class NewUser:
    member: StaffMember
    password: str


async def add_user(settings: Settings, user: NewUser) -> None:
    """Adds the person or changes an existing one, whose earlier sign-ins end.

    Raises ``Invalid`` for a password of the wrong length, ``ImportRefused`` when organisation,
    window or groups are unknown, the roles don't go together, or they change although two security
    administrators can sign in.
    """
    passwords = Passwords()
    database = Database(open_engine(settings.database_url))
    try:
        password_hash = await passwords.hash(user.password)
        parsed = ParsedStaff(members=[Numbered(1, user.member)], report=Report())
        async with database.transaction() as session:
            await import_staff(session, parsed)
            person = await session.scalar(
                select(StaffRow).where(StaffRow.username == user.member.username)
            )
            assert person is not None  # noqa: S101 - made two lines above
            person.password_hash = password_hash
            person.epoch += 1
            logger.info("user added at the machine", staff_id=person.id)
    finally:
        passwords.close()
        await database.close()
