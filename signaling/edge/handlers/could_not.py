"""办不成事反映: opening a report at the window, and on the resident's own screen."""

from sqlalchemy.ext.asyncio import AsyncSession

from casework.could_not import Place, Told, open_report, report_by_resident
from casework.counties import county_organisation
from casework.errors import Forbidden
from casework.sign_in import SignedIn
from casework.tables import CouldNotReport, Window
from casework.vocabulary import Reporter
from signaling.edge.route import Asked
from signaling.edge.scope import visible_case
from signaling.wire.reviews import (
    CouldNotAtWindow,
    CouldNotByResident,
    CouldNotOpened,
    CouldNotReceipt,
)


def _receipt(report: CouldNotReport) -> CouldNotReceipt:
    return CouldNotReceipt(number=report.number, due_ms=report.due_ms)


async def report_case(asked: Asked[CouldNotOpened]) -> CouldNotReceipt:
    """办不成事反映 about a case of the window: goes to a coordinator, with a clock."""
    async with asked.context.database.transaction() as session:
        case = await visible_case(session, asked.person, asked.id("case_id"))
        told = Told(
            text=asked.given.text,
            reporter=Reporter.HELPER,
            staff_id=asked.person.staff_id,
            case_id=case.id,
        )
        return _receipt(await open_report(session, Place.of(case), told))


async def report_without_case(asked: Asked[CouldNotOpened]) -> CouldNotReceipt:
    """办不成事反映 before there is a case, such as when the item cannot even be found."""
    person = asked.person
    async with asked.context.database.transaction() as session:
        place = await _window_of(session, person)
        told = Told(text=asked.given.text, reporter=Reporter.HELPER, staff_id=person.staff_id)
        return _receipt(await open_report(session, place, told))


async def _window_of(session: AsyncSession, person: SignedIn) -> Place:
    if person.window_id is None:
        raise Forbidden("window.none")
    window = await session.get_one(Window, person.window_id)
    county = await county_organisation(session, person.county_id)
    return Place(person.county_id, window.organisation_id, county.id)


async def report_at_window(asked: Asked[CouldNotAtWindow]) -> CouldNotReceipt:
    """办不成事反映 by the resident on the own screen, before a call gave it a token of its own.

    The screen stands on the helper's machine and has the window's sign-in; what is written there
    does not pass the helper's page, and is nobody's of the staff.
    """
    given = asked.given
    async with asked.context.database.transaction() as session:
        if given.case_id is None:
            place = await _window_of(session, asked.person)
        else:
            place = Place.of(await visible_case(session, asked.person, given.case_id))
        told = Told(text=given.text, reporter=Reporter.RESIDENT, case_id=given.case_id)
        return _receipt(await open_report(session, place, told))


async def report_as_resident(asked: Asked[CouldNotByResident]) -> CouldNotReceipt:
    """办不成事反映 by the resident, with the one-time token of the resident's screen; no cookie."""
    async with asked.context.database.transaction() as session:
        return _receipt(await report_by_resident(session, asked.given.token, asked.given.text))
