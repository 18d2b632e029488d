"""The lines of an exported journal: text, in the order of the journal, readable without a database.

::

    shipinban journal export 1
    origin shipinban/journal/441625
    county 0192…
    hash sha256
    key shipinban/journal/441625+1a2b3c4d+AQ…        each key, the county's first one first
    entry 0 CHAIN {"actor_staff_id":null,…}          number, chain hash, canonical JSON
    checkpoint 1 "shipinban/journal/441625\\n1\\n…"    number, signed note as a JSON string
    unsequenced {…}                                  entries that had no number yet
    end 1 1 0 SHA256                                 how many of each; hash of all lines before

A checkpoint follows the last entry that it signs.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

HEADER = b"shipinban journal export 1"


@dataclass(frozen=True, slots=True)
class Head:
    origin: str
    county_id: str
    hash_name: str
    keys: Sequence[str]

    def lines(self) -> list[bytes]:
        return [
            HEADER,
            f"origin {self.origin}".encode(),
            f"county {self.county_id}".encode(),
            f"hash {self.hash_name}".encode(),
            *(f"key {key}".encode() for key in self.keys),
        ]


def entry_line(sequence: int, chain_hash: bytes, leaf: str) -> bytes:
    return f"entry {sequence} {chain_hash.hex()} {leaf}".encode()


def checkpoint_line(number: int, note: str) -> bytes:
    return f"checkpoint {number} {json.dumps(note, ensure_ascii=False)}".encode()


def unsequenced_line(leaf: str) -> bytes:
    return f"unsequenced {leaf}".encode()


def end_line(entries: int, checkpoints: int, unsequenced: int, digest: str) -> bytes:
    return f"end {entries} {checkpoints} {unsequenced} {digest}".encode()
