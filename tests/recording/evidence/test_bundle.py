"""A bundle proves itself offline, and whatever is done to it is found and placed."""

import re
import secrets
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from casework.journal.seen import parse_seen
from casework.master_key import MasterKey
from casework.page_files import PageFiles
from casework.protected import ProtectedFields
from recording.evidence import bundle
from recording.evidence.bundle_check import verify_bundle
from recording.evidence.bundle_papers import FOLDERS, PaperRows, PaperShelf, check_papers
from recording.evidence.canonical import parse
from recording.evidence.faults import Fault, Part
from recording.evidence.verdict_text import dump, explain
from recording.keys import new_data_key
from tests.figures import count, write_figures
from tests.recording.conftest import Place
from tests.recording.evidence.bundles import (
    Members,
    SmallJournal,
    journal_of,
    make_bundle,
    members_of,
    write_members,
)
from tests.recording.evidence.calls import RecordedCall
from tests.recording.evidence.mutations import KINDS


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
    assert (verdict.signed_by, len(verdict.journal.entries)) == ("call", 1)
    told = [text for text, _good in explain(verdict, trusted=True, seen=0)]
    assert told[0].startswith("GOOD")
    assert not any("believed" in text for text in told)
    verdict = verify_bundle(salvaged.path)
    assert verdict.faults == []
    assert verdict.signed_by == "node"
    told = [text for text, _good in explain(verdict, trusted=False, seen=0)]
    assert any("believed" in text for text in told)
    assert '"good": true' in dump(verdict)


def test_what_could_not_be_brought_is_named_and_silence_about_it_is_a_fault(
    calls: tuple[Exported, Exported],
) -> None:
    whole, _ = calls
    verdict = verify_bundle(whole.path)
    missing = [each["paper"] for each in verdict.export["missing"]]
    assert missing
    told = [text for text, good in explain(verdict, trusted=True, seen=0) if not good]
    assert told == [f"NOT IN THE BUNDLE: {paper}: unreadable" for paper in missing]
    assert missing[0] in dump(verdict)
    events = [parse(line) for line in whole.members[bundle.EVENTS].splitlines()]
    papers = [n for n in whole.members if n.partition("/")[0] in FOLDERS]
    read = {name: [whole.members[name]] for name in papers}.__getitem__
    assert list(check_papers(papers, read, events, missing)) == []
    (fault,) = check_papers(papers, read, events, missing[1:])
    assert fault.place.startswith(missing[0])
    (stray,) = check_papers([*papers, "pages/stray.jpg"], read, events, missing)
    assert str(stray) == "page: pages/stray.jpg: no event of the chain names it"


def test_a_page_whose_file_cannot_be_read_keeps_no_other_from_leaving(tmp_path: Path) -> None:
    master = MasterKey(bytes(32))
    shelf = PaperShelf(ProtectedFields(master), PageFiles(tmp_path, master))
    rows = PaperRows(pages={"a": ("ab" * 16, "image/jpeg"), "b": ("", "")}, forms={}, signatures={})
    found = shelf.open(rows, ["pages/a", "pages/b", "forms/c"])
    assert found.members == {}
    assert found.missing == {"pages/a": "unreadable", "pages/b": "erased", "forms/c": "erased"}


def test_another_countys_key_is_not_enough(calls: tuple[Exported, Exported]) -> None:
    whole, _ = calls
    other = journal_of(whole.call)
    other.signer = type(other.signer)("other", secrets.token_bytes(32))
    verdict = verify_bundle(whole.path, [other.verifier])
    assert Part.JOURNAL in {fault.part for fault in verdict.faults}


def test_what_was_seen_before_must_fit(calls: tuple[Exported, Exported]) -> None:
    whole, _ = calls
    proof = next(n for n in whole.members if n.startswith("journal/"))
    own = parse_seen(whole.members[proof].decode(), "own")
    verdict = verify_bundle(whole.path, (), [own])
    assert (verdict.faults, verdict.journal.compared) == ([], {"own"})
    forged = journal_of(whole.call)
    forged.leaves[0] = forged.leaves[0].replace("start", "begun")
    seen = parse_seen(forged.proofs()[0], "seen")
    verdict = verify_bundle(whole.path, (), [seen])
    assert str(verdict.faults[0]).startswith("journal: seen: it shows another journal")


