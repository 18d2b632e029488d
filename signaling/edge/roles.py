"""Sets of roles that routes let in."""

from casework.vocabulary import Role

HELPERS = frozenset({Role.HELPER})
AGENTS = frozenset({Role.AGENT})
SUPERVISORS = frozenset(
    {Role.HOME_SUPERVISOR, Role.COUNTY_SUPERVISOR, Role.CHIEF_COUNTY_SUPERVISOR}
)
COUNTY_SUPERVISORS = SUPERVISORS - {Role.HOME_SUPERVISOR}
CHIEFS = frozenset({Role.CHIEF_COUNTY_SUPERVISOR})
COORDINATORS = frozenset({Role.COORDINATOR, Role.CHIEF_COUNTY_SUPERVISOR})
"""Who works on could-not reports."""
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR})
HOME_SUPERVISORS = frozenset({Role.HOME_SUPERVISOR})
SECURITY_ADMINISTRATORS = frozenset({Role.SECURITY_ADMINISTRATOR})
AUDITORS = frozenset({Role.AUDITOR})
JOURNAL_READERS = SUPERVISORS | {Role.AUDITOR}
