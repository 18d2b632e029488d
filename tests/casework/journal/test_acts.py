import hashlib
import json

import pytest
import rfc8785
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DatabaseError

from casework.database import Database
from casework.journal.acts import add_entry
from casework.journal.commitments import is_plain, take_out
from casework.tables import JournalEntry, JournalPersonal, JournalWaiting
from casework.tables.journal import APPEND_ONLY
from shipinban.migrate import migrate
from tests.casework.journal.county import JournalCounty


async def entry(county: JournalCounty, entry_id: str) -> JournalEntry:
    async with county.database.reading() as session:
        return await session.get_one(JournalEntry, entry_id)


async def test_an_entry_says_who_for_which_units_on_what_and_when(county: JournalCounty) -> None:
    (entry_id,) = await county.add(
        what="case.accepted", window_id="w", evidence={"sha256": "ab" * 32, "position_ms": 1200}
    )
    row = await entry(county, entry_id)
    said = json.loads(row.leaf)
    assert row.leaf.encode() == rfc8785.dumps(said)
    assert said["what"] == "case.accepted"
    assert said["home_organisation_id"] == county.town
    assert said["county_organisation_id"] == county.county_unit
    assert said["evidence"] == {"sha256": "ab" * 32, "position_ms": 1200}
    assert said["result"] == "done"
    assert abs(said["at_ms"] - row.at_ms) == 0
    assert said["monotonic_ms"] > 0
    assert len(said["boot_id"]) == 36


async def test_what_is_personal_enters_as_a_commitment_that_its_salt_opens(
    county: JournalCounty,
) -> None:
    (entry_id,) = await county.add(
        personal={"subject": "陈秀英"}, evidence={"text": "材料不齐，请补交", "pages": ["a1"]}
    )
    row = await entry(county, entry_id)
    assert "陈秀英" not in row.leaf
    assert "材料" not in row.leaf
    said = json.loads(row.leaf)
    assert said["evidence"] == {"pages": ["a1"]}
    async with county.database.reading() as session:
        kept = (
            await session.scalars(
                select(JournalPersonal).where(JournalPersonal.entry_id == entry_id)
            )
        ).all()
    assert {each.field: each.value for each in kept} == {
        "subject": "陈秀英",
        "text": "材料不齐，请补交",
    }
    for each in kept:
        opened = hashlib.sha256(each.salt + each.value.encode()).hexdigest()
        assert said["personal"][each.field] == opened


async def test_the_personal_part_can_be_erased_and_the_entry_stands(county: JournalCounty) -> None:
    (entry_id,) = await county.add(personal={"subject": "陈秀英"})
    before = (await entry(county, entry_id)).leaf
    async with county.database.transaction() as session:
        await session.execute(delete(JournalPersonal))
    assert (await entry(county, entry_id)).leaf == before


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ("0192f1c4-0000-7000-8000-000000000000", True),
        ("441625-20261122-00017", True),
        ("zh-CN", True),
        ("image/webp", True),
        ("", True),
        ("13800138000", False),
        ("+8613800138000", False),
        ("44162519491001002X", False),
        ("陈秀英", False),
        ("see the note", False),
        ("a" * 129, False),
    ],
)
def test_a_text_may_stand_in_an_entry_only_if_it_names_and_says_nothing(
    value: str, plain: bool
) -> None:
    assert is_plain(value) is plain


def test_texts_deep_in_the_evidence_are_taken_out_under_their_place() -> None:
    kept, texts = take_out({"pages": [{"id": "a", "note": "模糊 不清"}, "说明 文字"], "count": 2})
    assert kept == {"pages": [{"id": "a"}, None], "count": 2}
    assert texts == {"pages.0.note": "模糊 不清", "pages.1": "说明 文字"}


async def test_what_was_done_is_a_code(county: JournalCounty) -> None:
    async with county.database.transaction() as session:
        with pytest.raises(ValueError, match="no code"):
            await add_entry(session, county.act("受理"))


async def test_an_act_that_is_rolled_back_leaves_no_entry(county: JournalCounty) -> None:
    async def act_that_fails() -> None:
        async with county.database.transaction() as session:
            await add_entry(session, county.act())
            await session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await act_that_fails()
    async with county.database.reading() as session:
        assert (await session.scalars(select(JournalEntry.id))).all() == []
        assert (await session.scalars(select(JournalWaiting.entry_id))).all() == []


@pytest.mark.parametrize("table", APPEND_ONLY)
async def test_the_database_refuses_to_change_or_delete(database: Database, table: str) -> None:
    values = {
        "journal_entries": "(id, county_id, at_ms, what, home_organisation_id, "
        "county_organisation_id, leaf) VALUES ('e', 'c', 1, 'a', 'h', 'u', '{}')",
        "journal_leaves": "(county_id, sequence, entry_id, leaf_hash, chain_hash, sequenced_ms) "
        "VALUES ('c', 0, 'e', '1', '1', 1)",
        "journal_tiles": "(county_id, level, tile_index, root) VALUES ('c', 8, 0, '1')",
        "journal_checkpoints": "(county_id, number, size, root, note, key_id, created_ms) "
        "VALUES ('c', 1, 1, '1', 'n', 'k', 1)",
        "journal_cosignatures": "(county_id, number, key_row_id, line, at_ms) "
        "VALUES ('c', 1, 'k', 'l', 1)",
    }
    async with database.transaction() as session:
        await session.execute(text(f"INSERT INTO {table} {values[table]}"))
    for deed in (f"UPDATE {table} SET county_id = 'x'", f"DELETE FROM {table}"):  # noqa: S608
        with pytest.raises(DatabaseError, match="append-only"):
            async with database.transaction() as session:
                await session.execute(text(deed))
    async with database.reading() as session:
        left = await session.scalar(text(f"SELECT county_id FROM {table}"))  # noqa: S608
    assert left == "c"


async def test_the_migration_is_not_taken_back_while_there_are_entries(
    county: JournalCounty, database_url: str
) -> None:
    await county.add()
    await county.database.close()
    with pytest.raises(RuntimeError, match="1 entries"):
        migrate(database_url, "0004")
    async with county.database.reading() as session:
        assert len((await session.scalars(select(JournalEntry.id))).all()) == 1
