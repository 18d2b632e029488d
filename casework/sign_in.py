"""Signing in: server-side, on one of three surfaces, ended at once when anything changes.

The cookie holds 32 random bytes, the database their hash. A sign-in ends by itself after a time
without use and after a time at all; a change of role, password or activity raises the person's
``epoch`` and so ends every sign-in made before it. Whoever acts for long asks again: HTTP at each
request, a socket at least every five seconds (:func:`check_sign_in`).
"""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_, case, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework import backoff
from casework.database import Database, now_ms
from casework.errors import Forbidden, SignedOut
from casework.passwords import Passwords
from casework.tables import SignIn, StaffMember, StaffRole
from casework.vocabulary import Role, Surface

TOKEN_BYTES = 32
LONGEST_MS = 12 * 3_600_000
"""A working day: after it everybody signs in again."""
IDLE_MS: Mapping[Surface, int] = {
    Surface.WINDOW: 4 * 3_600_000,
    Surface.CONSOLE: 4 * 3_600_000,
    Surface.SUPERVISION: 3_600_000,
}
SEEN_EVERY_MS = 60_000
"""Use is written down at most so often: reading must not become writing."""

_UNSEEN = SignIn.seen_ms < now_ms() - SEEN_EVERY_MS

SURFACE_ROLES: Mapping[Surface, frozenset[Role]] = {
    Surface.WINDOW: frozenset({Role.HELPER}),
    Surface.CONSOLE: frozenset({Role.AGENT}),
    Surface.SUPERVISION: frozenset(Role) - {Role.HELPER, Role.AGENT},
}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who acts: everything that policy asks about a person."""

    sign_in_id: str
    staff_id: str
    county_id: str
    organisation_id: str
    """The home organisation."""
    roles: frozenset[Role]
    surface: Surface
    window_id: str | None = None
    """Of a helper."""
    name: str = ""
    unseen: bool = False
    """Its use has not been written down for a minute: see :func:`keep_alive`."""
    language: str = "zh-CN"
    """Of the request; a socket sets it by its hello."""


@dataclass(frozen=True, slots=True)
class NewSignIn:
    token: str
    """For the cookie, base64url."""
    person: SignedIn


def hash_token(token: str) -> bytes:
    """As it stands in the database. A fast hash will do: the token has 256 random bits."""
    return hashlib.sha256(token.encode()).digest()


async def sign_in(
    database: Database,
    passwords: Passwords,
    *,
    county_id: str,
    surface: Surface,
    username: str,
    password: str,
    source: str,
) -> NewSignIn:
    """Makes a sign-in of the surface.

    :param source: the client's address.
    :raises SignedOut: wrong name or password, or the person may not work any more (told alike).
    :raises Forbidden: the person has no role on this surface.
    :raises TooMany: the account or the source has to wait.
    :raises Unavailable: too many people sign in at once.
    """
    name = username.strip().lower()
    account, address = backoff.account(county_id, name), backoff.source(source)
    async with database.transaction() as session:
        await backoff.count_attempt(session, address, backoff.SOURCE)
        await backoff.count_attempt(session, account, backoff.ACCOUNT)
        staff = await _active_member(session, county_id, name)
    fits = await passwords.verify(staff.password_hash if staff else None, password)
    if staff is None or not fits:
        raise SignedOut("sign_in.wrong")
    renewed = await _renewed_hash(passwords, staff.password_hash, password)
    async with database.transaction() as session:
        await backoff.forgive(session, account)
        await backoff.take_back(session, address)
        if renewed is not None:
            await _keep_hash(session, staff, renewed)
        return await _create(session, staff, surface, source)


async def _active_member(
    session: AsyncSession, county_id: str, username: str
) -> StaffMember | None:
    row = StaffMember
    return await session.scalar(
        select(row).where(row.county_id == county_id, row.username == username, row.active)
    )


async def _renewed_hash(passwords: Passwords, stored: str | None, password: str) -> str | None:
    if stored is None or not passwords.is_outdated(stored):
        return None
    return await passwords.hash(password)


async def _keep_hash(session: AsyncSession, staff: StaffMember, renewed: str) -> None:
    row = StaffMember
    await session.execute(
        update(row)
        .where(row.id == staff.id, row.password_hash == staff.password_hash)
        .values(password_hash=renewed)
    )


async def _create(
    session: AsyncSession, staff: StaffMember, surface: Surface, source: str
) -> NewSignIn:
    roles = await roles_of(session, staff.id)
    if not roles & SURFACE_ROLES[surface]:
        raise Forbidden("sign_in.surface")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = SignIn(
        county_id=staff.county_id,
        staff_id=staff.id,
        surface=surface,
        token_hash=hash_token(token),
        # The epoch as it was when the password was checked: a change since then ends this too.
        epoch=staff.epoch,
        window_id=staff.window_id if surface is Surface.WINDOW else None,
        source=source[:64],
        created_ms=now_ms(),
        seen_ms=now_ms(),
        expires_ms=now_ms() + LONGEST_MS,
    )
    session.add(row)
    await session.flush()
    return NewSignIn(token, _signed_in(row, staff, roles))


async def roles_of(session: AsyncSession, staff_id: str) -> frozenset[Role]:
    """The live roles."""
    row = StaffRole
    found = await session.scalars(
        select(row.role).where(row.staff_id == staff_id, row.revoked_ms.is_(None))
    )
    return frozenset(Role(role) for role in found)


async def check_sign_in(
    session: AsyncSession, surface: Surface, token_hash: bytes
) -> SignedIn | None:
    """Who holds the token, or ``None`` when it was ended, has run out, or is of another surface.

    Roles are read anew each time. Writes nothing; see :func:`keep_alive`.
    """
    live = (
        SignIn.token_hash == token_hash,
        SignIn.surface == surface,
        SignIn.revoked_ms.is_(None),
        SignIn.expires_ms > now_ms(),
        SignIn.seen_ms > now_ms() - IDLE_MS[surface],
        SignIn.epoch == StaffMember.epoch,
        StaffMember.active,
    )
    query = (
        select(SignIn, StaffMember, _UNSEEN)
        .join(StaffMember, StaffMember.id == SignIn.staff_id)
        .where(*live)
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        return None
    row, staff, unseen = found
    roles = await roles_of(session, staff.id)
    person = _signed_in(row, staff, roles)
    return replace(person, unseen=bool(unseen)) if person.roles else None


def _signed_in(row: SignIn, staff: StaffMember, roles: frozenset[Role]) -> SignedIn:
    return SignedIn(
        sign_in_id=row.id,
        staff_id=staff.id,
        county_id=staff.county_id,
        organisation_id=staff.organisation_id,
        # A role counts on the pages that it belongs to, and nowhere else.
        roles=roles & SURFACE_ROLES[Surface(row.surface)],
        surface=Surface(row.surface),
        window_id=row.window_id,
        name=staff.name,
    )


def _is_live() -> ColumnElement[bool]:
    """SQL over ``SignIn`` and ``StaffMember``."""
    idle_ms = case({str(surface): span for surface, span in IDLE_MS.items()}, value=SignIn.surface)
    return and_(
        SignIn.revoked_ms.is_(None),
        SignIn.expires_ms > now_ms(),
        SignIn.seen_ms > now_ms() - idle_ms,
        SignIn.epoch == StaffMember.epoch,
        StaffMember.active,
    )


async def live_sign_ins(session: AsyncSession, sign_in_ids: Collection[str]) -> frozenset[str]:
    """Which of these still hold: for those who look at many at once."""
    found = await session.scalars(
        select(SignIn.id)
        .join(StaffMember, StaffMember.id == SignIn.staff_id)
        .where(SignIn.id.in_(sign_in_ids), _is_live())
    )
    return frozenset(found)


async def keep_alive(database: Database, sign_in_id: str) -> None:
    """Notes that the sign-in is in use. For each minute, not each act: a write locks SQLite."""
    async with database.transaction() as session:
        await session.execute(
            update(SignIn)
            .where(SignIn.id == sign_in_id, _UNSEEN)
            .values(seen_ms=now_ms())
            .execution_options(synchronize_session=False)
        )


async def sign_out(session: AsyncSession, sign_in_id: str) -> None:
    await session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.revoked_ms.is_(None))
        .values(revoked_ms=now_ms())
    )


async def revoke_sign_ins(session: AsyncSession, staff_id: str) -> None:
    """Ends everything that the person has open, on every surface and node."""
    row = StaffMember
    await session.execute(update(row).where(row.id == staff_id).values(epoch=row.epoch + 1))
