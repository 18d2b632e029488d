"""What happens when our own code raises on a packet: it is told, and the other calls go on."""

import structlog

from signaling.relay.counters import Counters

LOGGED = 100
"""Stack traces a process writes at most: a packet can be repeated a thousand times a second."""

_log = structlog.get_logger(__name__)


class Defects:
    """Counted as the drop reason ``defect``, which is 0 as long as the relay is right."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters

    def note(self, where: str) -> None:
        """Call it in an ``except`` clause."""
        self._counters.dropped["defect"] += 1
        if self._counters.dropped["defect"] <= LOGGED:
            _log.exception("relay_defect", where=where)
