"""Whatever is done to an exported journal without the county's key is found, and placed.

What stands after the last checkpoint is unproven by design; mutations stay before it.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from casework.database import Database, open_engine
from casework.journal.seen import Seen
from casework.journal.signed_notes import Verifier
from casework.journal.verifying import Verdict, verify_export
from tests.casework.journal.county import JournalCounty
from tests.casework.journal.history import History
from tests.casework.journal.tampering import dome, rechained, sealed
from tests.figures import count, write_figures

MUTATIONS = count(10_000, 300)
Lines = list[bytes]


@dataclass(frozen=True)
class Ground:
    """A journal of some hundred entries, another one, and a receipt later than every cut."""

    lines: Lines
    foreign: Lines
    key: Verifier
    origin: str
    receipt: Seen

    def verify(self, lines: Sequence[bytes]) -> Verdict:
        return verify_export(lines, [self.key], [self.receipt])


async def grow(database: Database, code: str, chance: random.Random) -> History:
    history = History(JournalCounty(database, code=code))
    await history.begin()
    await history.add_town()
    for number in range(12):
        await history.county.add(chance.randint(4, 24), evidence={"number": number})
        if number == 6:
            await history.add_key()
        await history.sign()
        if chance.random() < 0.6:
            await history.cosign()
    return history


async def ground(database: Database, folder: Path, chance: random.Random) -> Ground:
    ours = await grow(database, "441625", chance)
    (entry_id,) = await ours.county.add()
    await ours.sign()
    theirs = await grow(database, "441626", chance)
    return Ground(
        lines=await ours.export(folder),
        foreign=await theirs.export(folder),
        key=ours.verifier,
        origin=ours.county.origin,
        receipt=await ours.proof(entry_id),
    )


def body(lines: Lines) -> range:
    """Numbers of the lines of entries and checkpoints."""
    first = next(n for n, line in enumerate(lines) if line.startswith(b"entry "))
    return range(first, len(lines) - 1)


def entry_lines(lines: Lines) -> list[int]:
    return [n for n, line in enumerate(lines) if line.startswith(b"entry ")]


def flip(on: Ground, chance: random.Random) -> Lines:
    lines = list(on.lines)
    at = chance.randrange(len(lines) - 1)
    line = bytearray(lines[at])
    line[chance.randrange(len(line))] ^= 1 << chance.randrange(8)
    lines[at] = bytes(line)
    return sealed(lines) if chance.random() < 0.5 else lines


def delete(on: Ground, chance: random.Random) -> Lines:
    lines = list(on.lines)
    del lines[chance.choice(body(lines))]
    return sealed(lines)


def reorder(on: Ground, chance: random.Random) -> Lines:
    lines = list(on.lines)
    one, other = chance.sample(body(lines), 2)
    lines[one], lines[other] = lines[other], lines[one]
    return rechained(lines, on.origin) if chance.random() < 0.5 else sealed(lines)


def duplicate(on: Ground, chance: random.Random) -> Lines:
    lines = list(on.lines)
    at = chance.choice(body(lines))
    lines.insert(chance.choice(body(lines)), lines[at])
    return rechained(lines, on.origin) if chance.random() < 0.5 else sealed(lines)


def splice(on: Ground, chance: random.Random) -> Lines:
    """Entries of another county's journal in the place of some of ours."""
    lines = list(on.lines)
    theirs = [on.foreign[n] for n in entry_lines(on.foreign)]
    at, length = chance.choice(entry_lines(lines)), chance.randint(1, 9)
    lines[at : at + length] = chance.sample(theirs, length)
    return rechained(lines, on.origin)


def cut(on: Ground, chance: random.Random) -> Lines:
    """Truncated, or rolled back to an earlier checkpoint; the receipt is later."""
    lines = on.lines[: chance.choice(body(on.lines))]
    return sealed(lines) if chance.random() < 0.8 else lines


def recompute(on: Ground, chance: random.Random) -> Lines:
    """An entry changed, and all that needs no key made to fit."""
    at = chance.randrange(len(entry_lines(on.lines)))
    return rechained(on.lines, on.origin, {at: dome})


KINDS: dict[str, Callable[[Ground, random.Random], Lines]] = {
    "flip a bit": flip,
    "delete": delete,
    "reorder": reorder,
    "duplicate": duplicate,
    "splice": splice,
    "truncate, roll back": cut,
    "recompute without the key": recompute,
}


def first_change(before: Lines, after: Lines) -> int:
    """The number of the entry at which, or after which, the first difference stands."""
    pairs = zip(before, after, strict=False)
    same = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(before), len(after)))
    return sum(line.startswith(b"entry ") for line in before[:same])


@pytest.mark.proof
@pytest.mark.timeout(1800)
async def test_every_mutation_is_found_and_placed(sqlite_url: str, tmp_path: Path) -> None:
    chance = random.Random(20261127)
    database = Database(open_engine(sqlite_url))
    on = await ground(database, tmp_path, chance)
    await database.close()
    assert on.verify(on.lines).good
    found: Counter[str] = Counter()
    exact: Counter[str] = Counter()
    began = time.monotonic()
    number = 0
    while found.total() < MUTATIONS:
        kind = list(KINDS)[number % len(KINDS)]
        number += 1
        lines = KINDS[kind](on, chance)
        if lines[:-1] == on.lines[:-1]:
            continue  # two lines that are alike changed places
        verdict = on.verify(lines)
        assert verdict.problem is not None, (kind, number)
        place = first_change(on.lines, lines)
        assert verdict.problem.first <= place <= verdict.problem.last + 1, (
            kind, number, place, verdict.problem,
        )  # fmt: skip
        found[kind] += 1
        exact[kind] += verdict.problem.first == verdict.problem.last
    write_figures(
        "journal-mutations",
        "Mutations of an exported journal",
        ["mutation", "made", "found and placed", "at one entry exactly"],
        [[kind, found[kind], found[kind], exact[kind]] for kind in KINDS],
        note=f"{MUTATIONS} mutations of a journal of {len(entry_lines(on.lines))} entries in "
        f"{round(time.monotonic() - began)} s; the others are placed between two checkpoints.",
    )
