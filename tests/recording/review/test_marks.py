"""Marks and comments at a position of a recording: who sees whose, and what the journal tells."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from casework.database import Database, open_engine
from casework.journal.commitments import commitment
from casework.passwords import Passwords
from casework.tables import Case, CaseEvent, Review
from casework.vocabulary import ReviewState, Role
from recording.review.tables import RecordingMark
from tests.recording.keeping.recorded_call import Desk, open_desk
from tests.signaling.edge.conftest import Person, code_of
from tests.signaling.edge.reviewing import add_person, watch


@pytest.fixture
async def desk(database: Database, passwords: Passwords, tmp_path: Path) -> AsyncIterator[Desk]:
    async for opened in open_desk(database, passwords, tmp_path):
        yield opened


@pytest.fixture
async def light_desk(sqlite_url: str, passwords: Passwords, tmp_path: Path) -> AsyncIterator[Desk]:
    database = Database(open_engine(sqlite_url))
    async for opened in open_desk(database, passwords, tmp_path):
        yield opened
    await database.close()


async def mark(desk: Desk, person: Person, position_ms: int, text: str) -> str:
    view_id = await desk.view(person)
    given = {"position_ms": position_ms, "text": text}
    answer = await person.post(f"views/{view_id}/marks", given)
    assert answer.status == 200, await answer.text()
    mark_id: str = (await answer.json())["id"]
    return mark_id


async def seen(desk: Desk, person: Person) -> list[str]:
    answer = await person.get(f"recordings/{desk.recording_id}/marks")
    return [one["text"] for one in (await answer.json())["marks"]]


async def test_a_mark_is_its_authors_to_withdraw_and_stays_to_be_read(desk: Desk) -> None:
    author = await desk.edge.sign_in("home_supervisor")
    other = await desk.edge.sign_in("county_supervisor")
    await mark(desk, author, 30_000, "")
    mark_id = await mark(desk, author, 12_000, "出示身份证")
    assert await seen(desk, other) == ["出示身份证", ""]
    refused = await other.post(f"marks/{mark_id}/withdrawal")
    assert await code_of(refused) == (404, "mark.not_found")
    assert (await author.post(f"marks/{mark_id}/withdrawal")).status == 200
    again = await author.post(f"marks/{mark_id}/withdrawal")
    assert await code_of(again) == (409, "mark.withdrawn")
    shown = (await (await other.get(f"recordings/{desk.recording_id}/marks")).json())["marks"][0]
    assert (shown["text"], shown["own"], shown["line"]) == ("出示身份证", False, "home")
    assert shown["withdrawn_ms"] is not None
    assert len(await desk.entries("recording.mark_withdrawn")) == 1


async def test_the_journal_commits_to_a_mark_and_tells_nothing_of_it(light_desk: Desk) -> None:
    author = await light_desk.edge.sign_in("county_supervisor")
    mark_id = await mark(light_desk, author, 12_345, "材料分两次告知")
    (entry,) = await light_desk.entries("recording.marked")
    assert "材料" not in json.dumps(entry, ensure_ascii=False)
    assert "12345" not in json.dumps(entry)
    async with light_desk.database.reading() as session:
        row = await session.get_one(RecordingMark, mark_id)
    told = json.dumps(
        [mark_id, 12_345, "材料分两次告知"], ensure_ascii=False, separators=(",", ":")
    )
    assert entry["evidence"]["mark_sha256"] == commitment(row.salt, told)
    assert entry["home_organisation_id"] == row.home_organisation_id
    assert entry["county_organisation_id"] == row.county_organisation_id


async def test_neither_line_reads_the_others_marks_while_their_review_is_open(desk: Desk) -> None:
    edge = desk.edge
    home = await edge.sign_in("home_supervisor")
    county = await edge.sign_in("county_supervisor")
    await mark(desk, home, 1_000, "本级意见")
    await add_person(edge, "county_supervisor2", Role.COUNTY_SUPERVISOR, "county")
    colleague = await edge.sign_in("county_supervisor2")
    async with desk.database.transaction() as session:
        await session.execute(
            update(Case).values(state="accepted", mode="delegated", number="441625-20261122-00001")
        )
    await watch(edge).look()
    async with desk.database.reading() as session:
        assert [one.state for one in await session.scalars(select(Review))] == [ReviewState.OPEN]
    await mark(desk, county, 2_000, "县级意见")
    assert await seen(desk, home) == ["本级意见"]
    assert await seen(desk, county) == await seen(desk, colleague) == ["县级意见"]
    async with desk.database.transaction() as session:
        case = await session.get_one(Case, desk.case_id)
        acted = CaseEvent(
            county_id=case.county_id, case_id=case.id, kind="case.overdue", body={}, at_ms=0,
            actor_staff_id=edge.county.staff["county_supervisor2"],
            home_organisation_id=case.home_organisation_id,
            county_organisation_id=case.county_organisation_id,
        )  # fmt: skip
        session.add(acted)
    assert await seen(desk, colleague) == [], "who took part reads no opinion of it"
    async with desk.database.transaction() as session:
        await session.execute(update(Review).values(state=ReviewState.DISAGREED))
    for person in (home, county, colleague):
        assert await seen(desk, person) == ["本级意见", "县级意见"]


@pytest.mark.parametrize(
    ("position_ms", "text", "told"),
    [
        (64_001, "", (400, "mark.position")),
        (-1, "", (400, "request.invalid")),
        (0, "长" * 1001, (400, "request.invalid")),
    ],
)
async def test_a_mark_that_can_not_be_is_refused(
    light_desk: Desk, position_ms: int, text: str, told: tuple[int, str]
) -> None:
    person = await light_desk.edge.sign_in("home_supervisor")
    given = {"position_ms": position_ms, "text": text}
    view_id = await light_desk.view(person)
    assert await code_of(await person.post(f"views/{view_id}/marks", given)) == told


async def test_only_who_opened_the_recording_marks_it(light_desk: Desk) -> None:
    author = await light_desk.edge.sign_in("county_supervisor")
    view_id = await light_desk.view(author)
    mark_id = await mark(light_desk, author, 0, "x")
    given = {"position_ms": 0, "text": ""}
    for name in ("home_supervisor", "south_supervisor", "chief_county_supervisor"):
        other = await light_desk.edge.sign_in(name)
        refused = await other.post(f"views/{view_id}/marks", given)
        assert await code_of(refused) == (404, "recording.not_found")
        refused = await other.post(f"marks/{mark_id}/withdrawal")
        assert await code_of(refused) == (404, "mark.not_found")
    south = await light_desk.edge.sign_in("south_supervisor")
    there = await south.get(f"recordings/{light_desk.recording_id}/marks")
    absent = await south.get(f"recordings/{mark_id}/marks")
    assert await code_of(there) == await code_of(absent) == (404, "recording.not_found")
