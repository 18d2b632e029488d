"""The table of rules that every step of a case passes. Standard library only.

**Who takes a step** is said once: by its row in the table of transitions, or, when it moves no
case, by :data:`casework.authority.step_kinds.UNMOVING`. Whether somebody is one of those is judged
here: role, window or charge, organisation, and for the county's second person that it had no part
in the case (否决权上移).

**When the county's authority is lent.** A helper acts with it whenever the case is *assisted* or
*delegated* and its item is *joint*, *delegated* or *open across areas*: then the steps of
:data:`LENT_STEPS`, taken at the window or in a call with it, rest on the helper's appointment at
that window and on one grant that is signed by both lines, begun, not ended, and suspended by
neither. Advice and guidance rest on none, nor does preparing (a ticket, a page, a form being
filled): nothing is done by them yet. What the county does by itself, without a helper, rests on the
county's own authority.

**When a mandate is needed.** In *delegated* handling each step of :data:`MANDATED_STEPS` rests on
the subject's mandate: for this subject, this helper, this item and this power, begun, not ended,
witnessed by somebody else, and, when it is good for one case, not used for another.

A step is refused by the first row that says no; its code is what the user is told.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from casework.authority.facts import Facts, GrantFacts, MandateFacts
from casework.authority.step_kinds import StepKind
from casework.vocabulary import (
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

PARTY_ROLES: Mapping[CaseParty, tuple[Surface, frozenset[Role]]] = {
    CaseParty.WINDOW: (Surface.WINDOW, frozenset({Role.HELPER})),
    CaseParty.OFFICER: (Surface.CONSOLE, frozenset({Role.AGENT})),
    CaseParty.DECIDER: (Surface.CONSOLE, frozenset({Role.AGENT})),
    CaseParty.COUNTY_APPROVER: (
        Surface.SUPERVISION,
        frozenset({Role.COUNTY_SUPERVISOR, Role.CHIEF_COUNTY_SUPERVISOR}),
    ),
}
"""The clock has none: it is nobody."""
DOING_MODES = frozenset({CaseMode.ASSISTED, CaseMode.DELEGATED})
LENT_STEPS = frozenset(
    {
        StepKind.CONFIRM_FORM,
        StepKind.SUBMIT,
        StepKind.ACCEPT,
        StepKind.ACCEPT_TO_FOLLOW,
        StepKind.HAND_RESULT,
    }
)
DOING_STEPS = (LENT_STEPS - {StepKind.HAND_RESULT}) | {
    StepKind.RETURN,
    StepKind.PROPOSE_REFUSAL,
}
"""Something is done, which advice and guidance never do; and only with consent, recorded."""
PREPARING_STEPS = frozenset({StepKind.ADD_MATERIAL, StepKind.JUDGE_MATERIAL, StepKind.FILL_FORM})
"""Open to every agent who had a part in the case, its owner or not."""
MANDATED_STEPS: Mapping[StepKind, MandatePower] = {
    StepKind.CONFIRM_FORM: MandatePower.SIGN,
    StepKind.SUBMIT: MandatePower.HAND_IN,
    StepKind.ACCEPT: MandatePower.HAND_IN,
    StepKind.ACCEPT_TO_FOLLOW: MandatePower.HAND_IN,
    StepKind.WITHDRAW: MandatePower.WITHDRAW,
    StepKind.HAND_RESULT: MandatePower.COLLECT,
    StepKind.APPEAL: MandatePower.APPEAL,
}
_ANY = frozenset(StepKind)

Refuses = Callable[[StepKind, Facts], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    code: str
    """What the user is told when it says no; see ``signaling/edge/texts/authority.py``."""
    kinds: frozenset[StepKind]
    refuses: Refuses


def needs_grant(kind: StepKind, facts: Facts) -> bool:
    return (
        kind in LENT_STEPS
        and facts.case.mode in DOING_MODES
        and facts.item.lent
        and facts.helper_staff_id is not None
    )


def needs_mandate(kind: StepKind, facts: Facts) -> bool:
    return kind in MANDATED_STEPS and facts.case.mode is CaseMode.DELEGATED


def _no_such_role(_: StepKind, facts: Facts) -> bool:
    actor = facts.actor
    known = (PARTY_ROLES[party] for party in facts.who if party in PARTY_ROLES)
    return not any(actor.surface is surface and actor.roles & roles for surface, roles in known)


def _not_the_place(_: StepKind, facts: Facts) -> bool:
    actor, case = facts.actor, facts.case
    other_window = actor.surface is Surface.WINDOW and actor.window_id != case.window_id
    return actor.county_id != case.county_id or other_window


def _not_in_charge(kind: StepKind, facts: Facts) -> bool:
    """Agents act in their own calls and cases, and on what was forwarded to their organisation."""
    actor, case, call = facts.actor, facts.case, facts.call
    if actor.surface is not Surface.CONSOLE:
        return False
    serving = call is not None and call.agent_staff_id == actor.staff_id
    own = case.owner_staff_id == actor.staff_id
    had_part = kind in PREPARING_STEPS and actor.took_part
    return not (serving or own or had_part or (case.forwarded and actor.decides))


def _only(party: CaseParty, refuses: Refuses) -> Refuses:
    return lambda kind, facts: party in facts.who and refuses(kind, facts)


def _unrecorded(_: StepKind, facts: Facts) -> bool:
    call_unrecorded = facts.call is not None and not facts.call.recorded
    return call_unrecorded or not facts.case.consented


def _not_deciding(_: StepKind, facts: Facts) -> bool:
    """In a call, how the call was brought together; else the actor's own organisation."""
    return not (facts.actor.decides if facts.call is None else facts.call.may_decide)


