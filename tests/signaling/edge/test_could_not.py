"""办不成事反映: opened by anyone at any moment, moved on by its clock, never deleted."""

import asyncio

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from casework.could_not import allow_report
from casework.database import new_id
from casework.tables import Case, CouldNotEvent, CouldNotReport, ReportToken, StaffMember
from casework.vocabulary import Role
from shipinban.migrate import migrate
from tests.signaling.edge.conftest import ORIGIN, Edge, code_of
from tests.signaling.edge.reviewing import add_person, handled_case, watch

SAID = "来了三次都没办成"
CONTACT = {"channel": "phone", "reached": True, "note": "已说明"}


async def opened(edge: Edge) -> CouldNotReport:
    helper = await edge.sign_in("helper")
    case_id = await edge.case(helper)
    assert (await helper.post(f"cases/{case_id}/could-not", {"text": SAID})).status == 200
    return await the_report(edge)


async def the_report(edge: Edge) -> CouldNotReport:
    async with edge.context.database.reading() as session:
        return (await session.scalars(select(CouldNotReport))).one()


async def token_for(edge: Edge, case_id: str) -> str:
    async with edge.context.database.transaction() as session:
        case = await session.get_one(Case, case_id)
        return await allow_report(session, case, new_id())


async def as_resident(edge: Edge, token: str, text: str = SAID) -> tuple[int, str]:
    answer = await edge.client.post(
        "/api/could-not", json={"token": token, "text": text}, headers={"Origin": ORIGIN}
    )
    return (200, (await answer.json())["number"]) if answer.status == 200 else await code_of(answer)


async def test_the_reporter_gets_a_number_and_a_day(edge: Edge) -> None:
    helper = await edge.sign_in("helper")
    case_id = await edge.case(helper)
    numbers = []
    for path in (f"cases/{case_id}/could-not", "could-not"):
        answer = await helper.post(path, {"text": SAID})
        receipt = await answer.json()
        numbers.append(receipt["number"])
        assert receipt["due_ms"] > 1_700_000_000_000
    assert [number[-5:] for number in numbers] == ["-0001", "-0002"]
    empty = await helper.post("could-not", {"text": "  "})
    assert await code_of(empty) == (400, "could_not.text")


async def test_the_resident_reports_on_the_own_screen_before_a_call(edge: Edge) -> None:
    helper = await edge.sign_in("helper")
    case_id = await edge.case(helper)
    for given in ({"text": SAID}, {"text": SAID, "case_id": case_id}):
        assert (await helper.post("could-not/by-resident", given)).status == 200
    async with edge.context.database.reading() as session:
        reports = (
            await session.scalars(select(CouldNotReport).order_by(CouldNotReport.number))
        ).all()
    assert [(one.reporter, one.opened_by_staff_id, one.case_id) for one in reports] == [
        ("resident", None, None),
        ("resident", None, case_id),
    ]
    other = await edge.sign_in("helper2")
    foreign = await other.post("could-not/by-resident", {"text": SAID, "case_id": case_id})
    assert await code_of(foreign) == (404, "case.not_found")


async def test_the_resident_reports_once_with_the_token_and_no_cookie(edge: Edge) -> None:
    case_id = await handled_case(edge)
    token = await token_for(edge, case_id)
    assert await as_resident(edge, "A" * 43) == (404, "could_not.token")
    assert await as_resident(edge, token, " ") == (400, "could_not.text")
    results = await asyncio.gather(*(as_resident(edge, token) for _ in range(3)))
    assert sorted(status for status, _ in results) == [200, 409, 409]
    report = await the_report(edge)
    assert (report.reporter, report.opened_by_staff_id) == ("resident", None)
    old = await token_for(edge, case_id)
    async with edge.context.database.transaction() as session:
        await session.execute(update(ReportToken).values(expires_ms=1))
    assert await as_resident(edge, old) == (410, "could_not.expired")


async def test_numbers_of_reports_made_at_once_differ(edge: Edge) -> None:
    helper = await edge.sign_in("helper")
    answers = await asyncio.gather(
        *(helper.post("could-not", {"text": f"第{n}件"}) for n in range(6))
    )
    numbers = {(await answer.json())["number"] for answer in answers}
    assert len(numbers) == 6


async def test_nothing_deletes_a_report_or_changes_what_was_said(edge: Edge) -> None:
    report = await opened(edge)
    for statement in (
        delete(CouldNotEvent),
        delete(CouldNotReport),
        update(CouldNotReport).values(text="没事"),
        update(CouldNotReport).values(due_ms=2**50),
        update(CouldNotEvent).values(kind="closed"),
        delete(Case),
    ):
        with pytest.raises(DBAPIError):
            async with edge.context.database.transaction() as session:
                await session.execute(statement)
    assert (await the_report(edge)).text == report.text


