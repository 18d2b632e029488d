import pytest
from sqlalchemy import select, update

from casework.errors import Conflict, Invalid, NotFound
from casework.tables import CallBack, ServiceItem
from casework.vocabulary import CallEndReason
from signaling.pairing.agents import available
from signaling.pairing.calls import end_call, lost_call
from signaling.pairing.offers import accept
from signaling.pairing.tickets import CallBackPromised, Taken, cancel_ticket, windows_seen
from signaling.tables import Call, Node, Offer
from tests.signaling.pairing.county import Clock, TestCounty


async def test_numbers_run_by_letter_and_county_day(county: TestCounty, clock: Clock) -> None:
    await county.agent("K")
    await county.agent("T", town=True)
    labels = []
    for item in ("county", "county", "town", "county"):
        row = await county.ticket(await county.take(item))
        labels.append((row.letters, row.number, row.county_day))
    assert labels == [
        ("K", 1, 20251117),
        ("K", 2, 20251117),
        ("T", 1, 20251117),
        ("K", 3, 20251117),
    ]
    clock.turn(s=15 * 3600)  # midnight in Asia/Shanghai, still the 17th in UTC
    await county.keep_alive()
    row = await county.ticket(await county.take())
    assert (row.number, row.county_day) == (1, 20251118)


async def test_asking_again_gives_the_same_ticket_and_another_case_is_refused(
    county: TestCounty,
) -> None:
    await county.agent("K")
    window = await county.new_window()
    case = await county.new_case(window)
    first = await county.take_case(case, window)
    assert await county.take_case(case, window) == first
    other_case = await county.new_case(window)
    with pytest.raises(Conflict) as refused:
        await county.take_case(other_case, window)
    assert refused.value.code == "ticket.window_busy"


async def test_no_ticket_without_a_consent_answer_or_for_another_windows_case(
    county: TestCounty,
) -> None:
    await county.agent("K")
    window = await county.new_window()
    case = await county.new_case(window, consent=None)
    with pytest.raises(Conflict) as refused:
        await county.take_case(case, window)
    assert refused.value.code == "consent.not_asked"
    with pytest.raises(NotFound):
        await county.take_case(case, await county.new_window())


async def test_a_no_to_recording_is_advice_only_or_no_call_as_the_item_says(
    county: TestCounty,
) -> None:
    await county.agent("K")
    assert (await county.ticket(await county.take(consent="no"))).advice_only
    async with county.database.transaction() as session:
        await session.execute(update(ServiceItem).values(consent_policy="no_call"))
    window = await county.new_window()
    with pytest.raises(Conflict) as refused:
        await county.take_case(await county.new_case(window, consent="no"), window)
    assert refused.value.code == "consent.needed"


async def test_an_item_not_handled_by_video_gets_no_ticket(county: TestCounty) -> None:
    async with county.database.transaction() as session:
        await session.execute(update(ServiceItem).values(video_level=None))
    window = await county.new_window()
    with pytest.raises(Invalid):
        await county.take_case(await county.new_case(window), window)


async def test_the_elderly_go_before_who_came_less_than_ten_minutes_earlier(
    county: TestCounty, clock: Clock
) -> None:
    agent = await county.agent("K")
    long_before = await county.take()
    clock.turn(s=601)
    shortly_before = await county.take()
    clock.turn(s=599)
    old = await county.take(elderly=True)
    order: list[str] = []
    for _ in range(3):
        await county.keep_alive()
        await county.dispatch()
        (ticket,) = await county.ringing()
        order.append(ticket)
        async with county.announcing() as session:
            call = await accept(session, county.rules, await county.offer_of(ticket), agent)
            await end_call(session, county.rules, call.call_id)
            await available(session, county.rules, agent)
    assert order == [long_before, old, shortly_before]


