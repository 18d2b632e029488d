"""Appointments, grants, mandates and roles given by two, over HTTP.

===================================================  ====================  ====================
route                                                request               answer
===================================================  ====================  ====================
GET  /api/supervision/helpers                        –                     HelperList
GET  /api/supervision/appointments?…                 AppointmentFilter     AppointmentList
POST /api/supervision/appointments                   Nomination            AppointmentView
POST /api/supervision/appointments/ID/approve        –                     AppointmentView
POST /api/supervision/appointments/ID/decline, end   Reason                AppointmentView
GET  /api/supervision/item-sets                      –                     ItemSetList
POST /api/supervision/item-sets                      NewItemSet            ItemSetView
GET  /api/supervision/grants?…                       GrantFilter           GrantList
POST /api/supervision/grants                         GrantProposed         GrantView
POST /api/supervision/grants/ID/sign                 –                     GrantView
POST /api/supervision/grants/ID/decline, suspend,    Reason                GrantView
     lift, revoke
GET  /api/supervision/role-changes                   –                     RoleChangeList
POST /api/supervision/role-changes                   RoleChangeProposed    RoleChangeView
POST /api/supervision/role-changes/ID/approve        –                     RoleChangeView
POST /api/supervision/role-changes/ID/decline        Reason                RoleChangeView
GET  /api/SURFACE/cases/CASE/authority               –                     AuthorityView
POST /api/window/cases/CASE/mandates                 MandateDrafted        MandateView
POST /api/window/cases/CASE/mandates/ID/choose       –                     MandateView
POST /api/window/cases/CASE/mandates/ID/pages        MandatePageAdded      MandateView
POST /api/window/cases/CASE/mandates/ID/signature    MandateSigned         MandateView
POST /api/console/cases/CASE/mandates/ID/confirm     MandateCompared       MandateView
POST /api/console/cases/CASE/mandates/ID/decline     Reason                MandateView
===================================================  ====================  ====================
"""

from typing import Annotated, Literal

from pydantic import Field

from casework.vocabulary import (
    AccountableLine,
    AppointmentState,
    GrantCondition,
    GrantState,
    HelperKind,
    MandateForm,
    MandateKind,
    MandatePageKind,
    MandatePower,
    MandateState,
    Role,
    RoleChangeKind,
    RoleChangeState,
)
from signaling.wire.base import Id, ShortText, Wire

ItemCode = Annotated[str, Field(min_length=1, max_length=40)]
Ms = Annotated[int, Field(ge=0, le=2**53)]
Coordinate = Annotated[int, Field(ge=0, le=600_000)]
StrokePoint = Annotated[list[Coordinate], Field(min_length=4, max_length=4)]
"""x, y, ms since the first point, pressure; see casework/forms/strokes.py."""


class Reason(Wire):
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class PersonBrief(Wire):
    id: Id
    name: str
    name_en: str


class PlaceBrief(Wire):
    id: Id
    name: str
    name_en: str


class SignedBy(Wire):
    person: PersonBrief
    at_ms: int


class HelperView(Wire):
    """Somebody whom the asking person may nominate."""

    person: PersonBrief
    kind: HelperKind
    organisation: PlaceBrief
    window: PlaceBrief | None
    """The usual one."""


class HelperList(Wire):
    helpers: list[HelperView]
    windows: list[PlaceBrief]
    """Of the person's lines."""


class Nomination(Wire):
    staff_id: Id
    window_id: Id


class AppointmentFilter(Wire):
    window_id: Id | None = None
    staff_id: Id | None = None
    state: AppointmentState | None = None


class AppointmentView(Wire):
    id: Id
    person: PersonBrief
    kind: HelperKind
    window: PlaceBrief
    organisation: PlaceBrief
    """The helper's home."""
    state: AppointmentState
    nominated: SignedBy
    decided: SignedBy | None
    ended: SignedBy | None
    reason: str
    may: list[Literal["approve", "decline", "end"]]
    """What the asking person can do with it now."""


class AppointmentList(Wire):
    appointments: list[AppointmentView]
    more: bool


class NewItemSet(Wire):
    name: Annotated[str, Field(min_length=1, max_length=80)]
    name_en: ShortText = ""
    item_codes: Annotated[list[ItemCode], Field(min_length=1, max_length=500)]


