"""Signed texts: C2SP signed-note, tlog-checkpoint and tlog-cosignature (https://c2sp.org).

A note is a text, an empty line, and signature lines ``— NAME BASE64(key id ‖ signature)``. A
checkpoint is a note whose text is the log's origin, the tree's size and its root. A co-signature
signs a time and the whole text.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

NOTE_LIMIT_CHARACTERS = 16 * 1024
_NAME = re.compile(r"[^\s+]{1,100}")
_LINE = re.compile(r"— ([^\s+]{1,100}) ([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")
_DASH = "—"


class NotANoteError(ValueError):
    """The text is no note, checkpoint or key of the formats named above."""


class SignatureType(IntEnum):
    """The byte that names an algorithm in C2SP signed-note."""

    ED25519 = 0x01
    COSIGNATURE = 0x04
    """Ed25519 with a time before it."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with its name: C2SP vkey."""

    name: str
    kind: SignatureType
    public_key: bytes
    """Ed25519, 32 bytes."""

    @property
    def key_id(self) -> bytes:
        """The first four bytes of a hash over name, type and key."""
        hashed = hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public_key)
        return hashed.digest()[:4]

    @property
    def text(self) -> str:
        key = base64.b64encode(bytes([self.kind]) + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """:raises NotANoteError: it is no vkey, or of a type that is not known here."""
        try:
            name, _, key = text.strip().split("+", 2)
            content = base64.b64decode(key, validate=True)
            found = cls(name, SignatureType(content[0]), content[1:])
        except (ValueError, IndexError) as error:
            raise NotANoteError(f"{text[:120]!r} is no public key of a journal") from error
        if not _NAME.fullmatch(name) or len(found.public_key) != 32:
            raise NotANoteError(f"{text[:120]!r} is no public key of a journal")
        if found.text != text.strip():
            raise NotANoteError(f"{text[:120]!r}: a character of the key is wrong")
        return found

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether ``signature`` is this key's under the note's text."""
        message = text.encode()
        if self.kind is SignatureType.COSIGNATURE:
            message, signature = cosigned(text, int.from_bytes(signature[:8])), signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


def cosigned(text: str, at_s: int) -> bytes:
    """What a co-signature of tlog-cosignature signs."""
    return f"cosignature/v1\ntime {at_s}\n{text}".encode()


@dataclass(frozen=True, slots=True)
class SignatureLine:
    name: str
    key_id: bytes
    signature: bytes

    @property
    def text(self) -> str:
        return f"{_DASH} {self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"

    @classmethod
    def parse(cls, line: str) -> Self:
        """:raises NotANoteError: it is no signature line."""
        found = _LINE.fullmatch(line.removesuffix("\n"))
        if found is None:
            raise NotANoteError("no signature line")
        try:
            content = base64.b64decode(found[2], validate=True)
        except binascii.Error as error:
            raise NotANoteError("no signature line") from error
        parsed = cls(found[1], content[:4], content[4:])
        # One spelling only: unused bits of base64 could carry a change that nobody sees.
        if len(content) < 5 or parsed.text.removesuffix("\n") != line.removesuffix("\n"):
            raise NotANoteError("no signature line")
        return parsed

    def is_by(self, verifier: Verifier) -> bool:
        """Whether it says so; whether it is true tells :meth:`Verifier.verifies`."""
        return self.name == verifier.name and self.key_id == verifier.key_id

    @property
    def at_s(self) -> int:
        """The time in a co-signature, seconds since 1970."""
        return int.from_bytes(self.signature[:8])


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    lines: tuple[SignatureLine, ...]

    @classmethod
    def parse(cls, note: str) -> Self:
        """:raises NotANoteError: it is no signed note, or too long."""
        text, parted, lines = note.rpartition("\n\n")
        if not parted or len(note) > NOTE_LIMIT_CHARACTERS or not lines.endswith("\n"):
            raise NotANoteError("no signed note")
        if any(character < " " and character != "\n" for character in note):
            raise NotANoteError("a signed note has no control characters")
        parsed = (SignatureLine.parse(line) for line in lines.removesuffix("\n").split("\n"))
        return cls(text + "\n", tuple(parsed))

    def __str__(self) -> str:
        return f"{self.text}\n" + "".join(line.text for line in self.lines)

    def signed_by(self, verifiers: Iterable[Verifier]) -> list[Verifier]:
        """Those whose signature the note bears.

        :raises NotANoteError: a line says to be by one of them and is not.
        """
        found = []
        for verifier in verifiers:
            for line in self.lines:
                if line.is_by(verifier):
                    if not verifier.verifies(self.text, line.signature):
                        raise NotANoteError(f"a signature of {verifier.name} is false")
                    found.append(verifier)
                    break
        return found


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Lines after the third are none of ours, and refused.

        :raises NotANoteError: it is no tree head.
        """
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0] or not _SIZE.fullmatch(lines[1]):
            raise NotANoteError("no tree head")
        try:
            root = base64.b64decode(lines[2], validate=True)
        except binascii.Error as error:
            raise NotANoteError("no tree head") from error
        head = cls(lines[0], int(lines[1]), root)
        if len(root) != 32 or head.text != text:
            raise NotANoteError("no tree head")
        return head
