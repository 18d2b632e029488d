"""Checks an exported journal offline, with public keys only.

Entry by entry: the number, the entry's hash, the chain. At each checkpoint: the tree's root, the
county's signature, the towns'. The first thing that is wrong ends it and is placed: at an entry,
or, where everything was made to fit but the signature, between two checkpoints.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from casework.journal.export_file import HEADER
from casework.journal.hashing import Hashing, hashing
from casework.journal.keys import KEY_ADDED
from casework.journal.merkle import Frontier
from casework.journal.seen import Seen, sizes
from casework.journal.signed_notes import (
    NotANoteError,
    Note,
    SignatureType,
    TreeHead,
    Verifier,
)
from casework.vocabulary import JournalKeyKind

STEP_BACK_MS = 2_000


@dataclass(frozen=True, slots=True)
class Problem:
    code: str
    text: str
    first: int
    """Number of the first entry that may be bad."""
    last: int
    """And of the last one; equal when the place is exact."""


@dataclass(slots=True)
class Verdict:
    problem: Problem | None = None
    entries: int = 0
    """That fit together, counted from the beginning."""
    checkpoint: int = 0
    """Number of the latest good checkpoint; 0 when there is none."""
    signed: int = 0
    """Entries that it holds: the journal is complete up to here."""
    unsequenced: int = 0
    keys_from_file: bool = False
    """No key was given: the file's own first one was believed."""
    key: Verifier | None = None
    """That signed the latest good checkpoint."""
    towns: dict[str, int] = field(default_factory=dict)
    """Name of a town's key → entries under its latest co-signature."""
    clock_set_back: list[int] = field(default_factory=list)
    """Numbers of entries before which a machine's wall clock was set back by over 2 s."""

    @property
    def good(self) -> bool:
        return self.problem is None


class _BadError(Exception):
    def __init__(self, code: str, text: str, first: int, last: int | None = None) -> None:
        super().__init__(text)
        self.problem = Problem(code, text, first, first if last is None else last)


def verify_export(
    lines: Iterable[bytes], trusted: Sequence[Verifier] = (), seen: Sequence[Seen] = ()
) -> Verdict:
    """Never raises for what is in the file.

    :param lines: of the file, with or without their line ends.
    :param trusted: the county's key (or keys) from another source than the file.
    :param seen: what was seen before; each must fit.
    """
    checking = _Checking(trusted, seen)
    try:
        for line in lines:
            checking.take(line.removesuffix(b"\n"))
        checking.finish()
    except _BadError as bad:
        checking.verdict.problem = bad.problem
    return checking.verdict


