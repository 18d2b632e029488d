import pytest
from sqlalchemy import update

from casework.errors import Conflict, Expired, NotFound
from signaling.pairing.calls import end_call
from signaling.pairing.offers import accept, decline, pick
from signaling.pairing.tickets import cancel_ticket
from signaling.tables import Agent, Node
from tests.signaling.pairing.county import Clock, TestCounty


async def test_the_longest_idle_agent_is_rung_first(county: TestCounty, clock: Clock) -> None:
    first = await county.agent("K")
    clock.turn(s=1)
    await county.agent("K")
    ticket = await county.take()
    await county.dispatch()
    assert await county.ringing() == {ticket: first}
    assert (await county.ticket(ticket)).state == "offered"
    assert (await county.agent_row(first)).state == "offered"


async def test_accepting_begins_the_call_at_the_windows_node(county: TestCounty) -> None:
    agent = await county.agent("K")
    ticket = await county.take()
    await county.dispatch()
    async with county.announcing() as session:
        call = await accept(session, county.rules, await county.offer_of(ticket), agent)
    assert (call.node_id, call.recorded, call.may_decide) == ("node-a", True, True)
    assert (await county.ticket(ticket)).state == "serving"
    assert (await county.agent_row(agent)).state == "in_call"
    async with county.announcing() as session:
        await end_call(session, county.rules, call.call_id)
    assert (await county.ticket(ticket)).state == "served"
    assert (await county.agent_row(agent)).state == "wrap_up"
    with pytest.raises(Conflict):
        async with county.announcing() as session:
            await end_call(session, county.rules, call.call_id)


async def test_a_ring_without_answer_goes_to_the_next_agent_and_the_silent_one_is_away(
    county: TestCounty, clock: Clock
) -> None:
    silent = await county.agent("K")
    clock.turn(s=1)
    other = await county.agent("K")
    ticket = await county.take()
    await county.dispatch()
    offer = await county.offer_of(ticket)
    clock.turn(s=20)
    await county.keep_alive()
    with pytest.raises(Expired):
        async with county.announcing() as session:
            await accept(session, county.rules, offer, silent)
    await county.dispatch()
    assert await county.ringing() == {ticket: other}
    row = await county.agent_row(silent)
    assert (row.state, row.away_reason) == ("away", "no_answer")


async def test_who_declined_is_asked_again_only_after_the_others_and_a_pause(
    county: TestCounty, clock: Clock
) -> None:
    first = await county.agent("K")
    clock.turn(s=1)
    second = await county.agent("K")
    ticket = await county.take()
    rung = []
    for agent in (first, second):
        await county.dispatch()
        rung.append((await county.ringing())[ticket])
        async with county.announcing() as session:
            await decline(session, county.rules, await county.offer_of(ticket), agent)
    assert rung == [first, second]
    await county.dispatch()
    assert await county.ringing() == {}
    clock.turn(s=31)
    await county.keep_alive()
    await county.dispatch()
    assert await county.ringing() == {ticket: first}


async def test_cancelling_while_it_rings_tells_the_agent_at_once(county: TestCounty) -> None:
    agent = await county.agent("K")
    ticket = await county.take()
    await county.dispatch()
    offer = await county.offer_of(ticket)
    window = (await county.ticket(ticket)).window_id
    async with county.announcing() as session:
        await cancel_ticket(session, county.rules, ticket, window)
    with pytest.raises(Conflict):
        async with county.announcing() as session:
            await accept(session, county.rules, offer, agent)
    assert (await county.agent_row(agent)).state == "available"


async def test_a_picked_ticket_rings_at_who_picked_it(county: TestCounty, clock: Clock) -> None:
    await county.agent("K")
    clock.turn(s=1)
    keen = await county.agent("K")
    await county.take()
    second = await county.take()
    async with county.announcing() as session:
        await pick(session, county.rules, second, keen)
    assert await county.ringing() == {second: keen}
    stranger = await county.agent("T", town=True)
    with pytest.raises(NotFound):
        async with county.announcing() as session:
            await pick(session, county.rules, second, stranger)


async def test_nobody_is_rung_for_a_window_that_is_not_there(
    county: TestCounty, clock: Clock
) -> None:
    await county.agent("K")
    ticket = await county.take()
    clock.turn(s=16)
    async with county.database.transaction() as session:
        await session.execute(update(Agent).values(heartbeat_ms=clock.ms))
    await county.dispatch()
    assert await county.ringing() == {}
    assert (await county.ticket(ticket)).state == "waiting"


async def test_a_draining_node_begins_no_calls(county: TestCounty) -> None:
    await county.agent("K")
    await county.take()
    async with county.database.transaction() as session:
        await session.execute(update(Node).values(draining=True))
    await county.dispatch()
    assert await county.ringing() == {}
