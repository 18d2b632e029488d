"""A call that has just begun, by way of queue and pairing, for tests of its recording."""

from sqlalchemy import select

from casework.database import Database
from signaling.pairing.offers import accept
from signaling.pairing.rules import PairingRules
from signaling.rooms.recorder import RecordedCall
from signaling.tables import Call
from tests.signaling.pairing.county import Clock, TestCounty


async def one_call(database: Database) -> RecordedCall:
    """In an otherwise empty county."""
    county = TestCounty(database, PairingRules(now=Clock().now))
    await county.found()
    agent = await county.agent("K")
    taken = await county.take("county")
    await county.dispatch()
    async with county.announcing() as session:
        begun = await accept(session, county.rules, await county.offer_of(taken), agent)
        call = (await session.scalars(select(Call))).one()
        assert begun is not None
        return RecordedCall(
            call_id=call.id,
            county_id=call.county_id,
            room_id=call.ticket_id,
            home_organisation_id=call.home_organisation_id,
            county_organisation_id=call.county_organisation_id,
            started_ms=call.started_ms,
            started_monotonic_us=0,
        )