class ItemSetView(Wire):
    id: Id
    name: str
    name_en: str
    item_codes: list[str]


class ItemSetList(Wire):
    item_sets: list[ItemSetView]


class GrantFilter(Wire):
    window_id: Id | None = None
    staff_id: Id | None = None
    condition: GrantCondition | None = None
    expiring_days: Annotated[int, Field(ge=1, le=366)] | None = None
    """In force, and ending within so many days."""


class GrantProposed(Wire):
    appointment_id: Id
    item_code: ItemCode | None = None
    item_set_id: Id | None = None
    from_ms: Ms
    until_ms: Ms
    document_number: Annotated[str, Field(min_length=1, max_length=80)]


class SuspensionView(Wire):
    line: AccountableLine
    suspended: SignedBy
    reason: str


class GrantView(Wire):
    id: Id
    appointment_id: Id
    person: PersonBrief
    window: PlaceBrief
    organisation: PlaceBrief
    item_code: str | None
    item_set_id: Id | None
    name: str
    """Of the item or the set."""
    name_en: str
    from_ms: int
    until_ms: int
    document_number: str
    state: GrantState
    condition: GrantCondition
    home_signed: SignedBy | None
    county_signed: SignedBy | None
    suspensions: list[SuspensionView]
    ended: SignedBy | None
    """Who declined or revoked it."""
    reason: str
    may: list[Literal["sign", "decline", "suspend", "lift", "revoke"]]


class GrantList(Wire):
    grants: list[GrantView]
    more: bool


class RoleChangeProposed(Wire):
    staff_id: Id
    role: Role
    kind: RoleChangeKind
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class RoleChangeView(Wire):
    id: Id
    person: PersonBrief
    role: Role
    kind: RoleChangeKind
    state: RoleChangeState
    reason: str
    proposed: SignedBy
    decided: SignedBy | None
    decision_reason: str
    may_decide: bool


class RoleChangeList(Wire):
    role_changes: list[RoleChangeView]


class MandateDrafted(Wire):
    kind: MandateKind
    form: MandateForm
    item_codes: Annotated[list[ItemCode], Field(min_length=1, max_length=50)]
    powers: Annotated[list[MandatePower], Field(min_length=1, max_length=5)]
    limits: ShortText = ""
    from_ms: Ms
    until_ms: Ms
    once: bool


class MandatePageAdded(Wire):
    page_id: Id
    kind: MandatePageKind


class MandateSigned(Wire):
    strokes: Annotated[
        list[Annotated[list[StrokePoint], Field(min_length=1, max_length=2000)]],
        Field(min_length=1, max_length=80),
    ]


class MandateSpoken(Wire):
    """The subject begins, or has ended, saying so: the place in the recording is the server's."""

    at: Literal["start", "end"]


class SpokenView(Wire):
    """In which stretch of the call's recording the subject gives the mandate."""

    call_id: Id
    from_ms: int
    until_ms: int | None
    """``None`` while the subject speaks."""


class MandateCompared(Wire):
    """What the agent says was done: the ID page compared, or the subject heard."""

    compared: Literal[True]


class MandatePageView(Wire):
    page_id: Id
    kind: MandatePageKind
    ready: bool


class MandateItemView(Wire):
    code: str
    name: str
    name_en: str


class MandateView(Wire):
    id: Id
    kind: MandateKind
    form: MandateForm
    state: MandateState
    helper: PersonBrief
    guardian_name: str
    items: list[MandateItemView]
    powers: list[MandatePower]
    limits: str
    from_ms: int
    until_ms: int
    once: bool
    used: bool
    """For a case; other cases need another mandate."""
    signature_id: Id | None
    spoken: SpokenView | None
    terms_sha256: str
    pages: list[MandatePageView]
    witness: PersonBrief | None
    decided_ms: int | None
    reason: str
    given_case_id: Id
    given_call_id: Id | None
    given_position_ms: int | None


class AuthorityView(Wire):
    """On what the next step of a case would rest."""

    grant_needed: bool
    grant: GrantView | None
    mandate_needed: bool
    mandate: MandateView | None
    """The one chosen for the case."""
    mandates: list[MandateView]
    """All that the subject has given this helper; on the console the chosen ones and those that
    wait for the agent."""
    refusal: str | None
    """The rule that would say no to accepting the case now; its sentence in ``refusal_text``."""
    refusal_text: str
