"""Many at once, on both databases: one outcome each, and nothing counted short."""

import asyncio
import hashlib
from collections import Counter

from sqlalchemy import select

from casework.backoff import ACCOUNT
from casework.tables import Case, CaseEvent
from casework.vocabulary import Surface
from tests.signaling.edge.conftest import ORIGIN, Edge, code_of

TOGETHER = 8


async def test_cases_that_leave_draft_together_get_a_number_each(edge: Edge) -> None:
    helper, agent = await edge.sign_in("helper"), await edge.sign_in("agent")
    calls = []
    for _ in range(TOGETHER):
        case_id = await edge.agreed_case(helper)
        call_id = await edge.county.call(case_id)
        await edge.county.end_call(call_id)
        calls.append((call_id, case_id))
    answers = await asyncio.gather(
        *(
            agent.post(
                f"calls/{call_id}/outcomes",
                {"outcomes": [{"case_id": case_id, "outcome": "received"}]},
            )
            for call_id, case_id in calls
        )
    )
    assert [answer.status for answer in answers] == [200] * TOGETHER
    async with edge.context.database.reading() as session:
        numbers = await session.scalars(select(Case.number))
        assert sorted(number[-5:] for number in numbers if number) == [
            f"{place:05d}" for place in range(1, TOGETHER + 1)
        ]


async def test_one_case_gets_one_outcome_however_many_are_sent(edge: Edge) -> None:
    helper, agent = await edge.sign_in("helper"), await edge.sign_in("agent")
    case_id = await edge.agreed_case(helper)
    call_id = await edge.county.call(case_id)
    kinds = ("received", "guided") * (TOGETHER // 2)
    answers = await asyncio.gather(
        *(
            agent.post(
                f"calls/{call_id}/outcomes",
                {"outcomes": [{"case_id": case_id, "outcome": kind}]},
            )
            for kind in kinds
        )
    )
    assert Counter(answer.status for answer in answers) == {200: 1, 409: TOGETHER - 1}
    async with edge.context.database.reading() as session:
        events = select(CaseEvent).where(CaseEvent.kind == "outcome.given")
        assert len((await session.scalars(events)).all()) == 1


async def test_guesses_at_the_same_moment_all_count(edge: Edge) -> None:
    async def guess() -> int:
        answer = await edge.client.post(
            f"/api/{Surface.WINDOW}/sign-in",
            json={"username": "helper", "password": "wrong"},
            headers={"Origin": ORIGIN},
        )
        return answer.status

    answers = Counter(await asyncio.gather(*(guess() for _ in range(2 * ACCOUNT.free))))
    assert answers == {401: ACCOUNT.free, 429: ACCOUNT.free}


async def test_a_part_sent_many_times_at_once_is_kept_once(edge: Edge, picture: bytes) -> None:
    helper = await edge.sign_in("helper")
    case_id = await edge.case(helper)
    begun = await helper.post(
        f"cases/{case_id}/pages",
        {
            "kind": "original",
            "sha256": hashlib.sha256(picture).hexdigest(),
            "total_bytes": len(picture),
            "media_type": "image/jpeg",
        },
    )
    path = f"pages/{(await begun.json())['id']}/bytes"
    middle = len(picture) // 2
    for offset, part in ((0, picture[:middle]), (middle, picture[middle:])):
        params = {"offset": str(offset)}
        answers = await asyncio.gather(
            *(helper.request("PUT", path, params=params, data=part) for _ in range(4))
        )
        assert [answer.status for answer in answers] == [200] * 4
    assert (await answers[-1].json())["received_bytes"] == len(picture)
    shown = await (await helper.get(path.removesuffix("/bytes"))).json()
    assert shown["state"] == "ready"
    async with edge.context.database.reading() as session:
        taken = select(CaseEvent).where(CaseEvent.kind == "page.taken")
        assert len((await session.scalars(taken)).all()) == 1
    again = await helper.request("PUT", path, params={"offset": "7"}, data=picture[7:9])
    assert again.status == 200
    assert await code_of(await helper.get("pages/none")) == (404, "not_found")
