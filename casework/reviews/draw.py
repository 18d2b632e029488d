"""The lot that decides which cases are reviewed. Standard library only; anyone can run it again.

Each line commits to a secret while the period runs, and shows it when the period is over: then the
cases and their chances are fixed already, and so is the journal's root. The seed is

    SHA-256(county secret ‖ home secret ‖ tree root)        32 bytes each

so neither line alone, nor both without the root, can know or choose what is looked at. A part that
is missing counts as 32 zero bytes, and the draw says so. A case is drawn when the first 64 bits of
SHA-256(seed ‖ its id) fall below its chance; cases don't depend on each other, so one case can be
checked without the rest.

The line that shows its secret last may withhold it, which would exchange one lot that it knows for
another that it knows. So a secret that was promised and not shown in time costs more than any lot:
besides what the remaining parts draw, every case with a mark of risk is reviewed
(:func:`at_risk`). It stands on record as ``missing``, and in the journal.
"""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction

from casework.vocabulary import AccountableLine

SECRET_BYTES = 32
_NOTHING = bytes(SECRET_BYTES)
_RANGE = 2**64
SURE = 1000


@dataclass(frozen=True, slots=True)
class Lot:
    case_id: str
    chance_permille: int


def at_risk(lots: Iterable[Lot], sample_permille: int) -> frozenset[str]:
    """Cases above the plain share: all of them are reviewed when a promised secret is withheld."""
    return frozenset(lot.case_id for lot in lots if lot.chance_permille > sample_permille)


def commitment(draw_id: str, line: AccountableLine, secret: bytes) -> str:
    """Hex. Bound to draw and line: nobody can hand in the other line's commitment as the own."""
    return hashlib.sha256(f"shipinban draw {draw_id} {line}\n".encode() + secret).hexdigest()


def seed(county: bytes | None, home: bytes | None, tree_root: bytes | None) -> bytes:
    """:raises ValueError: a part is not 32 bytes long."""
    parts = [part or _NOTHING for part in (county, home, tree_root)]
    if any(len(part) != SECRET_BYTES for part in parts):
        raise ValueError("secrets and root are 32 bytes each")
    return hashlib.sha256(b"".join(parts)).digest()


def population_sha256(lots: Iterable[Lot]) -> str:
    """Hex, over ``[[case id, chance], …]`` in the order of ids, as JSON without blanks."""
    rows = sorted([lot.case_id, lot.chance_permille] for lot in lots)
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()


def ticket(of_seed: bytes, case_id: str) -> int:
    """0 to 2^64 - 1."""
    return int.from_bytes(hashlib.sha256(of_seed + case_id.encode()).digest()[:8])


def drawn(of_seed: bytes, lots: Collection[Lot]) -> frozenset[str]:
    """Ids of the cases that the lot fell on: where there is any chance at all, at least one."""
    possible = [lot for lot in lots if lot.chance_permille > 0]
    found = frozenset(
        lot.case_id
        for lot in possible
        if ticket(of_seed, lot.case_id) * SURE < lot.chance_permille * _RANGE
    )
    if found or not possible:
        return found
    nearest = min(
        possible, key=lambda lot: Fraction(ticket(of_seed, lot.case_id), lot.chance_permille)
    )
    return frozenset({nearest.case_id})


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawRecord:
    """A draw as it is published afterwards. Everything hex."""

    draw_id: str
    county_commitment: str | None
    county_secret: str | None
    home_commitment: str | None
    home_secret: str | None
    sample_permille: int
    """The share of cases without any mark of risk."""
    tree_root: str | None
    population_sha256: str
    lots: tuple[Lot, ...]
    drawn: frozenset[str]

    @property
    def withheld(self) -> bool:
        county = self.county_commitment is not None and self.county_secret is None
        return county or (self.home_commitment is not None and self.home_secret is None)


def faults(record: DrawRecord) -> list[str]:
    """What is wrong with a published draw, by name; empty when it can be followed to the end."""
    try:
        county, home, root = (
            None if text is None else bytes.fromhex(text)
            for text in (record.county_secret, record.home_secret, record.tree_root)
        )
        expected = drawn(seed(county, home, root), record.lots)
    except ValueError:
        return ["not_hex"]
    if record.withheld:
        expected |= at_risk(record.lots, record.sample_permille)
    found = [
        f"{line}_secret"
        for line, secret, committed in (
            (AccountableLine.COUNTY, county, record.county_commitment),
            (AccountableLine.HOME, home, record.home_commitment),
        )
        if secret is not None and commitment(record.draw_id, line, secret) != committed
    ]
    if population_sha256(record.lots) != record.population_sha256:
        found.append("population")
    if expected != record.drawn:
        found.append("drawn")
    return found
