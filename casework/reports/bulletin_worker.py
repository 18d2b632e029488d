"""Lays out one bulletin, in a process of its own with hard limits. Run, not imported.

``python -m casework.reports.bulletin_worker pdf|xlsx < bulletin.json > file``. Laying out takes a
core for a while, and names come from imported tables: neither is the edge's loop's business.
"""

import json
import sys

from casework.process_limits import limit_process

CPU_S = 30


def main() -> int:
    limit_process(CPU_S)
    bulletin = json.load(sys.stdin.buffer)
    if sys.argv[1] == "pdf":
        from casework.reports.bulletin_pdf import draw_pdf as draw
    else:
        from casework.reports.bulletin_xlsx import draw_xlsx as draw
    sys.stdout.buffer.write(draw(bulletin))
    return 0


if __name__ == "__main__":
    sys.exit(main())