def _when_lent(refuses: Refuses) -> Refuses:
    return lambda kind, facts: needs_grant(kind, facts) and refuses(kind, facts)


def _on_grant(refuses: Callable[[GrantFacts, Facts], bool]) -> Refuses:
    def asked(kind: StepKind, facts: Facts) -> bool:
        grant = facts.grant
        return needs_grant(kind, facts) and grant is not None and refuses(grant, facts)

    return asked


def _on_mandate(refuses: Callable[[MandateFacts, StepKind, Facts], bool]) -> Refuses:
    def asked(kind: StepKind, facts: Facts) -> bool:
        mandate = facts.mandate
        return needs_mandate(kind, facts) and mandate is not None and refuses(mandate, kind, facts)

    return asked


def _for_another_helper(mandate: MandateFacts, _: StepKind, facts: Facts) -> bool:
    """It must have been given for who acts now, or, without a helper, for who began the case."""
    return mandate.helper_staff_id != (facts.helper_staff_id or facts.case.opened_by_staff_id)


def _guardian_absent(mandate: MandateFacts, _: StepKind, facts: Facts) -> bool:
    guardianship = mandate.kind is MandateKind.GUARDIANSHIP
    return guardianship and facts.case.present is not Relation.GUARDIAN


GRANT_RULES: tuple[Rule, ...] = (
    Rule(
        "authority.grant_unsigned", LENT_STEPS,
        _on_grant(lambda grant, _: grant.state in (GrantState.PROPOSED, GrantState.DECLINED)),
    ),
    Rule(
        "authority.grant_revoked", LENT_STEPS,
        _on_grant(lambda grant, _: grant.state is GrantState.REVOKED),
    ),
    Rule(
        "authority.grant_suspended", LENT_STEPS,
        _on_grant(lambda grant, _: bool(grant.suspended_by)),
    ),
    Rule(
        "authority.grant_not_begun", LENT_STEPS,
        _on_grant(lambda grant, facts: facts.now_ms < grant.from_ms),
    ),
    Rule(
        "authority.grant_ended", LENT_STEPS,
        _on_grant(lambda grant, facts: facts.now_ms >= grant.until_ms),
    ),
)  # fmt: skip
"""On one grant; see :func:`best_grant`."""

