"""``python -m shipinban.generate [--check]``."""

import argparse
import json
import sys
from importlib.metadata import version
from pathlib import Path

from shipinban.generate.glossary import glossary
from shipinban.generate.reference import reference
from shipinban.generate.schema import Schema, wire_schema
from shipinban.generate.settings_page import settings_page
from shipinban.generate.typescript import typescript
from shipinban.routes import all_routes
from signaling.edge.openapi import openapi_document

ROOT = Path(__file__).resolve().parents[2]


def as_json(document: Schema) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def generated() -> dict[str, str]:
    """Path in the tree → content."""
    schema = wire_schema()
    return {
        "docs/settings.md": settings_page(),
        "docs/wire.schema.json": as_json(schema),
        "docs/wire.md": reference(schema),
        "docs/glossary.md": glossary(),
        "docs/openapi.json": as_json(openapi_document(all_routes(), version("shipinban"))),
        "web_shared/generated/wire.ts": typescript(schema),
    }


def stale(root: Path) -> list[str]:
    """Paths whose file is absent or differs from what the code says."""
    return [
        path
        for path, content in generated().items()
        if not (root / path).is_file() or (root / path).read_text("utf-8") != content
    ]


def write(root: Path) -> list[str]:
    changed = stale(root)
    for path in changed:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(generated()[path], "utf-8")
    return changed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m shipinban.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if a file differs")
    check = parser.parse_args().check
    paths = stale(ROOT) if check else write(ROOT)
    for path in paths:
        sys.stdout.write(f"{'differs' if check else 'written'}: {path}\n")
    if check and paths:
        sys.stdout.write("run python -m shipinban.generate and commit what it writes\n")
    return 1 if check and paths else 0


if __name__ == "__main__":
    sys.exit(main())