@pytest.fixture
def grown(calls: tuple[Exported, Exported]) -> SmallJournal:
    """The journal of the salvaged call as it went on after the export."""
    journal = journal_of(calls[1].call)
    journal.leaves += [f'{{"later":{number}}}' for number in range(7)]
    return journal


def test_a_tree_of_any_size_that_was_seen_is_compared_by_a_growth(
    calls: tuple[Exported, Exported], grown: SmallJournal
) -> None:
    _, salvaged = calls
    own = journal_of(salvaged.call).sizes[-1]
    for size in range(1, len(grown.leaves) + 1):
        seen = parse_seen(grown.checkpoint(size), "seen")
        verdict = verify_bundle(salvaged.path, (), [seen])
        if not verdict.journal.missing:
            assert verdict.journal.compared == {"seen"}, size
            continue
        wanted = re.search(r"since=(\d+)&until=(\d+)", verdict.journal.missing["seen"])
        assert wanted is not None
        growth = parse_seen(grown.growth(int(wanted[1]), int(wanted[2])), "growth")
        verdict = verify_bundle(salvaged.path, (), [seen, growth])
        assert (verdict.faults, verdict.journal.compared) == ([], {"seen"}), size
    assert own < len(grown.leaves)


def test_another_history_is_told_whatever_size_was_seen(
    calls: tuple[Exported, Exported], grown: SmallJournal
) -> None:
    """The bundle's journal was made anew with the county's key; somebody saw the first one."""
    _, salvaged = calls
    own = journal_of(salvaged.call).sizes[-1]
    other = SmallJournal(leaves=[grown.leaves[0] + " ", *grown.leaves[1:]])
    for size in range(1, len(grown.leaves) + 1):
        seen = parse_seen(other.checkpoint(size), "seen")
        since, until = sorted((size, own))
        for journal in (grown, other):
            growth = parse_seen(journal.growth(since, until), "growth")
            verdict = verify_bundle(salvaged.path, (), [seen, growth])
            assert verdict.journal.compared == set(), size
            assert verdict.faults or verdict.journal.missing, size


def test_a_printed_receipt_is_compared_with_the_bundle_of_its_call(
    calls: tuple[Exported, Exported],
) -> None:
    whole, _ = calls
    proof = parse_seen(whole.members["entries/00001.json"].decode(), "proof")
    assert proof.leaf_hash is not None
    for leaf, number, compared in (
        (proof.leaf_hash, proof.checkpoint_number, {"paper"}),
        (bytes(32), 1, set()),
    ):
        printed = f"https://spb.example.org/r?e={leaf.hex()}&c={number}"
        verdict = verify_bundle(whole.path, (), [parse_seen(printed, "paper")])
        assert (verdict.faults, verdict.journal.compared) == ([], compared)
    told = [text for text, _good in explain(verdict, trusted=True, seen=1)]
    assert any(text.startswith("NOT COMPARED: paper. Fetch the receipt's proof") for text in told)


@pytest.mark.proof
def test_every_mutation_is_detected_and_placed(
    calls: tuple[Exported, Exported], tmp_path: Path
) -> None:
    random = Random(11)
    total = count(10_000, 300)
    done: Counter[str] = Counter()
    for number in range(total):
        one, other = random.sample(calls, 2)
        members = dict(one.members)
        mutation = KINDS[number % len(KINDS)](members, random, other.members)
        path = write_members(tmp_path / "mutated.zip", members)
        verdict = verify_bundle(path, [journal_of(one.call).verifier])
        assert verdict.faults, (number, mutation)
        first = verdict.faults[0]
        why = (number, mutation, [str(fault) for fault in verdict.faults])
        assert mutation.names in first.place, why
        assert any(_names(first, *change) for change in _changed(one.members, members)), why
        done[mutation.kind] += 1
    write_figures(
        "evidence_mutations",
        "Evidence: mutations of bundles, detected offline and placed",
        ["what was done", "times", "detected", "placed"],
        [[kind, times, times, times] for kind, times in sorted(done.items())],
        note="Placed: the first fault names the file and a byte range that holds the first changed "
        "byte (64 bytes of text; of a stream the header region or about two seconds), or the file "
        "that is missing or too much; where a field, a link or an event was changed, that one.",
    )


