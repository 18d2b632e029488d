import pytest
from sqlalchemy import select

from casework.errors import Conflict, Expired, NotFound
from casework.tables import CallBack
from casework.vocabulary import CallEndReason
from signaling.pairing.agents import off_duty
from signaling.pairing.call_backs import reassign_call_back
from signaling.pairing.calling_back import answer_call_back, start_call_back
from signaling.pairing.calls import BegunCall, end_call, lost_call
from signaling.pairing.offers import accept, decline
from signaling.pairing.tickets import CallBackPromised, cancel_ticket
from signaling.pairing.views import console_state, ringing_call_back
from signaling.tables import Ticket
from tests.signaling.pairing.county import NODE, Clock, TestCounty


async def promised(county: TestCounty) -> tuple[str, str]:
    """Call-back and window."""
    window = await county.new_window()
    promise = await county.take_case(await county.new_case(window), window)
    assert isinstance(promise, CallBackPromised)
    return promise.call_back_id, window


async def state_of(county: TestCounty, call_back: str) -> str:
    async with county.database.reading() as session:
        return (await session.get_one(CallBack, call_back)).state


async def start(county: TestCounty, call_back: str, agent: str) -> str:
    async with county.announcing() as session:
        return await start_call_back(session, county.rules, call_back, agent)


async def answer(county: TestCounty, ticket: str, window: str, *, accept: bool) -> BegunCall | None:
    async with county.announcing() as session:
        return await answer_call_back(
            session, county.rules, ticket, window, county.helper, NODE, accept=accept
        )


async def test_the_owner_starts_it_the_window_answers_and_the_call_ends_it(
    county: TestCounty,
) -> None:
    call_back, window = await promised(county)
    agent = await county.agent("K")
    ticket = await start(county, call_back, agent)
    async with county.database.reading() as session:
        rings = await ringing_call_back(session, county.rules, window)
        console = await console_state(session, agent)
    assert rings is not None
    assert (rings[0].id, rings[1].id) == (ticket, call_back)
    assert console.offer is None, "it rings at the window, not here"
    assert [(view.state, view.mine) for view in console.call_backs] == [("started", True)]
    with pytest.raises(Conflict) as refused:
        async with county.announcing() as session:
            await accept(session, county.rules, await county.offer_of(ticket), agent)
    assert refused.value.code == "offer.window_answers"
    call = await answer(county, ticket, window, accept=True)
    assert call is not None
    assert (call.agent_staff_id, call.node_id, call.may_decide) == (agent, NODE, True)
    async with county.announcing() as session:
        await end_call(session, county.rules, call.call_id)
    assert await state_of(county, call_back) == "done"


async def test_an_unanswered_one_is_open_again_and_the_agent_is_not_blamed(
    county: TestCounty, clock: Clock
) -> None:
    call_back, window = await promised(county)
    agent = await county.agent("K")
    ticket = await start(county, call_back, agent)
    clock.turn(s=60)
    await county.keep_alive()
    with pytest.raises(Expired):
        await answer(county, ticket, window, accept=True)
    await county.dispatch()
    assert await state_of(county, call_back) == "open"
    assert (await county.agent_row(agent)).state == "available"
    async with county.database.reading() as session:
        assert await session.scalar(select(Ticket.state)) == "cancelled"


async def test_the_window_or_the_agent_may_say_no(county: TestCounty) -> None:
    call_back, window = await promised(county)
    agent = await county.agent("K")
    ticket = await start(county, call_back, agent)
    assert await answer(county, ticket, window, accept=False) is None
    assert await state_of(county, call_back) == "open"
    ticket = await start(county, call_back, agent)
    async with county.announcing() as session:
        await decline(session, county.rules, await county.offer_of(ticket), agent)
    assert await state_of(county, call_back) == "open"
    with pytest.raises(Conflict):
        await answer(county, ticket, window, accept=True)
    assert (await county.agent_row(agent)).state == "available"


async def test_it_does_not_ring_at_a_busy_window(county: TestCounty) -> None:
    call_back, window = await promised(county)
    agent = await county.agent("K")
    await county.take(window_id=window)
    with pytest.raises(Conflict) as refused:
        await start(county, call_back, agent)
    assert refused.value.code == "window.busy"
    assert await state_of(county, call_back) == "open"
    assert (await county.agent_row(agent)).state == "available"


async def test_it_is_reassigned_within_the_group_only(county: TestCounty) -> None:
    call_back, _ = await promised(county)
    owner = await county.agent("K")
    colleague = await county.agent("K")
    stranger = await county.agent("G")
    with pytest.raises(NotFound):
        await start(county, call_back, colleague)
    with pytest.raises(NotFound):
        async with county.announcing() as session:
            await reassign_call_back(session, county.rules, call_back, stranger, stranger)
    with pytest.raises(Conflict):
        async with county.announcing() as session:
            await reassign_call_back(session, county.rules, call_back, owner, stranger)
    async with county.announcing() as session:
        await reassign_call_back(session, county.rules, call_back, owner, colleague)
    with pytest.raises(NotFound):
        await start(county, call_back, owner)
    await start(county, call_back, colleague)


async def test_the_first_on_duty_owns_what_comes_and_what_was_left(county: TestCounty) -> None:
    left, _ = await promised(county)
    first = await county.agent("K")
    second = await county.agent("K")
    async with county.database.reading() as session:
        assert (await session.get_one(CallBack, left)).owner_staff_id == first
    await county.open_hours(2, 9 * 60, 17 * 60)  # closed today, people still on duty
    later, _ = await promised(county)
    async with county.database.reading() as session:
        assert (await session.get_one(CallBack, later)).owner_staff_id == first
    async with county.announcing() as session:
        await off_duty(session, county.rules, first)
    third, _ = await promised(county)
    async with county.database.reading() as session:
        assert (await session.get_one(CallBack, third)).owner_staff_id == second


async def test_one_left_without_owner_is_given_to_whoever_is_there(county: TestCounty) -> None:
    call_back, _ = await promised(county)
    agent = await county.agent("K")
    async with county.database.transaction() as session:
        (await session.get_one(CallBack, call_back)).owner_staff_id = None
    await county.dispatch()
    async with county.database.reading() as session:
        assert (await session.get_one(CallBack, call_back)).owner_staff_id == agent


async def test_a_lost_call_back_waits_at_the_head_like_any_ticket(county: TestCounty) -> None:
    call_back, window = await promised(county)
    agent = await county.agent("K")
    ticket = await start(county, call_back, agent)
    call = await answer(county, ticket, window, accept=True)
    assert call is not None
    other = await county.agent("K")
    async with county.announcing() as session:
        await lost_call(session, county.rules, call.call_id, CallEndReason.AGENT_LOST)
    await county.dispatch()
    assert await county.ringing() == {ticket: other}
    assert await state_of(county, call_back) == "started"
    async with county.announcing() as session:
        await cancel_ticket(session, county.rules, ticket, window)
    assert await state_of(county, call_back) == "open", "still owed to the resident"
