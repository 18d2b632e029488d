"""Room tokens: let one person into one room, once, within 30 s."""

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import now_ms
from casework.errors import Expired
from casework.vocabulary import ParticipantKind
from signaling.tables import RoomToken
from signaling.wire.views import RoomAddress

TOKEN_BYTES = 32
KEPT_MS = 3_600_000
"""Used and expired rows are removed after so long."""


@dataclass(frozen=True, slots=True)
class Admission:
    ticket_id: str | None
    """``None``: a check room."""
    staff_id: str
    kind: ParticipantKind


def new_token() -> str:
    """43 characters of base64url."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> bytes:
    """As it is kept; a fast hash will do for 256 random bits."""
    return hashlib.sha256(token.encode()).digest()


async def issue_token(
    session: AsyncSession,
    *,
    county_id: str,
    admission: Admission,
    node_id: str,
    lifetime_ms: int,
) -> RoomAddress:
    """Where the room is and what lets in."""
    token = new_token()
    session.add(
        RoomToken(
            token_hash=hash_token(token),
            county_id=county_id,
            ticket_id=admission.ticket_id,
            staff_id=admission.staff_id,
            kind=admission.kind,
            node_id=node_id,
            expires_ms=now_ms() + lifetime_ms,
        )
    )
    await session.flush()
    return RoomAddress(path=f"/nodes/{node_id}/room", token=token, node_id=node_id)


async def forget_tokens(session: AsyncSession) -> None:
    """Removes what nobody can use any more."""
    await session.execute(delete(RoomToken).where(RoomToken.expires_ms < now_ms() - KEPT_MS))


async def redeem_token(session: AsyncSession, token: str, node_id: str) -> Admission:
    """Uses the token up; told alike whatever is wrong with it.

    :raises Expired: unknown, used before, too old, or for another node.
    """
    row = (
        await session.execute(
            update(RoomToken)
            .where(
                RoomToken.token_hash == hash_token(token),
                RoomToken.node_id == node_id,
                RoomToken.used_ms.is_(None),
                RoomToken.expires_ms > now_ms(),
            )
            .values(used_ms=now_ms())
            .returning(RoomToken.ticket_id, RoomToken.staff_id, RoomToken.kind)
            .execution_options(synchronize_session=False)
        )
    ).one_or_none()
    if row is None:
        raise Expired("room.token", "进入房间的凭证已失效，请重新进入")
    return Admission(row.ticket_id, row.staff_id, ParticipantKind(row.kind))
