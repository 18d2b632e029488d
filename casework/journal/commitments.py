"""Keeps people's data out of entries: what is personal enters as a salted commitment only.

The commitment is SHA-256(salt ‖ value); salt and value lie in a table from which they can be
erased. Without the salt the commitment tells nothing; with it, it proves the value.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

SALT_BYTES = 32
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/+-]{0,127}")
"""Ids, hashes, codes, media types, case numbers."""
NUMBER_OF_A_PERSON = re.compile(r"\+?[0-9]{11,}[Xx]?")
"""As long as a phone number or an ID number."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens one commitment."""

    salt: bytes
    value: str

    @property
    def commitment(self) -> str:
        return commitment(self.salt, self.value)


def commitment(salt: bytes, value: str) -> str:
    """64 hex digits."""
    return hashlib.sha256(salt + value.encode()).hexdigest()


def commit(value: str) -> Opening:
    return Opening(secrets.token_bytes(SALT_BYTES), value)


def is_plain(text: str) -> bool:
    """Whether a text names something and says nothing: an id, a hash, a code, a position."""
    return not text or (
        PLAIN.fullmatch(text) is not None and NUMBER_OF_A_PERSON.fullmatch(text) is None
    )


def take_out(evidence: Mapping[str, JsonValue]) -> tuple[dict[str, JsonValue], dict[str, str]]:
    """Parts what may stand in an entry from texts that may not.

    The texts come under where they stood: ``"text"``, ``"pages.0.note"``.
    """
    texts: dict[str, str] = {}
    kept = {key: _part(value, key, texts) for key, value in evidence.items()}
    return {key: value for key, value in kept.items() if value is not _TAKEN}, texts


_TAKEN: Any = object()


def _part(value: JsonValue, place: str, texts: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        if is_plain(value):
            return str(value)  # an enumeration's value is a plain text in JSON
        texts[place] = value
        return _TAKEN
    if isinstance(value, Mapping):
        parts = {str(key): _part(each, f"{place}.{key}", texts) for key, each in value.items()}
        return {key: each for key, each in parts.items() if each is not _TAKEN}
    if isinstance(value, list | tuple):
        listed = [_part(each, f"{place}.{at}", texts) for at, each in enumerate(value)]
        return [None if each is _TAKEN else each for each in listed]
    return value
