"""Lock files carry hashes or integrity sums, and no download addresses."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = re.compile(r"[a-z+]+://|--(?:extra-)?index-url|--find-links")
REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)")


def python_faults(text: str) -> Iterator[str]:
    """Faults of a ``requirements*.lock``: continued lines, one requirement each."""
    if ADDRESS.search(text):
        yield "names a download address"
    requirements = text.replace("\\\n", " ").splitlines()
    for line in filter(str.strip, requirements):
        found = REQUIREMENT.match(line)
        if found is None:
            yield f"is not pinned: {line[:60]}"
        elif "--hash=sha256:" not in line:
            yield f"has no hash: {found[1]}"


def node_faults(text: str) -> Iterator[str]:
    """Faults of a ``package-lock.json`` (lockfile version 3)."""
    for name, package in json.loads(text)["packages"].items():
        if "resolved" in package or "://" in package.get("version", ""):
            yield f"names a download address: {name}"
        if name and not package.get("link") and "integrity" not in package:
            yield f"has no integrity sum: {name}"


def faults(root: Path = ROOT) -> list[str]:
    """Every fault, as ``file: fault``; a missing lock file is one."""
    locks = sorted(root.glob("requirements*.lock"))
    found = [] if locks else ["requirements.lock: is missing"]
    for lock in locks:
        found += [f"{lock.name}: {fault}" for fault in python_faults(lock.read_text())]
    node = root / "package-lock.json"
    if not node.is_file():
        return [*found, "package-lock.json: is missing"]
    return found + [f"{node.name}: {fault}" for fault in node_faults(node.read_text())]


if __name__ == "__main__":
    found = faults()
    print("\n".join(found) or "lock files: hashes everywhere, no addresses")
    sys.exit(1 if found else 0)
