from sqlalchemy import select, update

from casework.database import Database, now_ms
from casework.passwords import Passwords
from casework.vocabulary import ParticipantKind
from signaling.rooms.tokens import KEPT_MS, Admission, forget_tokens, issue_token
from signaling.tables import RoomToken
from tests.signaling.edge.small_county import SmallCounty


async def test_old_tokens_are_forgotten_and_others_are_not(
    database: Database, passwords: Passwords
) -> None:
    county = SmallCounty(database)
    await county.found(passwords)
    admission = Admission(None, county.staff["helper"], ParticipantKind.WINDOW)
    async with database.transaction() as session:
        for _ in range(2):
            await issue_token(
                session,
                county_id=county.county_id,
                admission=admission,
                node_id="a",
                lifetime_ms=30_000,
            )
        first, second = (await session.scalars(select(RoomToken.token_hash))).all()
        await session.execute(
            update(RoomToken)
            .where(RoomToken.token_hash == first)
            .values(expires_ms=now_ms() - KEPT_MS - 1)
        )
        await forget_tokens(session)
        assert (await session.scalars(select(RoomToken.token_hash))).all() == [second]