def _changed(before: Members, after: Members) -> list[tuple[str, int | None]]:
    """Files with the offset of the first changed byte; ``None``: it is missing or was added."""
    changes: list[tuple[str, int | None]] = []
    for name in before | after:
        if name not in before or name not in after:
            changes.append((name, None))
        elif before[name] != after[name]:
            changes.append((name, _parting(before[name], after[name])))
    return changes


def _parting(one: bytes, two: bytes, stretch: int = 4096) -> int:
    """Where they first differ; whole stretches are compared before single bytes."""
    ends = min(len(one), len(two))
    alike = (n for n in range(0, ends, stretch) if one[n : n + stretch] != two[n : n + stretch])
    begin = next(alike, ends)
    apart = (n for n in range(begin, min(begin + stretch, ends)) if one[n] != two[n])
    return next(apart, min(begin + stretch, ends))


def _names(fault: Fault, name: str, at: int | None) -> bool:
    """Whether the place is the change: streams are named as the manifest does."""
    stream = name.removeprefix("streams/").removesuffix(".webm").replace("-", "/", 1)
    named = fault.place.startswith((name, f"{stream},"))
    span = re.search(r"bytes (\d+)–(\d+)", fault.place)
    if at is None:
        return named
    return named and span is not None and int(span[1]) <= at < int(span[2])


@pytest.mark.proof
def test_no_bit_of_the_archive_can_be_flipped_unseen(
    calls: tuple[Exported, Exported], tmp_path: Path
) -> None:
    """Also not in what lies between the files, nor in the archive's directory; and it is placed."""
    random = Random(3)
    whole, _ = calls
    raw, path = whole.path.read_bytes(), tmp_path / "flipped.zip"
    contents = _contents(raw, whole.members)
    between = [at for at in range(len(raw)) if not any(a <= at < b for a, b, _ in contents)]
    for number in range(count(2_000, 40)):
        at = random.choice(between) if number % 2 else random.randrange(len(raw))
        changed = bytearray(raw)
        changed[at] ^= 1 << random.randrange(8)
        path.write_bytes(changed)
        first, *_ = verify_bundle(path).faults
        inside = [(name, at - begin) for begin, end, name in contents if begin <= at < end]
        if inside:
            assert _names(first, *inside[0]), (at, str(first))
        else:
            assert _holds(first, at), (at, str(first))


def _contents(raw: bytes, members: Members) -> list[tuple[int, int, str]]:
    """Where the content of each file lies in the archive."""
    places, at = [], 0
    for name, content in members.items():
        begin = raw.index(content, raw.index(name.encode(), at))
        at = begin + len(content)
        places.append((begin, at, name))
    return places


def _holds(fault: Fault, at: int) -> bool:
    span = re.match(r"byte (\d+)$", fault.place) or re.match(r"bytes (\d+)–(\d+),", fault.place)
    assert span is not None, fault
    return int(span[1]) == at if span.lastindex == 1 else int(span[1]) <= at <= int(span[2])


def test_what_is_no_bundle_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "no.zip"
    path.write_bytes(b"PK\x03\x04 nothing")
    assert verify_bundle(path).faults[0].part is Part.BUNDLE
    write_members(path, {bundle.MANIFEST: b"{}"})
    assert not verify_bundle(path).good
    with pytest.raises(FileNotFoundError):
        verify_bundle(tmp_path / "absent.zip")
