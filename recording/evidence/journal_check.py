"""Checks the journal's part of a bundle: each head's entry stands under a signed checkpoint."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from casework.journal.seen import Seen, parse_seen
from casework.journal.signed_notes import NotANoteError, SignatureType, Verifier
from recording.evidence.checking import KnownHead, known_head
from recording.evidence.faults import Fault, Part


@dataclass(slots=True)
class JournalView:
    heads: list[KnownHead] = field(default_factory=list)
    county_keys: set[str] = field(default_factory=set)
    """Hexadecimal; that signed the checkpoints, and are believed."""
    keys: set[Verifier] = field(default_factory=set)
    last_checkpoint: int = 0
    towns: set[str] = field(default_factory=set)
    """Names of the towns' keys that co-signed one of the checkpoints."""
    compared: set[str] = field(default_factory=set)
    """What was seen before and fits: sources."""


class Proofs:
    """Reads proofs one by one; :attr:`view` is what they showed."""

    def __init__(self, trusted: Sequence[Verifier], seen: Sequence[Seen]) -> None:
        self._trusted = [key for key in trusted if key.kind is SignatureType.ED25519]
        self._seen = seen
        self._roots: dict[int, bytes] = {}
        self.view = JournalView()

    def take(self, name: str, text: str) -> Iterator[Fault]:
        try:
            proof = parse_seen(text, name)
            body = json.loads(text)
            head = known_head(json.loads(body["entry"]))
            keys = [Verifier.parse(key) for key in body["keys"]]
        except (NotANoteError, ValueError, KeyError, TypeError, AttributeError) as error:
            yield Fault(Part.JOURNAL, name, f"no proof: {error}")
            return
        self.view.heads.append(head)
        yield from self._signatures(name, proof, keys)
        yield from self._compare(name, proof)

    def _signatures(self, name: str, proof: Seen, keys: list[Verifier]) -> Iterator[Fault]:
        assert proof.note is not None  # noqa: S101 - a proof has one
        county = [key for key in keys if key.kind is SignatureType.ED25519]
        towns = [key for key in keys if key.kind is SignatureType.COSIGNATURE]
        candidates = self._trusted or county
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

    def _compare(self, name: str, proof: Seen) -> Iterator[Fault]:
        """Two checkpoints over as many entries are one, whoever saw them."""
        assert proof.head is not None  # noqa: S101 - parse_seen read it
        self.view.last_checkpoint = max(self.view.last_checkpoint, proof.checkpoint_number or 0)
        size, root = proof.head.size, proof.head.root
        if self._roots.setdefault(size, root) != root:
            yield Fault(Part.JOURNAL, name, "two checkpoints over the same entries differ")
        for seen in self._seen:
            if seen.head is None or seen.head.size != size:
                continue
            if seen.head.root == root:
                self.view.compared.add(seen.source)
            else:
                what = f"{seen.source} shows another journal of {size} entries"
                yield Fault(Part.JOURNAL, name, what)
