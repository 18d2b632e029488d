"""Every rule refuses what it is for, and something here notices when it no longer does."""

from dataclasses import replace

import pytest

from casework.authority.facts import (
    ActorFacts,
    CallFacts,
    CaseFacts,
    Facts,
    GrantFacts,
    ItemFacts,
    MandateFacts,
)
from casework.authority.rules import (
    DOING_STEPS,
    LENT_STEPS,
    MANDATED_STEPS,
    PARTY_ROLES,
    RULES,
    Rule,
    best_grant,
    refusal,
)
from casework.authority.step_kinds import UNMOVING, StepKind
from casework.course.moving import STEPS
from casework.course.transitions import TABLE
from casework.vocabulary import (
    AccountableLine,
    CaseMode,
    CaseParty,
    GrantState,
    MandateKind,
    MandatePower,
    MandateState,
    Relation,
    Role,
    Surface,
)

NOW = 1_000_000
GRANT = GrantFacts(id="grant", state=GrantState.SIGNED, from_ms=NOW, until_ms=NOW + 1)
MANDATE = MandateFacts(
    id="mandate",
    kind=MandateKind.ENTRUSTED,
    state=MandateState.IN_FORCE,
    subject_index=b"subject",
    helper_staff_id="helper",
    witness_staff_id="agent",
    item_codes=frozenset({"PENSION"}),
    powers=frozenset(MandatePower),
    from_ms=NOW,
    until_ms=NOW + 1,
    once=True,
)
CASE = CaseFacts(
    id="case",
    county_id="county",
    window_id="window",
    mode=CaseMode.DELEGATED,
    present=Relation.HELPER,
    subject_index=b"subject",
    owner_staff_id=None,
    opened_by_staff_id="helper",
    forwarded=False,
    consented=True,
)
AGENT = ActorFacts(
    staff_id="agent",
    county_id="county",
    roles=frozenset({Role.AGENT}),
    surface=Surface.CONSOLE,
    at_county=True,
)
HELPER = ActorFacts(
    staff_id="helper",
    county_id="county",
    roles=frozenset({Role.HELPER}),
    surface=Surface.WINDOW,
    window_id="window",
)
COUNTY_SUPERVISOR = ActorFacts(
    staff_id="supervisor",
    county_id="county",
    roles=frozenset({Role.COUNTY_SUPERVISOR}),
    surface=Surface.SUPERVISION,
    at_county=True,
)
CLOCK = ActorFacts(staff_id="", county_id="county", roles=frozenset(), surface=None)
DECIDER = frozenset({CaseParty.DECIDER})
FACTS = Facts(
    now_ms=NOW,
    who=DECIDER,
    actor=AGENT,
    case=CASE,
    item=ItemFacts(code="PENSION", modes=frozenset({"assisted", "delegated"}), lent=True),
    call=CallFacts(
        agent_staff_id="agent", helper_staff_id="helper", recorded=True, may_decide=True
    ),
    helper_staff_id="helper",
    appointed=True,
    grant=GRANT,
    mandate=MANDATE,
)
"""A delegated case in a call: everything that acceptance rests on is there."""


def actor(of: ActorFacts = AGENT, **changes: object) -> Facts:
    return replace(FACTS, actor=replace(of, **changes))  # type: ignore[arg-type]


def by(party: CaseParty, of: ActorFacts = AGENT, **changes: object) -> Facts:
    """A step that is for ``party`` to take."""
    return replace(actor(of, **changes), who=frozenset({party}))


def case(**changes: object) -> Facts:
    return replace(FACTS, case=replace(CASE, **changes))  # type: ignore[arg-type]


def call(**changes: object) -> Facts:
    assert FACTS.call is not None
    return replace(FACTS, call=replace(FACTS.call, **changes))  # type: ignore[arg-type]


def grant(**changes: object) -> Facts:
    return replace(FACTS, grant=replace(GRANT, **changes))  # type: ignore[arg-type]


def mandate(**changes: object) -> Facts:
    return replace(FACTS, mandate=replace(MANDATE, **changes))  # type: ignore[arg-type]


