"""办不成事反映: opening a report at the window, and on the resident's own screen."""

from casework.could_not import Place, Told, open_report, report_by_resident
from casework.counties import county_organisation
from casework.errors import Forbidden
from casework.tables import CouldNotReport, Window
from casework.vocabulary import Reporter
from signaling.edge.route import Asked
from signaling.edge.scope import visible_case
from signaling.wire.reviews import CouldNotByResident, CouldNotOpened, CouldNotReceipt


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
    if person.window_id is None:
        raise Forbidden("window.none")
    async with asked.context.database.transaction() as session:
        window = await session.get_one(Window, person.window_id)
        county = await county_organisation(session, person.county_id)
        place = Place(person.county_id, window.organisation_id, county.id)
        told = Told(text=asked.given.text, reporter=Reporter.HELPER, staff_id=person.staff_id)
        return _receipt(await open_report(session, place, told))


async def report_as_resident(asked: Asked[CouldNotByResident]) -> CouldNotReceipt:
    """办不成事反映 by the resident, with the one-time token of the resident's screen; no cookie."""
    async with asked.context.database.transaction() as session:
        return _receipt(await report_by_resident(session, asked.given.token, asked.given.text))
