"""Tells the sequencers of all nodes that entries of the journal wait for their numbers."""

from signaling.bus import Bus
from signaling.pairing.topics import JOURNAL


class JournalBell:
    """Implements :class:`casework.journal.sequencer.Telling`. Used by one task."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._rung = bus.subscribe(JOURNAL)

    @property
    def reliable(self) -> bool:
        return self._bus.connected

    def ring(self) -> None:
        """Somebody committed an act."""
        self._bus.publish(JOURNAL)

    async def wait(self, timeout_s: float) -> frozenset[str]:
        """Empty when nobody rang for so long."""
        return await self._rung.wait(timeout_s)
