"""Keeping over HTTP: who watched, terms, holds, expiry, reveals; for every role and relation."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from casework.database import Database, new_id
from casework.tables import EvidenceHold, ServiceItem, SubjectReveal
from casework.vocabulary import StoragePlace
from recording.evidence.keys import verifies
from recording.keeping.retention import years_after
from recording.keeping.served import IDLE_MS
from recording.tables import Recording, RecordingView
from tests.recording.keeping.recorded_call import CONTENT, Desk
from tests.signaling.edge.conftest import code_of
from tests.signaling.edge.small_county import ID_NUMBER

# --- who watched -----------------------------------------------------------------------------


async def test_what_was_served_is_merged_and_told(desk: Desk) -> None:
    person = await desk.edge.sign_in("home_supervisor")
    view_id = await desk.view(person)
    (opened,) = await desk.entries("recording.viewed")
    assert opened["evidence"]["recording_id"] == desk.recording_id
    assert "复核抽查" not in json.dumps(opened, ensure_ascii=False)
    for start, end in [(0, 10_000), (5_000, 12_000), (40_000, 41_000), (12_000, 13_000)]:
        assert await desk.watch(person, view_id, start, end) == CONTENT[start:end]
    await desk.served.write()
    async with desk.database.reading() as session:
        row = (await session.scalars(select(RecordingView))).one()
    assert row.served == {desk.stream_id: [[0, 13_000], [40_000, 41_000]]}
    assert await desk.entries("recording.view_ended") == []
    await desk.watch(person, view_id, 13_000, 14_000)
    assert (await person.post(f"views/{view_id}/end", None)).status == 200
    (ended,) = await desk.entries("recording.view_ended")
    assert ended["evidence"]["served"] == {desk.stream_id: [[0, 14_000], [40_000, 41_000]]}
    keeping = await (await person.get(f"calls/{desk.call_id}/keeping")).json()
    (watched,) = keeping["watched"]
    assert (watched["served_bytes"], watched["reason"]) == (15_000, "复核抽查")


async def test_a_view_that_nobody_closed_ends_by_itself_and_goes_on_if_watched(desk: Desk) -> None:
    person = await desk.edge.sign_in("county_supervisor")
    view_id = await desk.view(person)
    await desk.watch(person, view_id, 0, 1_000)
    await desk.served.write()
    async with desk.database.transaction() as session:
        await session.execute(
            update(RecordingView).values(
                opened_ms=RecordingView.opened_ms - 2 * IDLE_MS,
                last_served_ms=RecordingView.last_served_ms - 2 * IDLE_MS,
            )
        )
    await desk.served.end_idle()
    await desk.served.end_idle()
    assert len(await desk.entries("recording.view_ended")) == 1
    await desk.watch(person, view_id, 2_000, 3_000)
    await desk.served.end(view_id)
    ended = await desk.entries("recording.view_ended")
    assert ended[-1]["evidence"]["served"] == {desk.stream_id: [[0, 1_000], [2_000, 3_000]]}


async def test_a_still_is_on_record_with_its_position(light_desk: Desk) -> None:
    person = await light_desk.edge.sign_in("home_supervisor")
    view_id = await light_desk.view(person)
    still = {"stream_id": light_desk.stream_id, "position_ms": 5_250}
    assert (await person.post(f"views/{view_id}/stills", still)).status == 200
    (entry,) = await light_desk.entries("recording.still_taken")
    assert entry["evidence"]["position_ms"] == 5_250
    other = await light_desk.edge.sign_in("county_supervisor")
    answer = await other.post(f"views/{view_id}/stills", still)
    assert await code_of(answer) == (404, "recording.not_found")


# --- numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("username", ["agent", "county_supervisor"])
async def test_a_number_is_masked_until_it_is_revealed_for_a_reason(
    desk: Desk, username: str
) -> None:
    person = await desk.edge.sign_in(username)
    answer = await person.post(
        f"cases/{desk.case_id}/reveal", {"field": "id_number", "reason": "核对医保"}
    )
    assert (await answer.json())["value"] == ID_NUMBER
    async with desk.database.reading() as session:
        row = (await session.scalars(select(SubjectReveal))).one()
    assert (row.reason, row.staff_id) == ("核对医保", desk.edge.county.staff[username])
    (entry,) = await desk.entries("subject.revealed")
    assert ID_NUMBER not in json.dumps(entry)


# --- terms, holds, expiry ---------------------------------------------------------------------


async def test_a_recording_past_its_term_is_let_go_with_a_signed_tombstone(desk: Desk) -> None:
    await desk.age(4)
    assert await desk.expiry.sweep() == 0
    await desk.age(5)
    assert await desk.expiry.sweep() == 1
    assert await desk.expiry.sweep() == 0
    row = await desk.row()
    assert (row.wrapped_key, row.place) == (None, StoragePlace.ERASING)
    person = await desk.edge.sign_in("county_supervisor")
    answer = await person.post(f"recordings/{desk.recording_id}/views", {"reason": "复核"})
    assert await code_of(answer) == (410, "recording.expired")
    keeping = await (await person.get(f"calls/{desk.call_id}/keeping")).json()
    (stone,) = keeping["tombstones"]
    assert verifies(stone["public_key"], stone["document"].encode(), stone["signature"])
    assert json.loads(stone["document"])["streams"][0]["size_bytes"] == len(CONTENT)
    (entry,) = await desk.entries("recording.expired")
    assert entry["evidence"]["recording_id"] == desk.recording_id


async def test_a_destroyed_key_is_in_no_file_of_the_database(desk: Desk) -> None:
    wrapped = (await desk.row()).wrapped_key
    assert wrapped is not None
    await desk.age(6)  # written once more: PostgreSQL keeps the row as it was, for a while
    assert wrapped in await _stored_bytes(desk.database)
    assert await desk.expiry.sweep() == 1
    assert wrapped not in await _stored_bytes(desk.database)


async def _stored_bytes(database: Database) -> bytes:
    """SQLite's files; of PostgreSQL the table's pages as they lie on the disk."""
    url = database.engine.url
    if url.get_backend_name() == "sqlite":
        assert url.database is not None
        path = Path(url.database)
        return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    async with database.engine.connect() as connection:
        free = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await free.exec_driver_sql("CHECKPOINT")
        read = "SELECT pg_read_binary_file(pg_relation_filepath('recordings'))"
        return bytes((await free.exec_driver_sql(read)).scalar_one())


async def test_the_longest_class_of_a_calls_items_counts(desk: Desk) -> None:
    async with desk.database.transaction() as session:
        await session.execute(update(ServiceItem).values(retention_class="long"))
    await desk.age(9)
    assert await desk.expiry.sweep() == 0
    async with desk.database.transaction() as session:
        await session.execute(update(ServiceItem).values(retention_class="permanent"))
    await desk.age(40)
    assert await desk.expiry.sweep() == 0
    async with desk.database.transaction() as session:
        await session.execute(update(ServiceItem).values(retention_class="brief"))
    assert await desk.expiry.sweep() == 1


async def test_nothing_that_is_held_is_let_go_and_the_line_that_placed_it_lifts_it(
    desk: Desk,
) -> None:
    home, county = [
        await desk.edge.sign_in(name) for name in ("home_supervisor", "county_supervisor")
    ]
    await desk.age(20)
    answer = await home.post(f"calls/{desk.call_id}/holds", {"reason": "群众投诉"})
    hold = (await answer.json())["id"]
    assert await desk.expiry.sweep() == 0
    for person in (home, county):
        (seen,) = (await (await person.get("holds")).json())["holds"]
        assert (seen["id"], seen["line"], seen["mine"]) == (hold, "home", person is home)
    refused = await county.post(f"holds/{hold}/lift", {"reason": "已结"})
    assert await code_of(refused) == (403, "hold.other_line")
    assert (await home.post(f"holds/{hold}/lift", {"reason": "已结"})).status == 200
    again = await home.post(f"holds/{hold}/lift", {"reason": "已结"})
    assert await code_of(again) == (409, "hold.lifted")
    assert await desk.expiry.sweep() == 1
    late = await home.post(f"calls/{desk.call_id}/holds", {"reason": "太晚"})
    assert await code_of(late) == (409, "recording.expired")
    assert len(await desk.entries("hold.placed")) == len(await desk.entries("hold.lifted")) == 1


async def test_a_hold_for_a_poor_rating_counts_as_well(desk: Desk) -> None:
    await desk.age(20)
    county = desk.edge.county
    async with desk.database.transaction() as session:
        session.add(
            EvidenceHold(
                id=new_id(),
                county_id=county.county_id,
                call_id=desk.call_id,
                reason="poor_rating",
                source_id=new_id(),
                home_organisation_id=county.organisations["village"],
                county_organisation_id=county.organisations["county"],
                from_ms=0,
            )
        )
    assert await desk.expiry.sweep() == 0


async def test_a_term_is_lengthened_by_one_and_shortened_by_two(desk: Desk) -> None:
    county = await desk.edge.sign_in("county_supervisor")
    security = await desk.edge.sign_in("security_administrator")

    async def give(years: int, of: str = "standard") -> Any:  # noqa: ANN401
        return await county.post(
            "retention/terms", {"retention_class": of, "years": years, "reason": "档案要求"}
        )

    assert await (await give(8)).json() == {"counts": True}
    assert await code_of(await give(8)) == (400, "retention.unchanged")
    assert await code_of(await give(9, "permanent")) == (400, "retention.permanent")
    assert await (await give(2)).json() == {"counts": False}
    assert await code_of(await give(3)) == (409, "retention.change_open")
    await desk.age(6)
    assert await desk.expiry.sweep() == 0
    shown = await (await security.get("retention")).json()
    (change,) = shown["changes"]
    assert {one["retention_class"]: one["years"] for one in shown["terms"]}["standard"] == 8
    path = f"retention/changes/{change['id']}"
    assert (await county.post(path, {"approved": True})).status == 403
    assert (await security.post(path, {"approved": True})).status == 200
    assert await code_of(await security.post(path, {"approved": True})) == (
        409,
        "retention.change_decided",
    )
    assert await desk.expiry.sweep() == 1
    for what in ("lengthened", "shortening_proposed", "shortened"):
        assert len(await desk.entries(f"retention.{what}")) == 1


async def test_the_administrator_sees_the_store_and_no_call(light_desk: Desk) -> None:
    administrator = await light_desk.edge.sign_in("system_administrator")
    shown = await (await administrator.get("storage")).json()
    assert (shown["store"], shown["places"], shown["waiting"]) == ("", {"local": 1}, 0)
    async with light_desk.database.transaction() as session:
        await session.execute(update(Recording).values(place="uploading", store_problem="503"))
    shown = await (await administrator.get("storage")).json()
    assert [one["problem"] for one in shown["problems"]] == ["503"]


def test_a_term_ends_on_the_same_day_of_the_calendar() -> None:
    leap_day = 1_709_164_800_000  # 2024-02-29
    assert years_after(leap_day, 1) == 1_740_700_800_000  # 2025-02-28
    assert years_after(years_after(1_700_000_000_000, 10), -10) == 1_700_000_000_000
