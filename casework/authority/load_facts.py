"""Reads what the rules look at. On PostgreSQL what a step rests on stays locked until it is done."""

from dataclasses import replace

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.authority.facts import (
    ActorFacts,
    CallFacts,
    CaseFacts,
    Facts,
    GrantFacts,
    ItemFacts,
    MandateFacts,
)
from casework.authority.rules import PREPARING_STEPS, best_grant, needs_grant, needs_mandate
from casework.authority.step import Step
from casework.authority.step_kinds import UNMOVING, StepCall, StepKind
from casework.catalogue import may_decide
from casework.consents import latest_consent
from casework.database import read_clock
from casework.organisations import OrganisationTree
from casework.participants import took_part_in
from casework.sign_in import SignedIn
from casework.tables import (
    Appointment,
    Case,
    CaseMandate,
    Grant,
    GrantSuspension,
    ItemSetItem,
    Mandate,
    MandateItem,
    Organisation,
    ServiceItem,
    StaffMember,
    Subject,
)
from casework.vocabulary import (
    AccountableLine,
    AppointmentState,
    CaseMode,
    CaseParty,
    ConsentAnswer,
    GrantState,
    MandateKind,
    MandatePower,
    MandateState,
    Relation,
    Surface,
)


async def load_facts(session: AsyncSession, step: Step, *, lock: bool) -> Facts:
    kind, case, call = step.kind, step.case, step.call
    item = await session.get_one(ServiceItem, case.item_id)
    facts = Facts(
        now_ms=await read_clock(session),
        who=UNMOVING[kind] if step.who is None else step.who,
        actor=await _actor(session, step),
        case=await _case(session, case),
        item=ItemFacts(
            code=item.code,
            modes=frozenset(item.modes),
            lent=item.joint or item.delegated or item.cross_area,
        ),
        call=None if call is None else _call(call),
        helper_staff_id=_acting_helper(step.actor, call),
    )
    if needs_grant(kind, facts):
        facts = await _with_grant(session, kind, facts, lock=lock)
    if needs_mandate(kind, facts):
        facts = replace(facts, mandate=await load_mandate(session, case.id, lock=lock))
    return facts


def _call(call: StepCall) -> CallFacts:
    return CallFacts(
        agent_staff_id=call.agent_staff_id,
        helper_staff_id=call.helper_staff_id,
        recorded=call.recorded,
        may_decide=call.may_decide,
    )


def _acting_helper(actor: SignedIn | None, call: StepCall | None) -> str | None:
    if actor is not None and actor.surface is Surface.WINDOW:
        return actor.staff_id
    return None if call is None else call.helper_staff_id


async def _actor(session: AsyncSession, step: Step) -> ActorFacts:
    case, actor = step.case, step.actor
    if actor is None:
        return ActorFacts(staff_id="", county_id=case.county_id, roles=frozenset(), surface=None)
    return ActorFacts(
        staff_id=actor.staff_id,
        county_id=actor.county_id,
        roles=actor.roles,
        surface=actor.surface,
        window_id=actor.window_id,
        at_county=actor.organisation_id == case.county_organisation_id,
        decides=step.call is None and await decides_for(session, actor.organisation_id, case),
        took_part=await _took_part(session, step, actor),
    )


async def decides_for(session: AsyncSession, organisation_id: str, case: Case) -> bool:
    """Whether agents of the organisation may decide the case by what they are."""
    rows = await session.scalars(
        select(Organisation).where(
            Organisation.id.in_((organisation_id, case.deciding_organisation_id))
        )
    )
    tree = OrganisationTree(rows.all())
    return may_decide(organisation_id, case.deciding_organisation_id, tree)


async def _took_part(session: AsyncSession, step: Step, actor: SignedIn) -> bool:
    """Looked up where a rule asks for it."""
    deciding = step.who is not None and CaseParty.COUNTY_APPROVER in step.who
    if not deciding and step.kind not in PREPARING_STEPS:
        return False
    part = took_part_in(actor.staff_id, Case.id, step.calls, deciding=deciding)
    return await session.scalar(select(Case.id).where(Case.id == step.case.id, part)) is not None


