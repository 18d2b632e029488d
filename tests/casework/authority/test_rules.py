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
    DECIDING_STEPS,
    LENT_STEPS,
    MANDATED_STEPS,
    RULES,
    STEP_ROLES,
    Rule,
    best_grant,
    refusal,
)
from casework.authority.step_kinds import StepKind
from casework.vocabulary import (
    AccountableLine,
    CaseMode,
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
FACTS = Facts(
    now_ms=NOW,
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
    ("authority.role", StepKind.ACCEPT, actor(roles=frozenset({Role.SYSTEM_ADMINISTRATOR}))),
    ("authority.place", StepKind.ACCEPT, actor(county_id="another")),
    ("authority.place", StepKind.SUBMIT, actor(HELPER, window_id="another village's")),
    ("authority.place", StepKind.RETURN, actor(staff_id="a colleague")),
    (
        "authority.not_county",
        StepKind.CONFIRM_REFUSAL,
        actor(COUNTY_SUPERVISOR, at_county=False),
    ),
    ("authority.took_part", StepKind.CONFIRM_REFUSAL, actor(took_part=True)),
    ("authority.took_part", StepKind.DECIDE_APPEAL, actor(COUNTY_SUPERVISOR, took_part=True)),
    ("authority.mode", StepKind.ACCEPT, case(mode=CaseMode.ADVICE)),
    (
        "authority.mode",
        StepKind.SUBMIT,
        replace(FACTS, item=replace(FACTS.item, modes=frozenset({"assisted"}))),
    ),
    ("authority.not_recorded", StepKind.ACCEPT, case(consented=False)),
    ("authority.not_recorded", StepKind.ACCEPT, call(recorded=False)),
    ("authority.not_deciding", StepKind.ACCEPT, call(may_decide=False)),
    (
        "authority.not_deciding",
        StepKind.PROPOSE_REFUSAL,
        replace(FACTS, call=None, actor=replace(AGENT, took_part=True)),
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
            actor=replace(AGENT, took_part=True, decides=True),
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
    for kind in DECIDING_STEPS | LENT_STEPS | set(MANDATED_STEPS):
        person = AGENT if Role.AGENT in STEP_ROLES[kind] else HELPER
        assert refusal(kind, actor(person)) is None, kind
    assert refusal(StepKind.CONFIRM_REFUSAL, actor(COUNTY_SUPERVISOR)) is None


def test_every_step_has_roles_and_administrators_take_none() -> None:
    assert set(STEP_ROLES) == set(StepKind)
    taking = frozenset().union(*STEP_ROLES.values())
    assert not taking & {
        Role.SYSTEM_ADMINISTRATOR,
        Role.SECURITY_ADMINISTRATOR,
        Role.AUDITOR,
        Role.HOME_SUPERVISOR,
    }


def test_advice_and_items_that_are_not_lent_need_no_grant() -> None:
    bare = replace(FACTS, appointed=False, grant=None)
    advice = replace(bare, case=replace(CASE, mode=CaseMode.ADVICE))
    assert refusal(StepKind.HAND_RESULT, advice) is None
    assert refusal(StepKind.ACCEPT, replace(bare, item=replace(FACTS.item, lent=False))) is None


def test_the_county_acts_on_its_own_authority_without_a_helper() -> None:
    alone = replace(FACTS, call=None, helper_staff_id=None, appointed=False, grant=None)
    owner = replace(AGENT, took_part=True, decides=True)
    assert refusal(StepKind.ACCEPT, replace(alone, actor=owner)) is None


def test_what_was_forwarded_is_for_the_organisation_that_decides_it() -> None:
    stranger = replace(
        case(forwarded=True),
        call=None,
        actor=replace(AGENT, staff_id="a colleague", decides=True),
    )
    assert refusal(StepKind.FINISH, stranger) is None
    elsewhere = replace(stranger, actor=replace(stranger.actor, decides=False))
    assert refusal(StepKind.RETURN, elsewhere) == "authority.place"


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
