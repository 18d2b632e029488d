"""What can be done to an exported journal, without the key and with it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence

from casework.journal.export_file import checkpoint_line, end_line
from casework.journal.hashing import hashing
from casework.journal.merkle import Frontier
from casework.journal.signed_notes import TreeHead
from casework.journal.signing import Signer, sign_head

Change = Callable[[bytes], bytes]


def dome(leaf: bytes) -> bytes:
    """A change that leaves the entry readable."""
    return leaf.replace(b'"result":"done"', b'"result":"dome"')


def sealed(lines: Sequence[bytes]) -> list[bytes]:
    """The lines with an end that fits them: anybody who edits the file can do that."""
    body = [line for line in lines if not line.startswith(b"end ")]
    digest = hashlib.sha256(b"".join(line + b"\n" for line in body)).hexdigest()
    kinds = [line.partition(b" ")[0] for line in body]
    entries, checkpoints, unsequenced = (
        kinds.count(kind) for kind in (b"entry", b"checkpoint", b"unsequenced")
    )
    return [*body, end_line(entries, checkpoints, unsequenced, digest)]


def rechained(
    lines: Sequence[bytes], origin: str, changes: Mapping[int, Change] = {}
) -> list[bytes]:
    """Numbers and chain made to fit the entries, changed ones included; no key is needed."""
    hashes = hashing("sha256")
    chain, at, made = hashes.chain_start(origin), 0, []
    for line in lines:
        if not line.startswith(b"entry "):
            made.append(line)
            continue
        leaf = line.split(b" ", 3)[3]
        if at in changes:
            leaf = changes[at](leaf)
        chain = hashes.chain(chain, hashes.leaf(leaf))
        made.append(b"entry %d %s %s" % (at, chain.hex().encode(), leaf))
        at += 1
    return sealed(made)


async def resigned(lines: Sequence[bytes], origin: str, signer: Signer) -> list[bytes]:
    """Each checkpoint signed anew over the entries before it: what only the key's holder can do."""
    hashes = hashing("sha256")
    frontier, made, number = Frontier(hashes), [], 0
    for line in lines:
        if line.startswith(b"entry "):
            frontier.append(hashes.leaf(line.split(b" ", 3)[3]))
            made.append(line)
        elif line.startswith(b"checkpoint "):
            number += 1
            head = TreeHead(origin, frontier.size, frontier.root())
            made.append(checkpoint_line(number, str(await sign_head(head, signer))))
        else:
            made.append(line)
    return sealed(made)