_MANDATED = frozenset(MANDATED_STEPS)
MANDATE_RULES: tuple[Rule, ...] = (
    Rule(
        "authority.mandate_subject", _MANDATED,
        _on_mandate(lambda mandate, _, facts: mandate.subject_index != facts.case.subject_index),
    ),
    Rule("authority.mandate_helper", _MANDATED, _on_mandate(_for_another_helper)),
    Rule(
        "authority.mandate_item", _MANDATED,
        _on_mandate(lambda mandate, _, facts: facts.item.code not in mandate.item_codes),
    ),
    Rule(
        "authority.mandate_unconfirmed", _MANDATED,
        _on_mandate(lambda mandate, *_: mandate.state is MandateState.PROPOSED),
    ),
    Rule(
        "authority.mandate_declined", _MANDATED,
        _on_mandate(lambda mandate, *_: mandate.state is MandateState.DECLINED),
    ),
    Rule(
        "authority.mandate_revoked", _MANDATED,
        _on_mandate(lambda mandate, *_: mandate.state is MandateState.REVOKED),
    ),
    Rule(
        "authority.mandate_witness", _MANDATED,
        _on_mandate(lambda mandate, *_: mandate.witness_staff_id == mandate.helper_staff_id),
    ),
    Rule("authority.mandate_guardian", _MANDATED, _on_mandate(_guardian_absent)),
    Rule(
        "authority.mandate_not_begun", _MANDATED,
        _on_mandate(lambda mandate, _, facts: facts.now_ms < mandate.from_ms),
    ),
    Rule(
        "authority.mandate_ended", _MANDATED,
        _on_mandate(lambda mandate, _, facts: facts.now_ms >= mandate.until_ms),
    ),
    Rule(
        "authority.mandate_power", _MANDATED,
        _on_mandate(lambda mandate, kind, _: MANDATED_STEPS[kind] not in mandate.powers),
    ),
    Rule(
        "authority.mandate_used", _MANDATED,
        _on_mandate(
            lambda mandate, _, facts: mandate.once
            and mandate.used_case_id not in (None, facts.case.id)
        ),
    ),
)  # fmt: skip

RULES: tuple[Rule, ...] = (
    Rule(
        "authority.not_by_hand", frozenset({StepKind.MISS_MATERIALS}),
        lambda _, facts: facts.actor.surface is not None,
    ),
    Rule("authority.role", _ANY - {StepKind.MISS_MATERIALS}, _no_such_role),
    Rule("authority.place", _ANY, _not_the_place),
    Rule(
        "authority.not_owner", frozenset({StepKind.HAND_OVER}),
        lambda _, facts: facts.case.owner_staff_id != facts.actor.staff_id,
    ),
    Rule("authority.not_officer", _ANY - {StepKind.TAKE_OVER}, _not_in_charge),
    Rule(
        "authority.not_county", _ANY,
        _only(CaseParty.COUNTY_APPROVER, lambda _, facts: not facts.actor.at_county),
    ),
    Rule(
        "authority.took_part", _ANY,
        _only(CaseParty.COUNTY_APPROVER, lambda _, facts: facts.actor.took_part),
    ),
    Rule(
        "authority.mode", DOING_STEPS,
        lambda _, facts: (
            facts.case.mode not in DOING_MODES or facts.case.mode not in facts.item.modes
        ),
    ),
    Rule("authority.not_recorded", DOING_STEPS, _unrecorded),
    Rule("authority.not_deciding", _ANY, _only(CaseParty.DECIDER, _not_deciding)),
    Rule(
        "authority.not_appointed", LENT_STEPS, _when_lent(lambda _, facts: not facts.appointed)
    ),
    Rule("authority.grant_none", LENT_STEPS, _when_lent(lambda _, facts: facts.grant is None)),
    *GRANT_RULES,
    Rule(
        "authority.mandate_none", _MANDATED,
        lambda kind, facts: needs_mandate(kind, facts) and facts.mandate is None,
    ),
    *MANDATE_RULES,
)  # fmt: skip


def refusal(kind: StepKind, facts: Facts, rules: Iterable[Rule] = RULES) -> str | None:
    """The code of the first rule that says no, or ``None``."""
    return next(
        (rule.code for rule in rules if kind in rule.kinds and rule.refuses(kind, facts)), None
    )


def best_grant(kind: StepKind, facts: Facts, grants: Iterable[GrantFacts]) -> GrantFacts | None:
    """One on which the step may rest; without any, the one that ends last, to name what it lacks."""
    by_end = sorted(grants, key=lambda grant: grant.until_ms, reverse=True)
    for grant in by_end:
        if refusal(kind, replace(facts, grant=grant), GRANT_RULES) is None:
            return grant
    return by_end[0] if by_end else None
