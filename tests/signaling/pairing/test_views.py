from casework.case_events import add_event
from casework.ratings import ask_for_rating, give_rating
from casework.tables import Case
from casework.vocabulary import CallEndReason, Outcome, RatingGrade
from signaling.pairing.agents import off_duty
from signaling.pairing.calls import end_call
from signaling.pairing.offers import accept
from signaling.pairing.views import console_state, ringing_call_back, window_state
from signaling.wire.views import LastCallView
from tests.signaling.pairing.county import Clock, TestCounty


async def test_a_window_sees_its_exact_place_and_an_agent_the_queue(
    county: TestCounty, clock: Clock
) -> None:
    agent = await county.agent("K")
    tickets = []
    for _ in range(3):
        tickets.append(await county.take())
        clock.turn(s=1)
    old = await county.take(elderly=True)
    await county.dispatch()
    places = {}
    for ticket in tickets:
        window = (await county.ticket(ticket)).window_id
        async with county.database.reading() as session:
            state = await window_state(session, county.rules, window)
        assert state.ticket is not None
        assert state.ticket.estimate is None
        places[ticket] = state.ticket.place
    assert await county.ringing() == {old: agent}
    assert list(places.values()) == [2, 3, 4]
    async with county.database.reading() as session:
        console = await console_state(session, agent)
    assert [entry.ticket_id for entry in console.queue] == tickets
    assert [entry.place for entry in console.queue] == [2, 3, 4]
    assert all(entry.mine for entry in console.queue)
    assert console.offer is not None
    assert (console.offer.ticket_id, console.offer.priority) == (old, True)
    assert console.agent is not None
    assert console.agent.state == "offered"


async def test_both_sides_see_the_call(county: TestCounty) -> None:
    agent = await county.agent("K")
    ticket = await county.take(consent="no")
    await county.dispatch()
    async with county.announcing() as session:
        call = await accept(session, county.rules, await county.offer_of(ticket), agent)
    async with county.database.reading() as session:
        window = await window_state(session, county.rules, call.window_id)
        console = await console_state(session, agent)
    assert window.call == console.call
    assert window.call is not None
    assert (window.call.id, window.call.recorded, window.call.may_decide) == (
        call.call_id,
        False,
        False,
    )
    assert console.offer is None
    assert console.queue == []


async def test_a_window_hears_what_becomes_of_its_last_call(county: TestCounty) -> None:
    agent = await county.agent("K")
    ticket = await county.take(consent="yes")
    await county.dispatch()
    async with county.announcing() as session:
        call = await accept(session, county.rules, await county.offer_of(ticket), agent)
    window, case_id = call.window_id, (await county.ticket(ticket)).case_id

    async def seen() -> LastCallView | None:
        async with county.database.reading() as session:
            return (await window_state(session, county.rules, window)).last_call

    assert await seen() is None
    async with county.announcing() as session:
        await end_call(session, county.rules, call.call_id, CallEndReason.FINISHED)
    view = LastCallView(call_id=call.call_id, case_ids=[case_id], settled_case_ids=[], rated=False)
    assert await seen() == view
    async with county.announcing() as session:
        case = await session.get_one(Case, case_id)
        add_event(
            session, case, "outcome.given",
            actor_staff_id=agent, call_id=call.call_id, outcome=Outcome.GUIDED,
        )  # fmt: skip
        token = await ask_for_rating(session, case, call.call_id)
        await give_rating(session, token or "", RatingGrade.FAIR)
    settled = view.model_copy(update={"settled_case_ids": [case_id], "rated": True})
    assert await seen() == settled


async def test_a_town_sees_only_what_is_for_it(county: TestCounty) -> None:
    await county.agent("K")
    town = await county.agent("T", town=True)
    await county.take()
    for_town = await county.take("town")
    async with county.database.reading() as session:
        console = await console_state(session, town)
    assert [entry.ticket_id for entry in console.queue] == [for_town]


async def test_a_call_back_is_listed_on_both_sides(county: TestCounty) -> None:
    agent = await county.agent("K")
    async with county.announcing() as session:
        await off_duty(session, county.rules, agent)
    window = await county.new_window()
    await county.take_case(await county.new_case(window), window)
    await county.sit_down(agent)
    async with county.database.reading() as session:
        console = await console_state(session, agent)
        at_window = await window_state(session, county.rules, window)
        rings = await ringing_call_back(session, county.rules, window)
    assert [(view.mine, view.reason) for view in console.call_backs] == [(True, "nobody_on_duty")]
    assert [view.mine for view in at_window.call_backs] == [False]
    assert rings is None
