"""Whether trees of a journal that were seen at different times are one journal (RFC 9162, 2.1.4).

A bundle brings the trees of its proofs, and proofs that each begins with the one before it. What
somebody has seen elsewhere is another tree: of a size that the bundle has, or of any other, when a
*growth* (what ``GET /api/journal/tree-head`` answers) leads from one to the other.
"""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from casework.journal.hashing import Hashing, hashing
from casework.journal.merkle import is_consistent
from casework.journal.seen import Seen
from casework.journal.signed_notes import NotANoteError, Note, TreeHead, Verifier
from recording.evidence.faults import Fault, Part

FORMAT = "shipinban journal growth 1"


@dataclass(frozen=True, slots=True)
class Growth:
    """Tree heads, the smallest first; between two that follow each other a consistency proof."""

    hash_name: str
    notes: Sequence[str]
    proofs: Sequence[Sequence[bytes]]

    def text(self) -> str:
        body = {
            "format": FORMAT,
            "hash": self.hash_name,
            "checkpoints": list(self.notes),
            "proofs": [[base64.b64encode(s).decode() for s in steps] for steps in self.proofs],
        }
        return json.dumps(body, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def parse(cls, text: str) -> "Growth":
        """Raises ``ValueError``, ``KeyError``, ``TypeError``."""
        body = json.loads(text)
        if body["format"] != FORMAT:
            raise ValueError("no growth of a journal")
        proofs = [[base64.b64decode(s, validate=True) for s in steps] for steps in body["proofs"]]
        return cls(body["hash"], body["checkpoints"], proofs)


@dataclass(slots=True)
class Trees:
    """Roots by size that are proven to be of one journal."""

    hashing: Hashing
    origin: str
    roots: dict[int, bytes] = field(default_factory=dict)

    @property
    def largest(self) -> int:
        return max(self.roots, default=0)

    def has(self, head: TreeHead) -> bool:
        return self.origin == head.origin and self.roots.get(head.size) == head.root

    def leads_on(self, old: int, head: TreeHead, proof: Sequence[bytes]) -> bool:
        """Whether the tree of ``old`` entries, which is one of these, grew into ``head``."""
        return head.origin == self.origin and is_consistent(
            self.hashing, old, self.roots[old], head.size, head.root, proof
        )


def bundle_trees(
    name: str, text: str, county: Sequence[Verifier]
) -> tuple[Trees | None, list[Fault]]:
    """The trees of a bundle's growth, each signed by the county and following the one before."""
    trees: Trees | None = None
    try:
        growth = Growth.parse(text)
        heads = [_signed_head(note, county) for note in growth.notes]
        trees = Trees(hashing(growth.hash_name), heads[0].origin, {heads[0].size: heads[0].root})
        for number, (head, proof) in enumerate(zip(heads[1:], growth.proofs, strict=True), 1):
            if head.size <= trees.largest or not trees.leads_on(trees.largest, head, proof):
                what = f"the tree of {head.size} entries does not grow from {trees.largest}"
                return trees, [Fault(Part.JOURNAL, f"{name}, checkpoints[{number}]", what)]
            trees.roots[head.size] = head.root
    except (NotANoteError, ValueError, LookupError, TypeError, AttributeError) as error:
        return trees, [Fault(Part.JOURNAL, name, f"no growth of a journal: {error}")]
    return trees, []


def _signed_head(note_text: str, county: Sequence[Verifier]) -> TreeHead:
    note = Note.parse(note_text)
    if not note.signed_by(county):
        raise ValueError("no key of the county signed a tree head")
    return TreeHead.parse(note.text)


@dataclass(slots=True)
class Compared:
    """What became of each thing seen before: told by its source."""

    agree: set[str] = field(default_factory=set)
    missing: dict[str, str] = field(default_factory=dict)
    """Not to be compared; what would make it comparable."""


def compare(
    trees: Trees, proven: dict[bytes, int], seen: Sequence[Seen], county: Sequence[Verifier]
) -> tuple[Compared, list[Fault]]:
    """:param proven: leaf hash → number of the checkpoint that the bundle proves the entry under."""
    compared, faults = Compared(), list(_follow(trees, seen, county))
    growths = [each for each in seen if each.since is not None]
    for each in seen:
        if each.since is not None:
            continue
        if each.head is not None:
            faults += _compare_head(trees, each, growths, county, compared)
        else:
            faults += _compare_printed(proven, each, compared)
    return compared, faults


def _follow(trees: Trees, seen: Sequence[Seen], county: Sequence[Verifier]) -> Iterator[Fault]:
    """Takes in what grew from trees that are known; again, as one growth may lead to the next."""
    waiting = [each for each in seen if each.since is not None]
    while usable := [each for each in waiting if each.since in trees.roots]:
        for each in usable:
            waiting.remove(each)
            assert each.head is not None  # noqa: S101 - a growth leads to a tree head
            assert each.since is not None  # noqa: S101 - asked above
            if not _is_signed(each, county) or not trees.leads_on(
                each.since, each.head, each.growth
            ):
                what = f"the journal of {each.head.size} entries that it leads to is another one"
                yield Fault(Part.JOURNAL, each.source, what)
            else:
                trees.roots[each.head.size] = each.head.root


def _compare_head(
    trees: Trees,
    seen: Seen,
    growths: Sequence[Seen],
    county: Sequence[Verifier],
    compared: Compared,
) -> Iterator[Fault]:
    head = seen.head
    assert head is not None  # noqa: S101 - asked by the caller
    if not _is_signed(seen, county) or head.origin != trees.origin:
        yield Fault(Part.JOURNAL, seen.source, "it is not of this county's journal")
        return
    grown = _grown_into_ours(trees, head, growths)
    if trees.has(head) or grown:
        compared.agree.add(seen.source)
    elif head.size in trees.roots or grown is False:
        what = f"it shows another journal of {head.size} entries"
        yield Fault(Part.JOURNAL, seen.source, what)
    else:
        old, new = sorted((head.size, _nearest(trees, head.size)))
        compared.missing[seen.source] = f"/api/journal/tree-head?since={old}&until={new}"


def _grown_into_ours(trees: Trees, head: TreeHead, growths: Sequence[Seen]) -> bool | None:
    """``None``: no growth leads from it to a tree that is known."""
    for each in growths:
        if each.since == head.size and each.head is not None and trees.has(each.head):
            return is_consistent(
                trees.hashing, head.size, head.root, each.head.size, each.head.root, each.growth
            )
    return None


def _nearest(trees: Trees, size: int) -> int:
    """The smallest tree that holds so many entries, else the largest there is."""
    return min((each for each in trees.roots if each > size), default=trees.largest)


def _compare_printed(proven: dict[bytes, int], seen: Seen, compared: Compared) -> Iterator[Fault]:
    assert seen.leaf_hash is not None  # noqa: S101 - of a receipt
    number = proven.get(seen.leaf_hash)
    if number is None:
        compared.missing[seen.source] = "the receipt's proof, from the page that its code opens"
    elif seen.checkpoint_number is not None and number > seen.checkpoint_number:
        what = f"its entry stands under checkpoint {number}, later than was printed"
        yield Fault(Part.JOURNAL, seen.source, what)
    else:
        compared.agree.add(seen.source)


def _is_signed(seen: Seen, county: Sequence[Verifier]) -> bool:
    try:
        return seen.note is not None and bool(seen.note.signed_by(county))
    except NotANoteError:
        return False
