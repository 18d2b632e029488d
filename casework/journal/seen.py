"""What somebody has seen of a journal before: a checkpoint, a downloaded proof, a printed receipt;
and a growth, which leads from one tree to another.

A journal that was cut or rolled back is whole in itself; only what was seen later than its end
tells.
"""

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from casework.journal.hashing import hashing
from casework.journal.merkle import root_of_inclusion
from casework.journal.proofs import FORMAT
from casework.journal.signed_notes import NotANoteError, Note, TreeHead

_HASH = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class Seen:
    """At least one of ``note`` and ``leaf_hash`` is there."""

    source: str
    """Its file name or address, for messages."""
    note: Note | None = None
    leaf_hash: bytes | None = None
    sequence: int | None = None
    """Of the entry, where the proof tells it."""
    checkpoint_number: int | None = None
    """The entry is within that checkpoint."""
    since: int | None = None
    """Of a growth: entries of the tree from which ``growth`` leads to that of ``note``."""
    growth: tuple[bytes, ...] = ()
    """Consistency proof (RFC 9162, 2.1.4)."""

    @property
    def head(self) -> TreeHead | None:
        return None if self.note is None else TreeHead.parse(self.note.text)


def parse_seen(content: str, source: str) -> Seen:
    """A checkpoint's note, a proof's JSON, the address of a receipt's QR code, or a growth: what
    ``GET /api/journal/tree-head`` answers.

    :raises NotANoteError: it is none of these, or proves nothing in itself.
    """
    text = content.strip()
    if text.startswith("{"):
        return _proof(text, source)
    if text.startswith(("http://", "https://")):
        return _printed(text, source)
    note = Note.parse(text + "\n")
    TreeHead.parse(note.text)
    return Seen(source, note)


def _printed(address: str, source: str) -> Seen:
    asked = parse_qs(urlsplit(address).query)
    leaf, number = asked.get("e", [""])[0], asked.get("c", [""])[0]
    if not _HASH.fullmatch(leaf) or not _NUMBER.fullmatch(number):
        raise NotANoteError(f"{source}: the address of no receipt")
    return Seen(source, leaf_hash=bytes.fromhex(leaf), checkpoint_number=int(number))


def _proof(text: str, source: str) -> Seen:
    try:
        body = json.loads(text)
        if "since" in body:
            return _growth(body, source)
        if body["format"] != FORMAT:
            raise NotANoteError(f"{source}: not a proof of a journal")
        hashes = hashing(body["hash"])
        leaf = hashes.leaf(body["entry"].encode())
        note = Note.parse(body["checkpoint"])
        path = [base64.b64decode(step, validate=True) for step in body["path"]]
        head = TreeHead.parse(note.text)
        root = root_of_inclusion(hashes, int(body["sequence"]), head.size, leaf, path)
        number = int(body["checkpoint_number"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise NotANoteError(f"{source}: not a proof of a journal") from error
    if root != head.root:
        raise NotANoteError(f"{source}: the proof does not lead to its checkpoint")
    return Seen(source, note, leaf, int(body["sequence"]), number)


def _growth(body: dict[str, Any], source: str) -> Seen:
    """Raises ``KeyError``, ``TypeError``, ``ValueError``."""
    note = Note.parse(body["checkpoint"])
    TreeHead.parse(note.text)
    steps = tuple(base64.b64decode(step, validate=True) for step in body["proof"])
    return Seen(source, note, since=int(body["since"]), growth=steps)


def sizes(seen: Sequence[Seen]) -> frozenset[int]:
    """Tree sizes at which the root has to be compared."""
    return frozenset(each.head.size for each in seen if each.head is not None)