Refused = tuple[str, StepKind, Facts]
REFUSED: tuple[Refused, ...] = (
    ("authority.not_by_hand", StepKind.MISS_MATERIALS, by(CaseParty.CLOCK)),
    ("authority.role", StepKind.ACCEPT, actor(roles=frozenset({Role.SYSTEM_ADMINISTRATOR}))),
    ("authority.role", StepKind.ACCEPT, actor(CLOCK)),
    ("authority.role", StepKind.WITHDRAW, by(CaseParty.WINDOW)),
    ("authority.role", StepKind.CONFIRM_REFUSAL, by(CaseParty.COUNTY_APPROVER)),
    ("authority.place", StepKind.ACCEPT, actor(county_id="another")),
    (
        "authority.place",
        StepKind.SUBMIT,
        by(CaseParty.WINDOW, HELPER, window_id="another village's"),
    ),
    ("authority.not_owner", StepKind.HAND_OVER, by(CaseParty.OFFICER)),
    ("authority.not_officer", StepKind.RETURN, by(CaseParty.OFFICER, staff_id="a colleague")),
    (
        "authority.not_officer",
        StepKind.RETURN,
        by(CaseParty.OFFICER, staff_id="a colleague", took_part=True),
    ),
    (
        "authority.not_officer",
        StepKind.JUDGE_MATERIAL,
        by(CaseParty.OFFICER, staff_id="a colleague"),
    ),
    (
        "authority.not_county",
        StepKind.CONFIRM_REFUSAL,
        by(CaseParty.COUNTY_APPROVER, COUNTY_SUPERVISOR, at_county=False),
    ),
    (
        "authority.took_part",
        StepKind.CONFIRM_REFUSAL,
        by(CaseParty.COUNTY_APPROVER, COUNTY_SUPERVISOR, took_part=True),
    ),
    ("authority.mode", StepKind.ACCEPT, case(mode=CaseMode.ADVICE)),
    (
        "authority.mode",
        StepKind.PROPOSE_REFUSAL,
        replace(FACTS, item=replace(FACTS.item, modes=frozenset({"assisted"}))),
    ),
    ("authority.not_recorded", StepKind.ACCEPT, case(consented=False)),
    ("authority.not_recorded", StepKind.RETURN, call(recorded=False)),
    ("authority.not_deciding", StepKind.ACCEPT, call(may_decide=False)),
    (
        "authority.not_deciding",
        StepKind.PROPOSE_REFUSAL,
        replace(case(owner_staff_id="agent"), call=None),
    ),
    ("authority.not_appointed", StepKind.ACCEPT, replace(FACTS, appointed=False)),
    ("authority.grant_none", StepKind.ACCEPT, replace(FACTS, grant=None)),
    ("authority.grant_unsigned", StepKind.ACCEPT, grant(state=GrantState.PROPOSED)),
    ("authority.grant_unsigned", StepKind.ACCEPT, grant(state=GrantState.DECLINED)),
    ("authority.grant_revoked", StepKind.ACCEPT, grant(state=GrantState.REVOKED)),
    (
        "authority.grant_suspended",
        StepKind.ACCEPT,
        grant(suspended_by=frozenset({AccountableLine.HOME})),
    ),
    ("authority.grant_not_begun", StepKind.ACCEPT, grant(from_ms=NOW + 1, until_ms=NOW + 2)),
    ("authority.grant_ended", StepKind.ACCEPT, grant(from_ms=NOW - 1, until_ms=NOW)),
    ("authority.mandate_none", StepKind.ACCEPT, replace(FACTS, mandate=None)),
    ("authority.mandate_subject", StepKind.ACCEPT, mandate(subject_index=b"another")),
    ("authority.mandate_helper", StepKind.ACCEPT, mandate(helper_staff_id="another")),
    (
        "authority.mandate_helper",
        StepKind.ACCEPT,
        replace(
            mandate(helper_staff_id="another"),
            call=None,
            helper_staff_id=None,
            case=replace(CASE, owner_staff_id="agent"),
            actor=replace(AGENT, decides=True),
        ),
    ),
    ("authority.mandate_item", StepKind.ACCEPT, mandate(item_codes=frozenset({"PERMIT"}))),
    ("authority.mandate_unconfirmed", StepKind.ACCEPT, mandate(state=MandateState.PROPOSED)),
    ("authority.mandate_declined", StepKind.ACCEPT, mandate(state=MandateState.DECLINED)),
    ("authority.mandate_revoked", StepKind.ACCEPT, mandate(state=MandateState.REVOKED)),
    ("authority.mandate_witness", StepKind.ACCEPT, mandate(witness_staff_id="helper")),
    ("authority.mandate_guardian", StepKind.ACCEPT, mandate(kind=MandateKind.GUARDIANSHIP)),
    ("authority.mandate_not_begun", StepKind.ACCEPT, mandate(from_ms=NOW + 1, until_ms=NOW + 2)),
    ("authority.mandate_ended", StepKind.ACCEPT, mandate(from_ms=NOW - 1, until_ms=NOW)),
    (
        "authority.mandate_power",
        StepKind.WITHDRAW,
        mandate(powers=frozenset(MandatePower) - {MandatePower.WITHDRAW}),
    ),
    ("authority.mandate_used", StepKind.ACCEPT, mandate(used_case_id="another case")),
)


def noticed(rules: tuple[Rule, ...]) -> list[Refused]:
    """Of :data:`REFUSED`, what these rules would no longer refuse for its own reason."""
    return [row for row in REFUSED if refusal(row[1], row[2], rules) != row[0]]


@pytest.mark.parametrize(
    ("code", "kind", "facts"), REFUSED, ids=[f"{code}-{kind}" for code, kind, _ in REFUSED]
)
def test_a_step_is_refused_by_the_rule_that_it_breaks(
    code: str, kind: StepKind, facts: Facts
) -> None:
    assert refusal(kind, facts) == code


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_turned_into_allowed_would_be_noticed(rule: Rule) -> None:
    allowed = replace(rule, refuses=lambda *_: False)
    assert noticed(tuple(allowed if row is rule else row for row in RULES))