def test_a_database_with_reports_does_not_go_back(database_url: str) -> None:
    import sqlalchemy

    from shipinban.migrate import sync_url

    engine = sqlalchemy.create_engine(sync_url(database_url))
    with engine.begin() as connection:
        for line in (
            "INSERT INTO counties (id, code, name, name_en, timezone, created_ms) VALUES ('c', '1', '', '', '', 0)",
            "INSERT INTO organisations (id, county_id, kind, code, name, name_en, active) VALUES ('o', 'c', 'county', 'o', '', '', true)",
            "INSERT INTO could_not_reports (id, county_id, number, reporter, level, level_due_ms, text, state, home_organisation_id, county_organisation_id, due_ms, answer, created_ms) VALUES ('r', 'c', 'B1', 'resident', 'county', 0, '', 'open', 'o', 'o', 0, '', 0)",
        ):
            connection.execute(sqlalchemy.text(line))
    engine.dispose()
    with pytest.raises(RuntimeError, match="never deleted"):
        migrate(database_url, "0008")


async def test_the_clock_moves_a_report_from_town_to_county_to_chief(edge: Edge) -> None:
    town = await add_person(edge, "coordinator_north", Role.COORDINATOR, "north")
    report = await opened(edge)
    assert (report.level, report.owner_staff_id) == ("home", town)
    expected = [
        ("county", edge.county.staff["coordinator"]),
        ("chief", edge.county.staff["chief_county_supervisor"]),
        ("chief", edge.county.staff["chief_county_supervisor"]),
    ]
    for level, owner in expected:
        async with edge.context.database.transaction() as session:
            await session.execute(update(CouldNotReport).values(level_due_ms=1))
        await asyncio.gather(*(watch(edge).look() for _ in range(3)))
        moved = await the_report(edge)
        assert (moved.level, moved.owner_staff_id, moved.due_ms) == (level, owner, report.due_ms)
    async with edge.context.database.reading() as session:
        kinds = list(
            await session.scalars(select(CouldNotEvent.kind).order_by(CouldNotEvent.at_ms))
        )
    assert kinds == ["opened", "escalated", "escalated"]


async def test_a_coordinator_takes_contacts_and_answers_once(edge: Edge) -> None:
    report = await opened(edge)
    coordinator = await edge.sign_in("coordinator")
    chief = await edge.sign_in("chief_county_supervisor")
    address = f"could-not/{report.id}"
    assert (await coordinator.post(f"{address}/taking")).status == 200
    closing = {"text": "已于当日补办"}
    early = await coordinator.post(f"{address}/closing", closing)
    assert await code_of(early) == (403, "could_not.no_contact")
    assert (await coordinator.post(f"{address}/contacts", CONTACT)).status == 200
    phone = await (await coordinator.post(f"{address}/phone")).json()
    assert phone["phone"] == "13800138000"
    answers = await asyncio.gather(
        coordinator.post(f"{address}/closing", closing), chief.post(f"{address}/closing", closing)
    )
    assert sorted(answer.status for answer in answers) == [200, 409]
    detail = await (await coordinator.get(address)).json()
    assert [one["kind"] for one in detail["events"]] == ["opened", "taken", "contacted", "closed"]
    assert (detail["answer"], detail["may_work"]) == (closing["text"], False)
    listed = await (await coordinator.get("could-not", params={"closed": "true"})).json()
    assert [one["id"] for one in listed["reports"]] == [report.id]


async def test_lines_look_on_without_names_and_who_took_part_sees_nothing(edge: Edge) -> None:
    report = await opened(edge)
    address = f"could-not/{report.id}"
    home = await edge.sign_in("home_supervisor")
    detail = await (await home.get(address)).json()
    assert (detail["opened_by_name"], detail["may_work"]) == (None, False)
    assert detail["events"][0]["actor_name"] is None
    assert await code_of(await home.post(f"{address}/taking")) == (403, "role")
    south = await edge.sign_in("south_supervisor")
    assert await code_of(await south.get(address)) == (404, "could_not.not_found")
    for column in (Case.opened_by_staff_id, Case.owner_staff_id):
        async with edge.context.database.transaction() as session:
            took_part = {column: edge.county.staff["coordinator"]}
            await session.execute(update(Case).values(took_part))
        coordinator = await edge.sign_in("coordinator")
        assert await code_of(await coordinator.get(address)) == (404, "could_not.not_found")
        assert (await (await coordinator.get("could-not")).json())["total"] == 0


async def test_a_report_whose_owner_left_finds_another(light_edge: Edge) -> None:
    second = await add_person(light_edge, "coordinator2", Role.COORDINATOR, "county")
    report = await opened(light_edge)
    async with light_edge.context.database.transaction() as session:
        owner = StaffMember.id == report.owner_staff_id
        await session.execute(update(StaffMember).where(owner).values(active=False))
    await watch(light_edge).look()
    assert (await the_report(light_edge)).owner_staff_id == second
