"""Back-off of sign-ins: each wrong password makes the account and the source wait longer.

An attempt is counted before its password is tried, so many tried at once count as many. The pause
is short for an account, which a stranger could otherwise lock for its owner, and grows for a
source, from which a whole county's names may be tried; a village's shared address gets more tries.
"""

from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import insert_for, now_ms
from casework.errors import TooMany
from casework.tables import SignInFailure


@dataclass(frozen=True, slots=True)
class Patience:
    free: int
    """Failures without a pause."""
    longest_ms: int
    first_ms: int = 1_000
    forgotten_ms: int = 3_600_000
    """After so long without a failure counting begins anew."""

    def pause_ms(self, failures: int) -> int:
        """How long to wait after the given number of failures; doubles each time."""
        over = failures - self.free
        if over < 0:
            return 0
        return min(self.first_ms << min(over, 30), self.longest_ms)


ACCOUNT = Patience(free=5, longest_ms=60_000)
SOURCE = Patience(free=20, longest_ms=900_000)


def account(county_id: str, username: str) -> str:
    return f"account:{county_id}:{username}"


def source(address: str) -> str:
    return f"source:{address}"


async def wait_s(session: AsyncSession, subject: str) -> int:
    """Seconds that the subject still has to wait; an attempt is not counted."""
    found = await session.execute(
        select(SignInFailure.blocked_until_ms, now_ms()).where(SignInFailure.subject == subject)
    )
    row = found.one_or_none()
    return 0 if row is None else max(-(-(row[0] - row[1]) // 1000), 0)


async def count_attempt(session: AsyncSession, subject: str, patience: Patience) -> None:
    """Counts one attempt as failed, until :func:`forgive` or :func:`take_back` says otherwise.

    :raises TooMany: the subject still has to wait; this attempt is not counted.
    """
    row = SignInFailure
    new = insert_for(session, row).values(
        subject=subject, failures=0, last_ms=now_ms(), blocked_until_ms=0
    )
    await session.execute(new.on_conflict_do_nothing(index_elements=[row.subject]))
    # The update locks the row: attempts at the same moment take turns.
    touched = update(row).where(row.subject == subject).values(last_ms=row.last_ms)
    await session.execute(touched)
    stored, now = (await session.execute(select(row, now_ms()).where(row.subject == subject))).one()
    if stored.blocked_until_ms > now:
        wait_s = -(-(stored.blocked_until_ms - now) // 1000)
        raise TooMany("sign_in.wait", retry_after_s=wait_s)
    fresh = now - stored.last_ms > patience.forgotten_ms
    stored.failures = 1 if fresh else stored.failures + 1
    stored.last_ms = now
    stored.blocked_until_ms = now + patience.pause_ms(stored.failures)


async def forgive(session: AsyncSession, subject: str) -> None:
    """The password was right: all is forgotten."""
    await session.execute(delete(SignInFailure).where(SignInFailure.subject == subject))


async def take_back(session: AsyncSession, subject: str) -> None:
    """This attempt was none; earlier failures stay, or a known account would free a source."""
    row = SignInFailure
    await session.execute(
        update(row)
        .where(row.subject == subject, row.failures > 0)
        .values(failures=row.failures - 1, blocked_until_ms=0)
    )
