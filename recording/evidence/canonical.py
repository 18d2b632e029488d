"""The one form in which evidence is hashed and signed: JSON by RFC 8785, SHA-256 in hexadecimal."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import rfc8785


def canonical(content: Mapping[str, Any]) -> bytes:
    """Raises ``ValueError`` for what JSON can't hold exactly (RFC 8785 keeps to I-JSON)."""
    return rfc8785.dumps(dict(content))


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def parse(content: bytes) -> dict[str, Any]:
    """An object in canonical form. Raises ``ValueError`` for any other bytes."""
    parsed = json.loads(content)
    if not isinstance(parsed, dict) or canonical(parsed) != content:
        raise ValueError("not an object in canonical form")
    return parsed
