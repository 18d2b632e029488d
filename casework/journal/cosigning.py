"""What a town's own process does, without a database: check that the journal only grew, then sign.

It keeps nothing but the last tree head that it signed. A county that shows it another past finds no
signature, whatever it says later: the kept head is never replaced by one that does not follow.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from casework import private_file
from casework.journal.hashing import Hashing
from casework.journal.merkle import is_consistent
from casework.journal.signed_notes import NotANoteError, Note, SignatureLine, TreeHead, Verifier
from casework.journal.signing import Signer, cosign_text


class RefusedError(Exception):
    """The tree head does not follow from the last one, or is not the county's: not co-signed."""


@dataclass(frozen=True, slots=True)
class LastHead:
    """The file of the last tree head signed."""

    path: Path

    def read(self) -> TreeHead | None:
        """Raises ``OSError`` or :class:`~casework.journal.signed_notes.NotANoteError`: a witness
        that has lost its memory must be told so by a person, not begin anew by itself."""
        if not self.path.exists():
            return None
        return TreeHead.parse(private_file.read(self.path))

    def write(self, head: TreeHead) -> None:
        private_file.replace(self.path, head.text)


@dataclass(frozen=True, slots=True)
class Offered:
    """What the county shows: its latest checkpoint, and the proof from the size asked about."""

    note: Note
    proof: Sequence[bytes]

    @classmethod
    def parse(cls, content: str) -> "Offered":
        """:raises NotANoteError: it is no such answer."""
        try:
            body = json.loads(content)
            proof = [base64.b64decode(step, validate=True) for step in body["proof"]]
            return cls(Note.parse(body["checkpoint"]), proof)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotANoteError("the county's answer is no checkpoint") from error


def check_offered(
    offered: Offered, last: TreeHead | None, county: Sequence[Verifier], hashes: Hashing
) -> TreeHead:
    """The tree head, once it is proven to follow from ``last``.

    :raises RefusedError: it does not, or is not signed by the county.
    """
    try:
        head = TreeHead.parse(offered.note.text)
        signed = offered.note.signed_by(county)
    except NotANoteError as error:
        raise RefusedError(str(error)) from error
    if not signed or all(head.origin != key.name for key in signed):
        raise RefusedError(
            "the checkpoint is not signed with a key of the county that is known here"
        )
    if last is None:
        return head
    if head.size < last.size:
        raise RefusedError(f"the journal had {last.size} entries and is shown with {head.size}")
    if not is_consistent(hashes, last.size, last.root, head.size, head.root, offered.proof):
        raise RefusedError(
            f"the journal of {head.size} entries does not begin with the {last.size} seen before"
        )
    return head


async def cosign(
    offered: Offered, kept: LastHead, county: Sequence[Verifier], hashes: Hashing, signer: Signer
) -> SignatureLine:
    """Signs the whole tree head; it is kept before the signature leaves.

    :raises RefusedError: see :func:`check_offered`; nothing is kept then.
    """
    head = check_offered(offered, kept.read(), county, hashes)
    line = await cosign_text(offered.note.text, signer)
    kept.write(head)
    return line
