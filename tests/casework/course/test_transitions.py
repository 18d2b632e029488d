"""Every step from every state: the table as the county's rules say it, written down once more."""

from collections import defaultdict

import pytest

from casework.course.transitions import ENDED, TABLE
from casework.errors import Conflict, ShipinbanError
from casework.vocabulary import CaseMove, CaseState
from tests.casework.course.county import CourseCounty

RULES = """
draft: receive>submitted accept>accepted accept_to_follow>accepted_to_follow return>returned
draft: propose_refusal>refusal_proposed withdraw>withdrawn close>closed
submitted: receive>submitted accept>accepted accept_to_follow>accepted_to_follow return>returned
submitted: propose_refusal>refusal_proposed forward>forwarded withdraw>withdrawn
returned: receive>submitted resubmit>submitted accept>accepted return>returned
returned: accept_to_follow>accepted_to_follow propose_refusal>refusal_proposed withdraw>withdrawn
forwarded: accept>accepted accept_to_follow>accepted_to_follow return>returned
forwarded: propose_refusal>refusal_proposed suspend>suspended withdraw>withdrawn
accepted: finish>done propose_refusal>refusal_proposed suspend>suspended withdraw>withdrawn
accepted_to_follow: complete>accepted miss_materials>materials_overdue withdraw>withdrawn
accepted_to_follow: propose_refusal>refusal_proposed suspend>suspended
materials_overdue: complete>accepted return>returned propose_refusal>refusal_proposed
materials_overdue: suspend>suspended withdraw>withdrawn
refusal_proposed: confirm_refusal>refused send_back>submitted
suspended: resume>accepted withdraw>withdrawn
refused: appeal>appealed
appealed: reopen>submitted uphold>upheld
done: hand_result>handed_over
"""
ACTORS = {
    **dict.fromkeys(("resubmit", "withdraw", "appeal"), "helper"),
    **dict.fromkeys(("confirm_refusal", "send_back"), "county_supervisor"),
    **dict.fromkeys(("reopen", "uphold"), "chief_county_supervisor"),
    "miss_materials": None,
}
BEFORE = {CaseState.SUSPENDED: CaseState.ACCEPTED, CaseState.REFUSAL_PROPOSED: CaseState.SUBMITTED}


def expected() -> dict[CaseState, dict[CaseMove, CaseState]]:
    found: dict[CaseState, dict[CaseMove, CaseState]] = defaultdict(dict)
    for line in RULES.strip().splitlines():
        state, _, steps = line.partition(": ")
        for step in steps.split():
            move, _, target = step.partition(">")
            found[CaseState(state)][CaseMove(move)] = CaseState(target)
    return found


@pytest.mark.parametrize("state", CaseState)
async def test_from_each_state_each_step_leads_where_the_rules_say_or_changes_nothing(
    light_county: CourseCounty, state: CaseState
) -> None:
    for move in CaseMove:
        case_id = await light_county.case(state, before=BEFORE.get(state))
        actor = ACTORS.get(move, "agent")
        call = light_county.serving() if actor == "agent" else None
        before = (await light_county.row(case_id)).__dict__.copy()
        target = expected()[state].get(move)
        if target is None:
            with pytest.raises(Conflict, match=r"case\.state"):
                await light_county.move(case_id, move, actor, call=call)
            after = (await light_county.row(case_id)).__dict__.copy()
            assert _columns(after) == _columns(before), (state, move)
        else:
            case = await light_county.move(case_id, move, actor, call=call)
            assert case.state == target, (state, move)


def _columns(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if not name.startswith("_")}


@pytest.mark.parametrize("state", sorted({*BEFORE.values(), CaseState.RETURNED}))
async def test_a_case_goes_back_to_where_it_was(
    light_county: CourseCounty, state: CaseState
) -> None:
    case_id = await light_county.case(state)
    await light_county.move(case_id, CaseMove.PROPOSE_REFUSAL, "agent", call=light_county.serving())
    case = await light_county.move(case_id, CaseMove.SEND_BACK, "county_supervisor")
    assert (case.state, case.state_before) == (state, None)


def test_the_table_has_no_step_twice_and_nothing_after_an_end() -> None:
    rows = [(row.move, row.source, row.target) for row in TABLE]
    assert len(rows) == len(set(rows))
    assert not ENDED & {row.source for row in TABLE}
    reached = {row.target for row in TABLE} | {CaseState.DRAFT}
    assert reached == set(CaseState)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.source}-{row.move}-{row.target}")
async def test_nobody_else_takes_a_step(light_county: CourseCounty, row: object) -> None:
    assert row
    strangers = {"helper2", "agent2", "home_supervisor", "coordinator", "system_administrator"}
    entry = next(one for one in TABLE if one is row)
    case_id = await light_county.case(entry.source, before=BEFORE.get(entry.source))
    await light_county.set(case_id, state_before=entry.target)
    for stranger in (*strangers, *({None} - {ACTORS.get(entry.move, "agent")})):
        with pytest.raises(ShipinbanError):
            await light_county.move(case_id, entry.move, stranger)
    assert (await light_county.row(case_id)).state == entry.source
