"""Sets of roles that routes let in."""

from casework.vocabulary import Role

HELPERS = frozenset({Role.HELPER})
AGENTS = frozenset({Role.AGENT})
SUPERVISORS = frozenset(
    {Role.HOME_SUPERVISOR, Role.COUNTY_SUPERVISOR, Role.CHIEF_COUNTY_SUPERVISOR}
)
COUNTY_SUPERVISORS = SUPERVISORS - {Role.HOME_SUPERVISOR}
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR})
