"""A bundle proves itself offline, and whatever is done to it is found and placed."""

import re
import secrets
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from casework.journal.seen import parse_seen
from recording.evidence import bundle
from recording.evidence.bundle_check import dump, explain, verify_bundle
from recording.evidence.faults import Part
from recording.keys import new_data_key
from tests.figures import count, write_figures
from tests.recording.conftest import Place
from tests.recording.evidence.bundles import (
    KINDS,
    Members,
    flip,
    journal_of,
    make_bundle,
    members_of,
    write_members,
)
from tests.recording.evidence.calls import RecordedCall


@dataclass
class Exported:
    call: RecordedCall
    path: Path
    members: Members


@pytest.fixture
def calls(place: Place, tmp_path: Path) -> tuple[Exported, Exported]:
    """A call that was whole and one that was salvaged."""
    made = []
    for crashes in (0, 2):
        here = Place(
            place.archive, place.archive.create_folder(), new_data_key(), secrets.token_hex(8)
        )
        call = RecordedCall(here).record(3, crashes=crashes, seed=crashes + 5)
        path = make_bundle(call, tmp_path / f"{crashes}.zip")
        made.append(Exported(call, path, members_of(path)))
    return made[0], made[1]


def test_a_bundle_is_good_and_says_what_it_holds(calls: tuple[Exported, Exported]) -> None:
    whole, salvaged = calls
    key = journal_of(whole.call).verifier
    verdict = verify_bundle(whole.path, [key])
    assert verdict.faults == []
    assert (verdict.signed_by, verdict.journal.last_checkpoint) == ("call", 1)
    told = [text for text, _good in explain(verdict, trusted=True, seen=0)]
    assert told[0].startswith("GOOD")
    assert not any("believed" in text for text in told)
    verdict = verify_bundle(salvaged.path)
    assert verdict.faults == []
    assert verdict.signed_by == "node"
    told = [text for text, _good in explain(verdict, trusted=False, seen=0)]
    assert any("believed" in text for text in told)
    assert '"good": true' in dump(verdict)


def test_another_countys_key_is_not_enough(calls: tuple[Exported, Exported]) -> None:
    whole, _ = calls
    other = journal_of(whole.call)
    other.signer = type(other.signer)("other", secrets.token_bytes(32))
    verdict = verify_bundle(whole.path, [other.verifier])
    assert Part.JOURNAL in {fault.part for fault in verdict.faults}


def test_what_was_seen_before_must_fit(calls: tuple[Exported, Exported]) -> None:
    whole, salvaged = calls
    proof = next(n for n in whole.members if n.startswith("journal/"))
    own = parse_seen(whole.members[proof].decode(), "own")
    verdict = verify_bundle(whole.path, (), [own])
    assert (verdict.faults, verdict.journal.compared) == ([], {"own"})
    forged = journal_of(whole.call)
    forged.leaves[0] = forged.leaves[0].replace("start", "begun")
    seen = parse_seen(forged.proofs()[0], "seen")
    verdict = verify_bundle(whole.path, (), [seen])
    assert verdict.faults[0].part is Part.JOURNAL
    assert "seen shows another journal" in str(verdict.faults[0])
    del salvaged


@pytest.mark.proof
def test_every_mutation_is_detected_and_placed(
    calls: tuple[Exported, Exported], tmp_path: Path
) -> None:
    random = Random(11)
    total = count(10_000, 200)
    done: Counter[str] = Counter()
    for number in range(total):
        one, other = random.sample(calls, 2)
        members = dict(one.members)
        mutation = KINDS[number % len(KINDS)](members, random, other.members)
        path = write_members(tmp_path / "mutated.zip", members)
        verdict = verify_bundle(path, [journal_of(one.call).verifier])
        assert verdict.faults, (number, mutation, _changed(one.members, members))
        first = verdict.faults[0]
        assert first.part in mutation.parts, (mutation, [str(f) for f in verdict.faults])
        assert first.place
        if mutation.at is not None:
            span = re.search(r"bytes (\d+)–(\d+)", first.place)
            assert span is not None, first
            assert int(span[1]) <= mutation.at < int(span[2]), (mutation, first)
        done[mutation.kind] += 1
    write_figures(
        "evidence_mutations",
        "Evidence: mutations of bundles, detected offline and placed",
        ["what was done", "times", "detected", "placed"],
        [[kind, times, times, times] for kind, times in sorted(done.items())],
        note="Placed: the first fault names the part, and for a changed bit of a stream a byte "
        "range (about two seconds) that holds it.",
    )


def _changed(before: Members, after: Members) -> list[str]:
    return [name for name in before if after.get(name) != before[name]]


@pytest.mark.proof
def test_no_bit_of_the_archive_can_be_flipped_unseen(
    calls: tuple[Exported, Exported], tmp_path: Path
) -> None:
    """Also not in what lies between the members; each chosen byte of a small bundle."""
    random = Random(3)
    whole, _ = calls
    small = {n: c for n, c in whole.members.items() if not n.startswith("streams/")}
    raw = write_members(tmp_path / "small.zip", small).read_bytes()
    before = {str(f) for f in verify_bundle(tmp_path / "small.zip").faults}
    for _ in range(count(2_000, 60)):
        changed, at = flip(raw, random)
        path = tmp_path / "flipped.zip"
        path.write_bytes(changed)
        assert {str(f) for f in verify_bundle(path).faults} - before, at


def test_what_is_no_bundle_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "no.zip"
    path.write_bytes(b"PK\x03\x04 nothing")
    assert verify_bundle(path).faults[0].part is Part.BUNDLE
    write_members(path, {bundle.MANIFEST: b"{}"})
    assert not verify_bundle(path).good
    with pytest.raises(FileNotFoundError):
        verify_bundle(tmp_path / "absent.zip")
