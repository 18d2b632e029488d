"""What a verifier says of journals that are whole, and of such that are not."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from casework.journal.clock import JournalClock
from casework.journal.seen import parse_seen
from casework.journal.signed_notes import Verifier
from casework.journal.verifying import verify_export
from tests.casework.journal.history import History
from tests.casework.journal.tampering import dome, rechained, resigned, sealed


async def grown(history: History, *steps: int) -> None:
    """So many entries, then a checkpoint, for each step."""
    for count in steps:
        await history.county.add(count)
        await history.sign()


async def test_a_whole_journal_is_good_up_to_its_last_checkpoint(
    history: History, tmp_path: Path
) -> None:
    await history.add_town()
    await grown(history, 5, 7)
    await history.cosign()
    await history.county.add(3)
    await history.county.sequence()
    await history.county.add(2)
    verdict = await history.verify(tmp_path)
    assert verdict.problem is None
    assert (verdict.entries, verdict.signed, verdict.checkpoint) == (17, 14, 2)
    assert verdict.unsequenced == 2
    assert verdict.towns == {"town.example/journal": 14}
    assert not verdict.keys_from_file
    assert verdict.clock_set_back == []


async def test_without_a_key_the_file_s_own_is_believed_and_that_is_said(
    history: History, tmp_path: Path
) -> None:
    await grown(history, 3)
    verdict = verify_export(await history.export(tmp_path))
    assert verdict.good
    assert verdict.keys_from_file
    assert verdict.key == history.verifier


async def test_a_new_key_signs_once_the_old_one_has_made_it_known(
    history: History, tmp_path: Path
) -> None:
    await grown(history, 3)
    await history.add_key()
    await grown(history, 1, 4)
    assert history.notes[1].lines[0].is_by(history.keys[0].verifier)
    assert history.notes[2].lines[0].is_by(history.keys[1].verifier)
    verdict = await history.verify(tmp_path)
    assert verdict.good
    assert verdict.key == history.keys[1].verifier
    # Somebody who was only ever given the newest key can check everything, too.
    later = verify_export(await history.export(tmp_path), [history.keys[1].verifier])
    assert later.good
    assert later.signed == verdict.signed


async def test_a_changed_entry_is_named(history: History, tmp_path: Path) -> None:
    await grown(history, 5, 5)
    lines = await history.export(tmp_path)
    at = next(n for n, line in enumerate(lines) if line.startswith(b"entry 7 "))
    lines[at] = lines[at].replace(b'"result":"done"', b'"result":"dome"')
    verdict = verify_export(sealed(lines), [history.verifier])
    assert verdict.problem is not None
    assert (verdict.problem.code, verdict.problem.first, verdict.problem.last) == (
        "entry.chain",
        7,
        7,
    )
    assert verdict.signed == 6


async def test_an_entry_rewritten_with_its_chain_is_placed_between_checkpoints(
    history: History, tmp_path: Path
) -> None:
    await grown(history, 5, 5, 5)
    lines = rechained(await history.export(tmp_path), history.county.origin, {8: dome})
    verdict = verify_export(sealed(lines), [history.verifier])
    assert verdict.problem is not None
    assert verdict.problem.code == "checkpoint.false"
    assert (verdict.problem.first, verdict.problem.last) == (6, 10)


async def test_a_row_changed_in_the_database_behind_the_triggers_is_named(
    history: History, tmp_path: Path
) -> None:
    await grown(history, 6)
    sqlite = history.county.database.engine.dialect.name == "sqlite"
    off = (
        "DROP TRIGGER journal_entries_update"
        if sqlite
        else "ALTER TABLE journal_entries DISABLE TRIGGER ALL"
    )
    async with history.county.database.transaction() as session:
        await session.execute(text(off))
        await session.execute(
            text(
                "UPDATE journal_entries SET leaf = replace(leaf, 'done', 'refused') WHERE id = "
                "(SELECT entry_id FROM journal_leaves WHERE sequence = 4)"
            )
        )
    verdict = await history.verify(tmp_path)
    assert verdict.problem is not None
    assert (verdict.problem.code, verdict.problem.first) == ("entry.chain", 4)


async def test_another_key_than_the_one_given_is_not_believed(
    history: History, tmp_path: Path
) -> None:
    await grown(history, 3)
    other = Verifier(history.county.origin, history.verifier.kind, bytes(32))
    verdict = verify_export(await history.export(tmp_path), [other])
    assert verdict.problem is not None
    assert verdict.problem.code == "key.unknown"


async def test_a_cut_journal_is_whole_in_itself_until_something_later_was_seen(
    history: History, tmp_path: Path
) -> None:
    await grown(history, 4)
    early = await history.export(tmp_path)
    ids = await history.county.add(4)
    note = await history.sign()
    receipt = await history.proof(ids[2])
    assert verify_export(early, [history.verifier]).good
    printed = parse_seen(
        f"https://spb.example/verify/X?e={(receipt.leaf_hash or b'').hex()}&c=2", "QR"
    )
    for seen in (receipt, parse_seen(str(note), "note.txt"), printed):
        verdict = verify_export(early, [history.verifier], [seen])
        assert verdict.problem is not None
        assert verdict.problem.code == "seen.later"
        assert (await history.verify(tmp_path, seen)).good


async def test_another_past_than_the_one_seen_is_told(history: History, tmp_path: Path) -> None:
    """Even when the county itself signed it anew."""
    await grown(history, 4)
    ids = await history.county.add(2)
    seen_note = parse_seen(str(await history.sign()), "note.txt")
    seen = await history.proof(ids[0])
    lines = rechained(await history.export(tmp_path), history.county.origin, {5: dome})
    rewritten = await resigned(lines, history.county.origin, history.keys[0])
    assert verify_export(rewritten, [history.verifier]).good
    for each, code in ((seen_note, "seen.differs"), (seen, "seen.differs")):
        verdict = verify_export(rewritten, [history.verifier], [each])
        assert verdict.problem is not None
        assert verdict.problem.code == code


async def test_a_town_s_signature_that_is_false_is_not_passed_over(
    history: History, tmp_path: Path
) -> None:
    await history.add_town()
    await grown(history, 3)
    await history.cosign()
    lines = await history.export(tmp_path)
    at = next(n for n, line in enumerate(lines) if line.startswith(b"checkpoint 1 "))
    note = json.loads(lines[at].split(b" ", 2)[2])
    flipped = note[:-20] + ("A" if note[-20] != "A" else "B") + note[-19:]
    lines[at] = b"checkpoint 1 " + json.dumps(flipped, ensure_ascii=False).encode()
    verdict = verify_export(sealed(lines), [history.verifier])
    assert verdict.problem is not None
    assert verdict.problem.code == "checkpoint.false"


async def test_a_clock_that_was_set_back_is_reported_and_no_fault(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall = [1_000_000.0]
    for seconds in (0.0, 60.0, -3600.0):
        wall[0] += seconds
        started = JournalClock("b" * 36, wall=lambda: wall[0], monotonic=lambda: 5.0)
        monkeypatch.setattr("casework.journal.acts.CLOCK", started)
        await history.county.add()
    await history.sign()
    verdict = await history.verify(tmp_path)
    assert verdict.good
    assert verdict.clock_set_back == [3]