async def test_a_lost_call_is_at_the_head_as_the_same_case(county: TestCounty) -> None:
    agent = await county.agent("K")
    first = await county.take()
    await county.dispatch()
    old = await county.take(elderly=True)
    async with county.announcing() as session:
        call = await accept(session, county.rules, await county.offer_of(first), agent)
    async with county.announcing() as session:
        assert await lost_call(session, county.rules, call.call_id, CallEndReason.WINDOW_LOST)
    async with county.announcing() as session:
        assert not await lost_call(session, county.rules, call.call_id, CallEndReason.WINDOW_LOST)
    ticket = await county.ticket(first)
    assert (ticket.state, ticket.drops, ticket.node_id) == ("waiting", 1, None)
    assert (await county.agent_row(agent)).state == "wrap_up"
    await county.agent("K")
    await county.dispatch()
    assert list(await county.ringing()) == [old], "its window has not come back yet"
    async with county.announcing() as session:
        await windows_seen(session, county.rules, "node-a", [ticket.window_id])
    next_agent = await county.agent("K")
    await county.dispatch()
    assert (await county.ringing())[first] == next_agent


async def test_calls_of_a_lost_node_go_to_the_head_and_free_the_agent(county: TestCounty) -> None:
    await county.node_up("node-b")
    agent = await county.new_agent("K")
    await county.sit_down(agent, "node-b")
    ticket = await county.take()
    await county.dispatch()
    async with county.announcing() as session:
        call = await accept(session, county.rules, await county.offer_of(ticket), agent)
    await county.dispatch()
    assert (await county.ticket(ticket)).state == "serving"
    await county.node_down()
    await county.dispatch()
    assert (await county.ticket(ticket)).state == "waiting"
    assert (await county.agent_row(agent)).state == "available"
    async with county.database.reading() as session:
        reason = await session.scalar(select(Call.end_reason).where(Call.id == call.call_id))
    assert reason == "node_lost"
    async with county.announcing() as session:
        await windows_seen(session, county.rules, "node-b", [call.window_id])
    await county.dispatch()
    assert await county.ringing() == {ticket: agent}
    async with county.announcing() as session:
        again = await accept(session, county.rules, await county.offer_of(ticket), agent)
    assert again.node_id == "node-b"


async def test_a_ticket_whose_window_stays_away_is_cancelled(
    county: TestCounty, clock: Clock
) -> None:
    await county.agent("K")
    ticket = await county.take()
    other = await county.take()
    clock.turn(s=119)
    async with county.announcing() as session:
        window = (await county.ticket(other)).window_id
        await windows_seen(session, county.rules, "node-a", [window])
    await county.dispatch()
    assert (await county.ticket(ticket)).state == "waiting"
    clock.turn(s=2)
    await county.dispatch()
    assert (await county.ticket(ticket)).state == "cancelled"
    assert (await county.ticket(other)).state == "waiting"


async def test_nobody_is_given_up_before_a_node_has_watched_for_as_long(
    county: TestCounty, clock: Clock
) -> None:
    ticket_agent = await county.agent("K")
    ticket = await county.take()
    clock.turn(s=3600)  # every node was down
    await county.node_up()
    async with county.database.transaction() as session:
        await session.execute(update(Node).values(held_since_ms=clock.ms))
    await county.dispatch()
    assert (await county.ticket(ticket)).state == "waiting"
    assert (await county.agent_row(ticket_agent)).state == "available"
    clock.turn(s=7)
    await county.dispatch()
    assert (await county.agent_row(ticket_agent)).state == "offline"
    assert (await county.ticket(ticket)).state == "waiting"
    clock.turn(s=120)
    await county.dispatch()
    assert (await county.ticket(ticket)).state == "cancelled"


async def test_closed_or_nobody_on_duty_becomes_a_call_back_with_a_due_time(
    county: TestCounty, clock: Clock
) -> None:
    window = await county.new_window()
    case = await county.new_case(window)
    nobody = await county.take_case(case, window)
    assert isinstance(nobody, CallBackPromised)
    assert (nobody.reason, nobody.due_ms) == ("nobody_on_duty", clock.ms + 3_600_000)
    assert await county.take_case(case, window) == nobody
    agent = await county.agent("K")
    async with county.database.reading() as session:
        owner = await session.scalar(select(CallBack.owner_staff_id))
    assert owner == agent, "the first agent on duty owns it"
    taken = await county.take_case(case, window)
    assert isinstance(taken, Taken), "somebody is here now: the promise is kept at once"
    async with county.database.reading() as session:
        assert await session.scalar(select(CallBack.state)) == "cancelled"

    await county.open_hours(2, 9 * 60, 17 * 60)
    closed_window = await county.new_window()
    closed = await county.take_case(await county.new_case(closed_window), closed_window)
    assert isinstance(closed, CallBackPromised)
    assert (closed.reason, closed.due_ms) == ("closed", clock.ms + 25 * 3_600_000)


