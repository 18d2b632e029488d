"""Lays out one bulletin, in a process of its own with hard limits. Run, not imported.

``python -m casework.reports.bulletin_worker pdf|xlsx < bulletin.json > file``. Laying out takes a
core for a while, and names come from imported tables: neither is the edge's loop's business.
"""

import json
import resource
import sys

MEMORY_BYTES = 1 << 30
CPU_S = 30


def limit_process() -> None:
    """Memory, time, no files to write, no core to leave behind."""
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(kind, (limit, limit))


def main() -> int:
    limit_process()
    bulletin = json.load(sys.stdin.buffer)
    if sys.argv[1] == "pdf":
        from casework.reports.bulletin_pdf import draw_pdf as draw
    else:
        from casework.reports.bulletin_xlsx import draw_xlsx as draw
    sys.stdout.buffer.write(draw(bulletin))
    return 0


if __name__ == "__main__":
    sys.exit(main())
