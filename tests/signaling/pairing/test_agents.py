import pytest

from casework.errors import Conflict, Forbidden, Invalid
from casework.vocabulary import AwayReason
from signaling.pairing.agents import (
    attach,
    available,
    away,
    detach,
    heartbeat,
    off_duty,
    on_duty,
)
from signaling.pairing.calls import end_call
from signaling.pairing.offers import accept
from signaling.pairing.tickets import windows_seen
from tests.signaling.pairing.county import Clock, TestCounty

OLD, NEW = "0" * 36, "1" * 36


async def test_the_newest_of_two_tabs_counts(county: TestCounty) -> None:
    agent = await county.new_agent("K")
    async with county.announcing() as session:
        first = await attach(session, county.rules, agent, "node-a", OLD)
    async with county.announcing() as session:
        second = await attach(session, county.rules, agent, "node-b", NEW)
    assert (first.taken_over, second.taken_over) == (None, OLD)
    with pytest.raises(Conflict) as refused:
        async with county.announcing() as session:
            await on_duty(session, county.rules, agent, OLD)
    assert refused.value.code == "socket.taken_over"
    async with county.announcing() as session:
        await on_duty(session, county.rules, agent, NEW)
        await on_duty(session, county.rules, agent, NEW)
    async with county.announcing() as session:
        assert await heartbeat(session, county.rules, "node-a", [OLD]) == frozenset()
        assert await heartbeat(session, county.rules, "node-b", [OLD, NEW]) == {NEW}
    async with county.announcing() as session:
        await detach(session, agent, OLD)
    assert (await county.agent_row(agent)).socket_id == NEW


async def test_a_lost_heartbeat_means_offline_and_the_offer_goes_to_the_next(
    county: TestCounty, clock: Clock
) -> None:
    lost = await county.new_agent("K")
    await county.sit_down(lost)
    clock.turn(s=1)
    ticket = await county.take()
    await county.dispatch()
    assert await county.ringing() == {ticket: lost}
    clock.turn(s=4)
    other = await county.agent("K")
    await county.dispatch()
    assert await county.ringing() == {ticket: lost}
    clock.turn(s=2)
    async with county.announcing() as session:
        window = (await county.ticket(ticket)).window_id
        await windows_seen(session, county.rules, "node-a", [window])
    await county.dispatch()
    assert await county.ringing() == {ticket: other}
    assert (await county.agent_row(lost)).state == "offline"


async def test_a_closed_socket_is_not_rung(county: TestCounty) -> None:
    agent = await county.new_agent("K")
    socket = await county.sit_down(agent)
    async with county.announcing() as session:
        await detach(session, agent, socket)
    await county.take()
    await county.dispatch()
    assert await county.ringing() == {}


async def test_heartbeats_keep_an_agent_on_duty(county: TestCounty, clock: Clock) -> None:
    agent = await county.new_agent("K")
    socket = await county.sit_down(agent)
    for _ in range(5):
        clock.turn(s=5)
        async with county.announcing() as session:
            await heartbeat(session, county.rules, "node-a", [socket])
        await county.dispatch()
    assert (await county.agent_row(agent)).state == "available"


async def test_wrap_up_ends_by_time_or_by_hand(county: TestCounty, clock: Clock) -> None:
    agent = await county.agent("K")
    for by_hand in (True, False):
        ticket = await county.take()
        await county.dispatch()
        async with county.announcing() as session:
            call = await accept(session, county.rules, await county.offer_of(ticket), agent)
        async with county.announcing() as session:
            await end_call(session, county.rules, call.call_id)
        row = await county.agent_row(agent)
        assert (row.state, row.until_ms) == ("wrap_up", clock.ms + county.rules.wrap_up_ms)
        if by_hand:
            async with county.announcing() as session:
                await available(session, county.rules, agent)
        else:
            clock.turn(ms=county.rules.wrap_up_ms)
            await county.keep_alive()
            await county.dispatch()
        assert (await county.agent_row(agent)).state == "available"


async def test_leaving_while_it_rings_declines(county: TestCounty) -> None:
    agent = await county.agent("K")
    ticket = await county.take()
    await county.dispatch()
    async with county.announcing() as session:
        await away(session, county.rules, agent, AwayReason.MEAL)
    row = await county.agent_row(agent)
    assert (row.state, row.away_reason) == ("away", "meal")
    assert (await county.ticket(ticket)).state == "waiting"
    async with county.announcing() as session:
        await available(session, county.rules, agent)
        await off_duty(session, county.rules, agent)
        await off_duty(session, county.rules, agent)
    assert (await county.agent_row(agent)).state == "offline"
    with pytest.raises(Conflict):
        async with county.announcing() as session:
            await available(session, county.rules, agent)
    with pytest.raises(Invalid):
        async with county.announcing() as session:
            await away(session, county.rules, agent, AwayReason.NO_ANSWER)


async def test_nobody_leaves_in_a_call(county: TestCounty) -> None:
    agent = await county.agent("K")
    ticket = await county.take()
    await county.dispatch()
    async with county.announcing() as session:
        await accept(session, county.rules, await county.offer_of(ticket), agent)
    for leave in (off_duty, available):
        with pytest.raises(Conflict) as refused:
            async with county.announcing() as session:
                await leave(session, county.rules, agent)
        assert refused.value.code == "agent.state"


async def test_who_answers_no_calls_cannot_attach(county: TestCounty) -> None:
    with pytest.raises(Forbidden):
        async with county.announcing() as session:
            await attach(session, county.rules, county.helper, "node-a", OLD)


async def test_a_ring_whose_windows_node_died_is_recalled(county: TestCounty) -> None:
    await county.node_up("node-b")
    agent = await county.agent("K")
    ticket = await county.take()
    await county.dispatch()
    await county.node_down()
    await county.dispatch()
    assert await county.ringing() == {}
    assert (await county.agent_row(agent)).state == "available"
    assert (await county.ticket(ticket)).state == "waiting"
    window = (await county.ticket(ticket)).window_id
    async with county.announcing() as session:
        await windows_seen(session, county.rules, "node-b", [window])
    await county.dispatch()
    assert await county.ringing() == {ticket: agent}


async def test_an_agent_in_a_call_stays_until_the_room_decides(
    county: TestCounty, clock: Clock
) -> None:
    agent = await county.agent("K")
    ticket = await county.take()
    await county.dispatch()
    async with county.announcing() as session:
        call = await accept(session, county.rules, await county.offer_of(ticket), agent)
    clock.turn(s=30)
    await county.dispatch()
    assert (await county.agent_row(agent)).state == "in_call"
    async with county.announcing() as session:
        await end_call(session, county.rules, call.call_id)
    await county.dispatch()
    assert (await county.agent_row(agent)).state == "offline"
