"""The tables of what lasts. Every row names its county; every event row both accountable units."""

from casework.tables.cases import (
    CallBack,
    Case,
    CaseEvent,
    CasePage,
    Consent,
    CouldNotReport,
    Rating,
    Subject,
)
from casework.tables.catalogue import ItemMaterial, ServiceItem
from casework.tables.organisations import (
    County,
    OpeningHours,
    Organisation,
    SkillGroup,
    SkillGroupMember,
    Window,
)
from casework.tables.staff import SignIn, SignInFailure, StaffMember, StaffRole

__all__ = [
    "CallBack",
    "Case",
    "CaseEvent",
    "CasePage",
    "Consent",
    "CouldNotReport",
    "County",
    "ItemMaterial",
    "OpeningHours",
    "Organisation",
    "Rating",
    "ServiceItem",
    "SignIn",
    "SignInFailure",
    "SkillGroup",
    "SkillGroupMember",
    "StaffMember",
    "StaffRole",
    "Subject",
    "Window",
]
