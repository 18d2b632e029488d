"""Who may see which cases and calls. As SQL, so that a list, a page and a count can't differ.

What is absent and what is not for this person are told alike: both are no row.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from casework.sign_in import SignedIn
from casework.tables import Case, HandOver, Organisation
from casework.vocabulary import HandOverState, OrganisationKind, Role, Surface

COUNTY_LINE = frozenset({Role.COUNTY_SUPERVISOR, Role.CHIEF_COUNTY_SUPERVISOR})
"""The county's line of dual management: sees everything of the county."""
ADMINISTRATION = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR})
"""Keeps organisations, people and items, or gives roles; sees no case."""


def may_supervise(
    person: SignedIn,
    county_id: InstrumentedAttribute[str],
    home_organisation_id: InstrumentedAttribute[str],
) -> ColumnElement[bool]:
    """Rows of a table whose accountable units the person supervises.

    The county's line sees its county; the home line its own organisation and those below it (a
    town's supervisors see the town's villages). Everybody else sees nothing.
    """
    if person.surface is not Surface.SUPERVISION:
        return false()
    if person.roles & COUNTY_LINE:
        return county_id == person.county_id
    if Role.HOME_SUPERVISOR in person.roles:
        return and_(county_id == person.county_id, home_organisation_id.in_(own_line(person)))
    return false()


def own_line(person: SignedIn) -> Select[Any]:
    """Ids of the own organisation and those below it. Below a town there is one level only."""
    own = person.organisation_id
    return select(Organisation.id).where(or_(Organisation.id == own, Organisation.parent_id == own))


def may_see_case(person: SignedIn, served: Select[Any] | None = None) -> ColumnElement[bool]:
    """Cases that the person may open.

    A helper those of the own window; an agent those served in the own calls, those owned, those
    offered by a colleague, and those forwarded to the own organisation; supervisors see :func:`may_supervise`.

    :param served: ids of the cases of the agent's calls; calls are not known to this room.
    """
    in_county = Case.county_id == person.county_id
    match person.surface:
        case Surface.WINDOW if person.window_id is not None:
            return and_(in_county, Case.window_id == person.window_id)
        case Surface.CONSOLE:
            kinds = [Case.owner_staff_id == person.staff_id, _offered(person), _forwarded(person)]
            if served is not None:
                kinds.append(Case.id.in_(served))
            return and_(in_county, or_(*kinds))
        case Surface.SUPERVISION:
            return may_supervise(person, Case.county_id, Case.home_organisation_id)
    return false()


def _offered(person: SignedIn) -> ColumnElement[bool]:
    """A colleague asks the person to take the case over."""
    offers = select(HandOver.case_id).where(
        HandOver.to_staff_id == person.staff_id, HandOver.state == HandOverState.OFFERED
    )
    return Case.id.in_(offers)


def _forwarded(person: SignedIn) -> ColumnElement[bool]:
    """The deciding organisation has it; the county's service centre answers for the departments."""
    own = person.organisation_id
    answers_for = select(Organisation.id).where(
        or_(
            Organisation.id == own,
            and_(
                Organisation.parent_id == own,
                Organisation.kind == OrganisationKind.DEPARTMENT,
            ),
        )
    )
    decides = Case.deciding_organisation_id.in_(answers_for)
    return and_(Case.forwarded_ms.is_not(None), decides)


def may_administer(person: SignedIn) -> ColumnElement[bool]:
    """Organisations, people and items: no case content, so no organisation scope."""
    return true() if person.roles & (COUNTY_LINE | ADMINISTRATION) else false()


def may_read_journal(
    person: SignedIn,
    county_id: InstrumentedAttribute[str],
    home_organisation_id: InstrumentedAttribute[str],
) -> ColumnElement[bool]:
    """Entries of the journal: a supervisor's own line; an auditor the whole county."""
    if person.surface is Surface.SUPERVISION and Role.AUDITOR in person.roles:
        return county_id == person.county_id
    return may_supervise(person, county_id, home_organisation_id)


def may_read_personal(person: SignedIn) -> bool:
    """An auditor reads what was done and by whom, and no personal field of a resident."""
    return bool(person.roles & (COUNTY_LINE | {Role.HOME_SUPERVISOR}))
