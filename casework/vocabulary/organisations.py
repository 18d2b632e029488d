"""Organisations, windows, people and what they may do."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    COUNTY = "county"
    DEPARTMENT = "department"
    TOWN = "town"
    VILLAGE = "village"
    PARTNER = "partner"


class WindowKind(StrEnum):
    JOINT = "joint"
    GENERAL = "general"
    FIELD = "field"
    BANK_COUNTER = "bank_counter"
    KIOSK = "kiosk"


class Level(StrEnum):
    """Who answers a call: agents of the county or of a town."""

    COUNTY = "county"
    TOWN = "town"


class Role(StrEnum):
    HELPER = "helper"
    AGENT = "agent"
    HOME_SUPERVISOR = "home_supervisor"
    COUNTY_SUPERVISOR = "county_supervisor"
    CHIEF_COUNTY_SUPERVISOR = "chief_county_supervisor"
    COORDINATOR = "coordinator"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDITOR = "auditor"


class HelperKind(StrEnum):
    STAFF = "staff"
    CADRE = "cadre"
    VOLUNTEER = "volunteer"
    GRID_WORKER = "grid_worker"
    BANK_COUNTER = "bank_counter"


class Surface(StrEnum):
    """The three kinds of pages; each has a sign-in of its own."""

    WINDOW = "window"
    CONSOLE = "console"
    SUPERVISION = "supervision"


class DecidingRule(StrEnum):
    FIXED = "fixed"
    REGISTERED_TOWN = "registered_town"


class DayKind(StrEnum):
    """Days that are not what their weekday says."""

    HOLIDAY = "holiday"
    """Off by the State Council's arrangement for the year."""
    WORKDAY = "workday"
    """A Saturday or Sunday that is worked to make up for one."""
    STATUTORY = "statutory"
    """Off by the regulation on holidays; the arrangement for the year is not known yet."""


class RoleChangeKind(StrEnum):
    GIVE = "give"
    END = "end"


class RoleChangeState(StrEnum):
    """Two security administrators: one proposes, another decides."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