async def _case(session: AsyncSession, case: Case) -> CaseFacts:
    subject = await session.get_one(Subject, case.subject_id)
    consent = await latest_consent(session, case.id)
    return CaseFacts(
        id=case.id,
        county_id=case.county_id,
        window_id=case.window_id,
        mode=CaseMode(case.mode),
        present=Relation(case.present_relation),
        subject_index=subject.id_number_index,
        owner_staff_id=case.owner_staff_id,
        opened_by_staff_id=case.opened_by_staff_id,
        forwarded=case.forwarded_ms is not None,
        consented=consent is not None and consent.answer == ConsentAnswer.YES,
    )


async def _with_grant(session: AsyncSession, kind: StepKind, facts: Facts, *, lock: bool) -> Facts:
    # By the organisation that is the helper's now: another one's nomination ended with the move.
    appointed = (
        select(Appointment.id)
        .join(StaffMember, StaffMember.id == Appointment.staff_id)
        .where(
            Appointment.staff_id == facts.helper_staff_id,
            Appointment.window_id == facts.case.window_id,
            Appointment.state == AppointmentState.APPOINTED,
            Appointment.home_organisation_id == StaffMember.organisation_id,
        )
    )
    if lock:
        appointed = appointed.with_for_update(read=True, of=Appointment)
    facts = replace(facts, appointed=await session.scalar(appointed) is not None)
    grants = await load_grants(session, facts, lock=lock)
    return replace(facts, grant=best_grant(kind, facts, grants))


async def load_grants(
    session: AsyncSession, facts: Facts, *, lock: bool = False
) -> list[GrantFacts]:
    """The acting helper's, at the case's window, that name the item or a set with it."""
    sets = select(ItemSetItem.item_set_id).where(
        ItemSetItem.item_code == facts.item.code, ItemSetItem.county_id == facts.case.county_id
    )
    query = select(Grant).where(
        Grant.staff_id == facts.helper_staff_id,
        Grant.window_id == facts.case.window_id,
        or_(Grant.item_code == facts.item.code, Grant.item_set_id.in_(sets)),
    )
    if lock:
        query = query.with_for_update(read=True).execution_options(populate_existing=True)
    rows = (await session.scalars(query.order_by(Grant.id))).all()
    suspended: dict[str, set[AccountableLine]] = {}
    for suspension in await session.scalars(
        select(GrantSuspension).where(
            GrantSuspension.grant_id.in_([row.id for row in rows]),
            GrantSuspension.lifted_ms.is_(None),
        )
    ):
        suspended.setdefault(suspension.grant_id, set()).add(AccountableLine(suspension.line))
    return [
        GrantFacts(
            id=row.id,
            state=GrantState(row.state),
            from_ms=row.from_ms,
            until_ms=row.until_ms,
            suspended_by=frozenset(suspended.get(row.id, ())),
        )
        for row in rows
    ]


async def load_mandate(
    session: AsyncSession, case_id: str, *, lock: bool = False
) -> MandateFacts | None:
    """The one that was chosen for the case."""
    query = (
        select(Mandate)
        .join(CaseMandate, CaseMandate.mandate_id == Mandate.id)
        .where(CaseMandate.case_id == case_id)
    )
    if lock:
        query = query.with_for_update(of=Mandate).execution_options(populate_existing=True)
    row = await session.scalar(query)
    if row is None:
        return None
    codes = await session.scalars(
        select(MandateItem.item_code).where(MandateItem.mandate_id == row.id)
    )
    return MandateFacts(
        id=row.id,
        kind=MandateKind(row.kind),
        state=MandateState(row.state),
        subject_index=row.id_number_index,
        helper_staff_id=row.helper_staff_id,
        witness_staff_id=row.witness_staff_id,
        item_codes=frozenset(codes),
        powers=frozenset(MandatePower(power) for power in row.powers),
        from_ms=row.from_ms,
        until_ms=row.until_ms,
        once=row.once,
        used_case_id=row.used_case_id,
    )