class _Checking:
    def __init__(self, trusted: Sequence[Verifier], seen: Sequence[Seen]) -> None:
        self.verdict = Verdict()
        self._seen = seen
        self._trusted = [key for key in trusted if key.kind is SignatureType.ED25519]
        self._named: dict[JournalKeyKind, dict[Verifier, int]] = {
            kind: {} for kind in JournalKeyKind
        }
        """Keys that entries make known, with the entry's number."""
        self._digest = hashlib.sha256()
        self._head: dict[str, str] = {}
        self._file_keys: list[Verifier] = []
        self._frontier: Frontier | None = None
        self._chain = b""
        self._step = self._header
        self._checkpoints = 0
        self._last_size = 0
        self._newest_key = -1
        self._roots: dict[int, bytes] = {}
        self._wanted = sizes(seen)
        self._hashes_wanted = {each.leaf_hash for each in seen} - {None}
        self._found: dict[bytes, int] = {}
        self._sizes: list[int] = []
        self._offsets: dict[str, int] = {}
        self._ended = False

    # Reading line by line: each kind of line has its method.

    def take(self, line: bytes) -> None:
        if self._ended:
            raise _BadError("file.after_end", "something stands after the end", self._size)
        word, _, rest = line.partition(b" ")
        if word == b"end" and self._frontier is not None:
            self._end(rest)
            return
        self._digest.update(line + b"\n")
        if word == b"entry" and self._frontier is not None:
            self._entry(rest)
        elif word == b"checkpoint" and self._frontier is not None:
            self._checkpoint(rest)
        elif word == b"unsequenced" and self._frontier is not None:
            self._unsequenced(rest)
        else:
            self._step(line)

    @property
    def _size(self) -> int:
        return 0 if self._frontier is None else self._frontier.size

    def _header(self, line: bytes) -> None:
        if line != HEADER:
            raise _BadError("file.header", "this is no export of a journal", 0)
        self._step = self._header_field

    def _header_field(self, line: bytes) -> None:
        name, _, value = line.partition(b" ")
        try:
            text = value.decode()
            if name == b"key":
                self._file_keys.append(Verifier.parse(text))
            elif name in (b"origin", b"county", b"hash") and name.decode() not in self._head:
                self._head[name.decode()] = text
            else:
                raise ValueError(name)
            if len(self._head) == 3 and self._file_keys and self._frontier is None:
                self._begin()
        except (ValueError, NotANoteError) as error:
            raise _BadError("file.line", "a line is none of an export", self._size) from error

    def _begin(self) -> None:
        hashes = hashing(self._head["hash"])
        self._frontier = Frontier(hashes)
        self._chain = hashes.chain_start(self._head["origin"])
        if not self._trusted:
            self._trusted = self._file_keys[:1]
            self.verdict.keys_from_file = True

    @property
    def _hashing(self) -> Hashing:
        assert self._frontier is not None  # noqa: S101 - lines of this kind come after the head
        return self._frontier.hashing

    def _entry(self, rest: bytes) -> None:
        at = self._size
        number, _, after = rest.partition(b" ")
        chain, _, leaf = after.partition(b" ")
        if number != b"%d" % at:
            raise _BadError("entry.number", f"entry {at} is not where it belongs", at)
        if self.verdict.unsequenced:
            raise _BadError("file.order", "an entry stands after those without a number", at)
        leaf_hash = self._hashing.leaf(leaf)
        self._chain = self._hashing.chain(self._chain, leaf_hash)
        if chain != self._chain.hex().encode():
            raise _BadError("entry.chain", f"entry {at} or its chain hash was changed", at)
        self._content(at, leaf)
        assert self._frontier is not None  # noqa: S101
        self._frontier.append(leaf_hash)
        self.verdict.entries = at + 1
        if leaf_hash in self._hashes_wanted:
            self._found[leaf_hash] = at
        if at + 1 in self._wanted:
            self._roots[at + 1] = self._frontier.root()

    def _content(self, at: int, leaf: bytes) -> None:
        try:
            body = json.loads(leaf)
            boot, at_ms, monotonic_ms = body["boot_id"], body["at_ms"], body["monotonic_ms"]
            offset = at_ms - monotonic_ms
            whole = body["county_id"] == self._head["county"] and body["home_organisation_id"]
            if body["what"] == KEY_ADDED:
                self._name_key(at, body["evidence"])
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise _BadError("entry.content", f"entry {at} can't be read", at) from error
        if not whole:
            raise _BadError("entry.content", f"entry {at} is of another county", at)
        if offset < self._offsets.get(boot, offset) - STEP_BACK_MS:
            self.verdict.clock_set_back.append(at)
        self._offsets[boot] = offset

    def _name_key(self, at: int, evidence: dict[str, Any]) -> None:
        key = Verifier(
            evidence["name"],
            SignatureType(evidence["signature_type"]),
            bytes.fromhex(evidence["public_key"]),
        )
        self._named[JournalKeyKind(evidence["kind"])].setdefault(key, at)

    def _checkpoint(self, rest: bytes) -> None:
        size = self._size
        number, _, quoted = rest.partition(b" ")
        first = self.verdict.signed
        if number != b"%d" % (self._checkpoints + 1) or size <= self._last_size:
            raise _BadError(
                "checkpoint.number",
                f"checkpoint {self._checkpoints + 1} is not where it belongs",
                self._last_size,
                max(self._last_size, size - 1),
            )
        try:
            note = Note.parse(json.loads(quoted))
            head = TreeHead.parse(note.text)
            self._same(head)
            self._signatures(note, size)
        except (ValueError, TypeError, AttributeError, NotANoteError) as error:
            raise _BadError(
                "checkpoint.false",
                f"checkpoint {self._checkpoints + 1} does not hold for the entries before it",
                first,
                max(first, size - 1),
            ) from error
        self._checkpoints += 1
        self._last_size = size
        self._sizes.append(size)

    def _same(self, head: TreeHead) -> None:
        assert self._frontier is not None  # noqa: S101
        expected = TreeHead(self._head["origin"], self._frontier.size, self._frontier.root())
        if head != expected:
            raise ValueError("another tree")

    def _signatures(self, note: Note, size: int) -> None:
        """The county's first, then towns' that were known; nobody else's."""
        county, towns = self._named[JournalKeyKind.COUNTY], self._named[JournalKeyKind.TOWN]
        known = [key for key in (*county, *towns) if key not in self._trusted]
        signed = note.signed_by([*self._trusted, *known])
        if len(signed) != len(note.lines):
            raise ValueError("signed by somebody unknown, or twice by one")
        by_county = [key for key in signed if key in county or key in self._trusted]
        if len(by_county) != 1:
            raise ValueError("not signed by the county")
        (key,) = by_county
        self._county_signed(key, size, county)
        for town in signed:
            if town in towns and key in self._trusted:
                self.verdict.towns[town.name] = size

    def _county_signed(self, key: Verifier, size: int, county: dict[Verifier, int]) -> None:
        named = county.get(key, -1)
        if named < self._newest_key:
            raise ValueError("signed with a key that a later one has replaced")
        if key not in self._trusted:
            if self.verdict.signed:
                raise ValueError("signed with a key that no checkpoint has made known")
            return  # before the key that was given came into use: a later checkpoint covers it
        self._newest_key = named
        self.verdict.key, self.verdict.signed = key, size
        self.verdict.checkpoint = self._checkpoints + 1
        self._trusted += [each for each in county if each not in self._trusted]

    def _unsequenced(self, rest: bytes) -> None:
        try:
            whole = json.loads(rest)["county_id"] == self._head["county"]
        except (ValueError, TypeError, KeyError):
            whole = False
        if not whole:
            raise _BadError("unsequenced", "an entry without number can't be read", self._size)
        self.verdict.unsequenced += 1

    def _end(self, rest: bytes) -> None:
        counts = self._size, self._checkpoints, self.verdict.unsequenced
        if rest != f"{counts[0]} {counts[1]} {counts[2]} {self._digest.hexdigest()}".encode():
            raise _BadError("file.damaged", "the file was damaged or cut", self._size)
        self._ended = True

    # At the end: was all there, and does it fit what was seen before?

    def finish(self) -> None:
        if not self._ended:
            raise _BadError("file.cut", "the file has no end: it was cut", self._size)
        if self._last_size and not self.verdict.signed:
            raise _BadError(
                "key.unknown", "no checkpoint is signed with the key that was given", 0, self._size
            )
        for each in self._seen:
            self._fits(each)

    def _fits(self, seen: Seen) -> None:
        if seen.note is not None:
            self._fits_note(seen, seen.note)
        if seen.leaf_hash is not None:
            self._fits_entry(seen, seen.leaf_hash)

    def _fits_note(self, seen: Seen, note: Note) -> None:
        head, size = TreeHead.parse(note.text), self._size
        try:
            signed = note.signed_by(self._trusted)
        except NotANoteError:
            signed = []
        if not signed or head.origin != self._head["origin"]:
            raise _BadError("seen.foreign", f"{seen.source} is not of this journal", 0, size)
        if head.size > size:
            raise _BadError(
                "seen.later",
                f"{seen.source} saw {head.size} entries, the file ends after {size}: "
                "the journal was cut or rolled back",
                size,
                head.size - 1,
            )
        if head.size and self._roots[head.size] != head.root:
            raise _BadError(
                "seen.differs",
                f"{seen.source} saw other entries among the first {head.size}",
                0,
                head.size - 1,
            )

    def _fits_entry(self, seen: Seen, leaf_hash: bytes) -> None:
        at, number = self._found.get(leaf_hash), seen.checkpoint_number
        within = self._sizes[number - 1] if number and number <= self._checkpoints else None
        if number and within is None:
            raise _BadError(
                "seen.later",
                f"{seen.source} knows checkpoint {number}, the file ends with checkpoint "
                f"{self._checkpoints}: the journal was cut or rolled back",
                self._size,
            )
        if at is None or (within is not None and at >= within):
            last = (within or self._size) - 1
            raise _BadError("seen.missing", f"the entry of {seen.source} is missing", 0, last)
        if seen.sequence is not None and seen.sequence != at:
            raise _BadError("seen.moved", f"the entry of {seen.source} was moved", at)
