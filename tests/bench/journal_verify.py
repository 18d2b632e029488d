"""How long the offline check of a journal of a million entries takes.

``python -m tests.bench.journal_verify``: the file is made in memory as an export writes it, signed
every hundred entries, and read back from the disk.
"""

import asyncio
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import rfc8785

from casework.database import new_id
from casework.journal.acts import Act, entry_body
from casework.journal.clock import CLOCK
from casework.journal.export_file import Head, checkpoint_line, end_line, entry_line
from casework.journal.hashing import hashing
from casework.journal.merkle import Frontier
from casework.journal.signed_notes import TreeHead
from casework.journal.signing import Ed25519Signer, sign_head
from casework.journal.verifying import verify_export

ORIGIN = "shipinban/journal/441625"
EVERY = 100


def entries(count: int) -> Iterator[str]:
    county, town, unit = new_id(), new_id(), new_id()
    for number in range(count):
        act = Act(
            what="case.accepted",
            county_id=county,
            home_organisation_id=town,
            county_organisation_id=unit,
            actor_staff_id=town,
            case_id=unit,
        )
        body = entry_body(act, new_id(), CLOCK.read(), {"number": number, "sha256": "ab" * 32}, {})
        # The same text as RFC 8785 makes of it, in a tenth of the time.
        yield json.dumps(body, sort_keys=True, separators=(",", ":"))


async def write(path: Path, count: int, signer: Ed25519Signer) -> None:
    hashes = hashing("sha256")
    frontier, chain, number = Frontier(hashes), hashes.chain_start(ORIGIN), 0
    digest = hashlib.sha256()
    with path.open("wb") as file:

        def put(line: bytes) -> None:
            digest.update(line + b"\n")
            file.write(line + b"\n")

        for sequence, leaf in enumerate(entries(count)):
            if sequence == 0:
                assert rfc8785.dumps(json.loads(leaf)).decode() == leaf
                county = json.loads(leaf)["county_id"]
                for line in Head(ORIGIN, county, "sha256", [signer.verifier.text]).lines():
                    put(line)
            leaf_hash = hashes.leaf(leaf.encode())
            chain = hashes.chain(chain, leaf_hash)
            frontier.append(leaf_hash)
            put(entry_line(sequence, chain, leaf))
            if (sequence + 1) % EVERY == 0:
                number += 1
                head = TreeHead(ORIGIN, frontier.size, frontier.root())
                put(checkpoint_line(number, str(await sign_head(head, signer))))
        file.write(end_line(count, number, 0, digest.hexdigest()) + b"\n")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    signer = Ed25519Signer(ORIGIN, bytes([3]) * 32)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.txt"
        asyncio.run(write(path, count, signer))
        began_s, began_cpu_s = time.monotonic(), time.process_time()
        with path.open("rb") as file:
            verdict = verify_export(file, [signer.verifier])
        lasted_s, cpu_s = time.monotonic() - began_s, time.process_time() - began_cpu_s
    assert verdict.good, verdict.problem
    assert verdict.entries == count
    print(json.dumps({"entries": count, "verified_s": lasted_s, "verified_cpu_s": cpu_s}))


if __name__ == "__main__":
    main()
