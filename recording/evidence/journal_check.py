"""Checks the journal's part of a bundle: entries stand under signed checkpoints of one journal."""

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from casework.journal.seen import Seen, parse_seen
from casework.journal.signed_notes import NotANoteError, SignatureType, Verifier
from recording.evidence.checking import KnownHead, known_head
from recording.evidence.faults import Fault, Part
from recording.evidence.growing import bundle_trees, compare

_BROKEN = (NotANoteError, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """What else the journal says of the call."""

    what: str
    at_ms: int
    grade: str | None
    """Of a rating."""

    @property
    def told(self) -> str:
        at = datetime.fromtimestamp(self.at_ms / 1_000, UTC)
        grade = f" ({self.grade})" if self.grade else ""
        return f"{self.what}{grade}, {at:%Y-%m-%d %H:%M:%S} UTC"


@dataclass(slots=True)
class JournalView:
    heads: list[KnownHead] = field(default_factory=list)
    entries: list[ProvenEntry] = field(default_factory=list)
    county_keys: set[str] = field(default_factory=set)
    """Hexadecimal; that signed the checkpoints, and are believed."""
    keys: set[Verifier] = field(default_factory=set)
    last_checkpoint: int = 0
    towns: set[str] = field(default_factory=set)
    """Names of the towns' keys that co-signed one of the checkpoints."""
    compared: set[str] = field(default_factory=set)
    """What was seen before and fits: sources."""
    missing: dict[str, str] = field(default_factory=dict)
    """What could not be compared, and what would make it so."""


class Proofs:
    """Reads proofs one by one; :attr:`view` is what they showed."""

    def __init__(self, trusted: Sequence[Verifier], seen: Sequence[Seen]) -> None:
        self._trusted = [key for key in trusted if key.kind is SignatureType.ED25519]
        self._seen = seen
        self._taken: list[tuple[str, Seen]] = []
        self._believed: set[Verifier] = set(self._trusted)
        self.view = JournalView()

    def take_head(self, name: str, text: str) -> Iterator[Fault]:
        """The proof of a head's entry."""
        try:
            entry = yield from self._take(name, text)
            self.view.heads.append(known_head(entry))
        except _BROKEN as error:
            yield Fault(Part.JOURNAL, name, f"no proof of a head: {error}")

    def take_entry(self, name: str, text: str) -> Iterator[Fault]:
        """The proof of any other entry."""
        try:
            entry = yield from self._take(name, text)
            grade = entry["evidence"].get("grade")
            self.view.entries.append(ProvenEntry(entry["what"], entry["at_ms"], grade))
        except _BROKEN as error:
            yield Fault(Part.JOURNAL, name, f"no proof of an entry: {error}")

    def end(self, name: str, text: str) -> Iterator[Fault]:
        """All trees are one journal, and what was seen before is of it."""
        trees, faults = bundle_trees(name, text, list(self._believed))
        yield from faults
        if trees is None:
            return
        proven: dict[bytes, int] = {}
        for source, proof in self._taken:
            assert proof.head is not None  # noqa: S101 - parse_seen read it
            assert proof.leaf_hash is not None  # noqa: S101 - a proof has one
            if not trees.has(proof.head):
                what = f"its tree of {proof.head.size} entries is not one that {name} has"
                yield Fault(Part.JOURNAL, source, what)
            number = proof.checkpoint_number or 0
            proven[proof.leaf_hash] = number
            self.view.last_checkpoint = max(self.view.last_checkpoint, number)
        compared, faults = compare(trees, proven, self._seen, list(self._believed))
        self.view.compared, self.view.missing = compared.agree, compared.missing
        yield from faults

    def _take(self, name: str, text: str) -> Generator[Fault, None, Mapping[str, Any]]:
        proof = parse_seen(text, name)
        body = json.loads(text)
        entry: Mapping[str, Any] = json.loads(body["entry"])
        keys = [Verifier.parse(key) for key in body["keys"]]
        self._taken.append((name, proof))
        yield from self._signatures(name, proof, keys)
        return entry

    def _signatures(self, name: str, proof: Seen, keys: list[Verifier]) -> Iterator[Fault]:
        assert proof.note is not None  # noqa: S101 - a proof has one
        county = [key for key in keys if key.kind is SignatureType.ED25519]
        towns = [key for key in keys if key.kind is SignatureType.COSIGNATURE]
        candidates = self._trusted or county
        self._believed |= set(candidates)
        try:
            signed = proof.note.signed_by(candidates)
            self.view.towns |= {key.name for key in proof.note.signed_by(towns)}
        except NotANoteError as error:
            yield Fault(Part.JOURNAL, name, str(error))
            return
        if not signed:
            yield Fault(Part.JOURNAL, name, "no key of the county signed its checkpoint")
        self.view.keys |= set(signed)
        self.view.county_keys |= {key.public_key.hex() for key in candidates}
