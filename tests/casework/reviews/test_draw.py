"""The lot: followed by anyone afterwards, known to nobody before."""

import dataclasses
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.reviews.draw import (
    DrawRecord,
    Lot,
    at_risk,
    commitment,
    drawn,
    faults,
    population_sha256,
    seed,
)
from casework.reviews.risk import (
    BUSY_CASES,
    NEW_HELPER_MS,
    WEIGHTS_TENTHS,
    CaseRisk,
    RiskFactor,
    chance_permille,
    factors,
)
from casework.vocabulary import AccountableLine

secrets = st.binary(min_size=32, max_size=32)
permille = st.integers(min_value=0, max_value=1000)
lots = st.lists(st.uuids().map(str), max_size=30, unique=True).flatmap(
    lambda ids: st.lists(permille, min_size=len(ids), max_size=len(ids)).map(
        lambda chances: [Lot(*pair) for pair in zip(ids, chances, strict=True)]
    )
)
parts = st.tuples(*[st.none() | secrets] * 3)


def many(number: int, chance: int, name: str = "case") -> list[Lot]:
    return [Lot(f"{name}-{index}", chance) for index in range(number)]


def record(draw_id: str, county: bytes, home: bytes, root: bytes, of: list[Lot]) -> DrawRecord:
    return DrawRecord(
        draw_id=draw_id,
        county_commitment=commitment(draw_id, AccountableLine.COUNTY, county),
        county_secret=county.hex(),
        home_commitment=commitment(draw_id, AccountableLine.HOME, home),
        home_secret=home.hex(),
        sample_permille=0,
        tree_root=root.hex(),
        population_sha256=population_sha256(of),
        lots=tuple(of),
        drawn=drawn(seed(county, home, root), of),
    )


@given(secrets, secrets, secrets)
def test_the_seed_is_the_hash_of_both_secrets_and_the_root(
    county: bytes, home: bytes, root: bytes
) -> None:
    assert seed(county, home, root) == sha256(county + home + root).digest()
    assert seed(county, None, root) == sha256(county + bytes(32) + root).digest()


@given(parts, lots)
def test_the_order_of_the_cases_does_not_matter_and_sure_ones_are_drawn(
    of: tuple[bytes | None, bytes | None, bytes | None], population: list[Lot]
) -> None:
    found = drawn(seed(*of), population)
    assert found == drawn(seed(*of), population[::-1])
    assert {lot.case_id for lot in population if lot.chance_permille == 1000} <= found
    possible = {lot.case_id for lot in population if lot.chance_permille > 0}
    assert found <= possible
    assert bool(found) == bool(possible)


@given(secrets, secrets, secrets, lots.filter(bool), st.data())
def test_a_published_draw_can_be_followed_and_every_change_of_it_is_found(
    county: bytes, home: bytes, root: bytes, population: list[Lot], data: st.DataObject
) -> None:
    told = record("d", county, home, root, population)
    assert faults(told) == []
    other = data.draw(secrets.filter(lambda one: one not in (county, home)))
    victim = data.draw(st.sampled_from(population))
    changed = tuple(
        dataclasses.replace(lot, chance_permille=(lot.chance_permille + 1) % 1001)
        if lot is victim
        else lot
        for lot in population
    )
    assert "county_secret" in faults(dataclasses.replace(told, county_secret=other.hex()))
    assert "home_secret" in faults(dataclasses.replace(told, home_secret=other.hex()))
    assert "population" in faults(dataclasses.replace(told, lots=changed))
    swapped = told.drawn ^ {victim.case_id}
    assert "drawn" in faults(dataclasses.replace(told, drawn=swapped))
    assert faults(dataclasses.replace(told, tree_root="no hex")) == ["not_hex"]
    assert "county_secret" in faults(dataclasses.replace(told, draw_id="another draw"))


@given(secrets, secrets, secrets, lots, permille)
def test_who_withholds_a_promised_secret_has_every_case_with_a_mark_of_risk_reviewed(
    county: bytes, home: bytes, root: bytes, population: list[Lot], share: int
) -> None:
    told = record("d", county, home, root, population)
    plain = drawn(seed(county, None, root), population)
    found = plain | {lot.case_id for lot in population if lot.chance_permille > share}
    assert found == plain | at_risk(population, share)
    withheld = dataclasses.replace(told, home_secret=None, sample_permille=share, drawn=found)
    assert faults(withheld) == []
    if plain != found:
        assert faults(dataclasses.replace(withheld, drawn=plain)) == ["drawn"]


@pytest.mark.parametrize("unknown", [0, 1, 2], ids=["county", "home", "root"])
def test_who_lacks_one_part_cannot_tell_any_case_from_another(unknown: int) -> None:
    """Over the values that the part may have, each case is drawn as often as its chance says."""
    population, trials = many(40, 250), 2_000
    times = dict.fromkeys((lot.case_id for lot in population), 0)
    for trial in range(trials):
        known: list[bytes] = [b"c" * 32, b"h" * 32, b"r" * 32]
        known[unknown] = sha256(b"%d" % trial).digest()
        for case_id in drawn(seed(*known), population):
            times[case_id] += 1
    # Six standard deviations of a binomial: 2000 × 0.25 ± 116.
    assert all(384 <= count <= 616 for count in times.values())


def test_weights_are_kept_over_many_cases_with_one_seed() -> None:
    of_seed = seed(b"c" * 32, b"h" * 32, b"r" * 32)
    for chance in (20, 50, 150, 400):
        found = len(drawn(of_seed, many(20_000, chance, f"at-{chance}")))
        expected = 20_000 * chance / 1000
        assert abs(found - expected) < 6 * expected**0.5


def test_every_factor_makes_a_case_likelier_and_each_is_found() -> None:
    plain = CaseRisk()
    assert factors(plain) == ()
    assert chance_permille(50, ()) == 50
    risky = {
        RiskFactor.POOR_RATING: {"poor_rating": True},
        RiskFactor.COULD_NOT: {"could_not": True},
        RiskFactor.LATELY_FLAWED: {"lately_flawed": True},
        RiskFactor.NEW_HELPER: {"helper_since_ms": NEW_HELPER_MS - 1},
        RiskFactor.BUSY_HELPER: {"helper_cases": BUSY_CASES},
        RiskFactor.UNRECORDED: {"unrecorded": True},
        RiskFactor.LINK_LOST: {"link_lost": True},
        RiskFactor.ABSENT_SUBJECT: {"absent_subject": True},
    }
    assert set(risky) == set(RiskFactor) == set(WEIGHTS_TENTHS)
    for factor, given_ in risky.items():
        found = factors(dataclasses.replace(plain, **given_))  # type: ignore[arg-type]
        assert found == (factor,)
        assert chance_permille(50, found) > 50
    assert chance_permille(50, tuple(RiskFactor)) == 50 + 50 * 15
    assert chance_permille(900, tuple(RiskFactor)) == 1000
    assert chance_permille(0, tuple(RiskFactor)) == 0