def test_nothing_is_missing_when_all_is_in_order() -> None:
    assert noticed(RULES) == []
    for kind in DOING_STEPS | LENT_STEPS | set(MANDATED_STEPS):
        assert refusal(kind, FACTS) is None, kind
        assert refusal(kind, by(CaseParty.WINDOW, HELPER)) is None, kind
    approver = by(CaseParty.COUNTY_APPROVER, COUNTY_SUPERVISOR)
    assert refusal(StepKind.CONFIRM_REFUSAL, approver) is None
    assert refusal(StepKind.MISS_MATERIALS, by(CaseParty.CLOCK, CLOCK)) is None


def test_who_takes_a_step_is_said_once() -> None:
    moving = {STEPS[row.move] for row in TABLE}
    assert moving | set(UNMOVING) == set(StepKind)
    assert not moving & set(UNMOVING)


def test_administrators_auditors_and_the_home_line_take_no_step() -> None:
    parties = {party for row in TABLE for party in row.who}.union(*UNMOVING.values())
    assert parties == {*PARTY_ROLES, CaseParty.CLOCK}
    taking = frozenset().union(*(roles for _, roles in PARTY_ROLES.values()))
    assert taking == {
        Role.HELPER,
        Role.AGENT,
        Role.COUNTY_SUPERVISOR,
        Role.CHIEF_COUNTY_SUPERVISOR,
    }


def test_only_the_owner_hands_a_case_over_and_any_agent_may_take_it() -> None:
    owner = replace(by(CaseParty.OFFICER), call=None, case=replace(CASE, owner_staff_id="agent"))
    assert refusal(StepKind.HAND_OVER, owner) is None
    colleague = replace(owner, actor=replace(AGENT, staff_id="a colleague"))
    assert refusal(StepKind.TAKE_OVER, colleague) is None


def test_who_had_a_part_in_the_case_still_prepares_it() -> None:
    former = replace(by(CaseParty.OFFICER, took_part=True), call=None)
    assert refusal(StepKind.JUDGE_MATERIAL, former) is None


def test_advice_and_items_that_are_not_lent_need_no_grant() -> None:
    bare = replace(FACTS, appointed=False, grant=None)
    advice = replace(bare, case=replace(CASE, mode=CaseMode.ADVICE))
    assert refusal(StepKind.HAND_RESULT, advice) is None
    assert refusal(StepKind.ACCEPT, replace(bare, item=replace(FACTS.item, lent=False))) is None


def test_the_county_acts_on_its_own_authority_without_a_helper() -> None:
    own = case(owner_staff_id="agent")
    alone = replace(own, call=None, helper_staff_id=None, appointed=False, grant=None)
    decider = replace(AGENT, decides=True)
    assert refusal(StepKind.ACCEPT, replace(alone, actor=decider)) is None


def test_what_was_forwarded_is_for_the_organisation_that_decides_it() -> None:
    stranger = replace(
        case(forwarded=True),
        call=None,
        actor=replace(AGENT, staff_id="a colleague", decides=True),
    )
    assert refusal(StepKind.FINISH, stranger) is None
    elsewhere = replace(stranger, actor=replace(stranger.actor, decides=False))
    assert refusal(StepKind.RETURN, elsewhere) == "authority.not_officer"


def test_assisted_handling_needs_no_mandate() -> None:
    assisted = replace(case(mode=CaseMode.ASSISTED), mandate=None)
    assert refusal(StepKind.ACCEPT, assisted) is None


def test_guardianship_counts_while_the_guardian_is_present() -> None:
    present = replace(
        case(present=Relation.GUARDIAN), mandate=replace(MANDATE, kind=MandateKind.GUARDIANSHIP)
    )
    assert refusal(StepKind.ACCEPT, present) is None


def test_a_step_rests_on_any_grant_that_holds() -> None:
    ended = replace(GRANT, id="ended", from_ms=NOW - 2, until_ms=NOW - 1)
    suspended = replace(
        GRANT, id="later", until_ms=NOW + 9, suspended_by=frozenset({AccountableLine.COUNTY})
    )
    assert best_grant(StepKind.ACCEPT, FACTS, [ended, suspended, GRANT]) == GRANT
    assert best_grant(StepKind.ACCEPT, FACTS, [ended, suspended]) == suspended
    assert best_grant(StepKind.ACCEPT, FACTS, []) is None


def test_a_mandate_good_for_one_case_serves_every_step_of_that_case() -> None:
    used = mandate(used_case_id="case")
    assert refusal(StepKind.ACCEPT, used) is None
    lasting = replace(MANDATE, once=False, used_case_id="another case")
    assert refusal(StepKind.ACCEPT, replace(FACTS, mandate=lasting)) is None