async def test_a_ticket_for_which_nobody_works_any_more_becomes_a_call_back(
    county: TestCounty, clock: Clock
) -> None:
    await county.agent("K")
    ticket = await county.take()
    clock.turn(s=10)
    for _ in range(60):
        async with county.announcing() as session:
            window = (await county.ticket(ticket)).window_id
            await windows_seen(session, county.rules, "node-a", [window])
        await county.dispatch()
        if (await county.ticket(ticket)).state != "waiting":
            break
        clock.turn(s=10)
    assert (await county.ticket(ticket)).state == "call_back"
    async with county.database.reading() as session:
        assert await session.scalar(select(CallBack.state)) == "open"


async def test_a_towns_ticket_overflows_to_the_county_and_then_to_the_general_group(
    county: TestCounty, clock: Clock
) -> None:
    town = await county.agent("T", town=True)
    knows = await county.agent("K")
    general = await county.agent("G")
    tickets = [await county.take("town") for _ in range(3)]
    await county.dispatch()
    assert await county.ringing() == {tickets[0]: town}
    async with county.announcing() as session:
        served = await accept(session, county.rules, await county.offer_of(tickets[0]), town)
    assert served.may_decide
    clock.turn(s=91)
    await county.keep_alive()
    await county.dispatch()
    assert await county.ringing() == {tickets[1]: knows}
    clock.turn(s=61)
    await county.keep_alive()
    renewed = await _renewed(county, tickets[1])
    async with county.announcing() as session:
        advice = await accept(session, county.rules, renewed, knows)
    assert not advice.may_decide, "the county advises and receives, it does not decide for a town"
    await county.dispatch()
    assert await county.ringing() == {tickets[2]: general}


async def test_a_countys_ticket_overflows_to_the_general_group_which_may_not_decide(
    county: TestCounty, clock: Clock
) -> None:
    busy = await county.agent("K")
    general = await county.agent("G")
    first, second = await county.take(), await county.take()
    await county.dispatch()
    assert await county.ringing() == {first: busy}
    async with county.announcing() as session:
        await accept(session, county.rules, await county.offer_of(first), busy)
    clock.turn(s=61)
    await county.keep_alive()
    await county.dispatch()
    assert await county.ringing() == {second: general}
    async with county.announcing() as session:
        call = await accept(session, county.rules, await county.offer_of(second), general)
    assert not call.may_decide


async def test_with_nobody_of_the_group_at_work_the_general_group_is_asked_at_once(
    county: TestCounty,
) -> None:
    general = await county.agent("G")
    ticket = await county.take()
    await county.dispatch()
    assert await county.ringing() == {ticket: general}


async def test_only_the_own_window_cancels_and_not_in_a_call(county: TestCounty) -> None:
    agent = await county.agent("K")
    ticket = await county.take()
    window = (await county.ticket(ticket)).window_id
    other_window = await county.new_window()
    with pytest.raises(NotFound):
        async with county.announcing() as session:
            await cancel_ticket(session, county.rules, ticket, other_window)
    await county.dispatch()
    async with county.announcing() as session:
        await accept(session, county.rules, await county.offer_of(ticket), agent)
    with pytest.raises(Conflict) as refused:
        async with county.announcing() as session:
            await cancel_ticket(session, county.rules, ticket, window)
    assert refused.value.code == "ticket.serving"


async def _renewed(county: TestCounty, ticket: str) -> str:
    """The offer that rings now; the earlier one rang out meanwhile."""
    async with county.database.transaction() as session:
        await session.execute(
            update(Offer)
            .where(Offer.ticket_id == ticket, Offer.state == "ringing")
            .values(deadline_ms=county.rules.now() + 1_000)
        )
    return await county.offer_of(ticket)
