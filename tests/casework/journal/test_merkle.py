"""The tree against the pymerkle package: roots, and proofs both ways."""

import random

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.journal.hashing import Hashing, hashing
from casework.journal.merkle import (
    Frontier,
    NodePlace,
    consistency_ranges,
    inclusion_ranges,
    is_consistent,
    prove,
    root_of_inclusion,
    subtrees,
)

SHA256 = hashing("sha256")
MOST = 70


def entries(count: int) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(count)]


class Tree:
    """A whole tree in memory, each perfect subtree under its place."""

    def __init__(self, hashes: Hashing, leaves: list[bytes]) -> None:
        self.frontier = Frontier(hashes)
        self.nodes: dict[NodePlace, bytes] = {}
        for entry in leaves:
            leaf = hashes.leaf(entry)
            self.nodes[NodePlace(0, self.frontier.size)] = leaf
            self.nodes.update(self.frontier.append(leaf))

    async def find(self, place: NodePlace) -> bytes:
        return self.nodes[place]


@pytest.fixture(scope="module")
def other() -> pymerkle.InmemoryTree:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in entries(MOST):
        tree.append_entry(entry)
    return tree


def test_roots_are_those_of_pymerkle(other: pymerkle.InmemoryTree) -> None:
    frontier = Frontier(SHA256)
    for size, entry in enumerate(entries(MOST), 1):
        frontier.append(SHA256.leaf(entry))
        assert frontier.root() == other.get_root(size)
    assert Frontier(SHA256).root() == other.get_root(0)


async def test_inclusion_proofs_are_those_of_pymerkle_and_verify(
    other: pymerkle.InmemoryTree,
) -> None:
    tree = Tree(SHA256, entries(MOST))
    for size in (1, 2, 3, 7, 8, 9, 31, 64, 65, MOST):
        root = other.get_root(size)
        for index in range(size):
            path = await prove(SHA256, tree.find, inclusion_ranges(index, size))
            leaf = other.get_leaf(index + 1)
            theirs = other.prove_inclusion(index + 1, size).serialize()["path"]
            assert [leaf.hex(), *(step.hex() for step in path)] == theirs
            assert root_of_inclusion(SHA256, index, size, leaf, path) == root


async def test_consistency_proofs_verify_and_lead_to_the_roots_of_pymerkle(
    other: pymerkle.InmemoryTree,
) -> None:
    tree = Tree(SHA256, entries(MOST))
    for size in range(1, MOST + 1):
        for old in range(size + 1):
            path = await prove(SHA256, tree.find, consistency_ranges(old, size))
            roots = other.get_root(old), other.get_root(size)
            assert is_consistent(SHA256, old, roots[0], size, roots[1], path)
            if 0 < old < size:
                pymerkle.verify_consistency(*roots, other.prove_consistency(old, size))


@given(size=st.integers(2, MOST), chance=st.randoms(use_true_random=False))
async def test_a_proof_with_one_thing_changed_proves_nothing(
    size: int, chance: random.Random
) -> None:
    tree = Tree(SHA256, entries(size))
    index = chance.randrange(size)
    leaf = tree.nodes[NodePlace(0, index)]
    path = await prove(SHA256, tree.find, inclusion_ranges(index, size))
    root = tree.frontier.root()
    wrong = bytes(32)
    at = chance.randrange(len(path))
    for changed in (
        root_of_inclusion(SHA256, index, size, wrong, path),
        root_of_inclusion(SHA256, index, size, leaf, [*path[:at], wrong, *path[at + 1 :]]),
        root_of_inclusion(SHA256, index, size, leaf, path[:-1]),
        root_of_inclusion(SHA256, index, size, leaf, [*path, wrong]),
        root_of_inclusion(SHA256, size, size, leaf, path),
    ):
        assert changed != root
    old = chance.randrange(1, size)
    old_root = Tree(SHA256, entries(old)).frontier.root()
    proof = await prove(SHA256, tree.find, consistency_ranges(old, size))
    assert is_consistent(SHA256, old, old_root, size, root, proof)
    assert not is_consistent(SHA256, old, wrong, size, root, proof)
    assert not is_consistent(SHA256, old, old_root, size, wrong, proof)
    assert not is_consistent(SHA256, old, old_root, size, root, proof[:-1])
    assert not is_consistent(SHA256, old, old_root, size, root, [*proof, wrong])
    assert not is_consistent(SHA256, size, root, old, old_root, proof)


@given(start=st.integers(0, 8), end=st.integers(0, 300))
def test_subtrees_cover_a_range_once(start: int, end: int) -> None:
    covered = [
        leaf
        for level, index in subtrees(start * 64, start * 64 + end)
        for leaf in range(index << level, (index + 1) << level)
    ]
    assert covered == list(range(start * 64, start * 64 + end))


def test_sm3_gives_the_digest_of_its_standard() -> None:
    """GB/T 32905-2016, annex A.1."""
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert hashing("sm3").digest(b"abc").hex() == expected
