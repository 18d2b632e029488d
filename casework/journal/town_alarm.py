"""Alarms in the log when a town's co-signature is missing; it never blocks work."""

import time
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import SQLAlchemyError

from casework.database import Database
from casework.journal.cosignatures import TownState, town_states

_log = structlog.get_logger(__name__)

LOOK_S = 60.0
REPEAT_S = 3_600.0
"""An alarm that stands is told again after so long."""


@dataclass(slots=True)
class TownAlarm:
    """Of the sequencer that holds the lease, so that one process alarms for a county."""

    _looked_s: float | None = None
    _told_s: dict[str, float] = field(default_factory=dict)
    """By the name of the town's key: when its absence was told last."""

    async def look(self, database: Database, county_id: str) -> None:
        """Once a minute, however often it is called."""
        now_s = time.monotonic()
        if self._looked_s is not None and now_s - self._looked_s < LOOK_S:
            return
        self._looked_s = now_s
        try:
            async with database.reading() as session:
                states = await town_states(session, county_id)
        except SQLAlchemyError as error:
            _log.warning("journal.towns_not_looked_at", reason=repr(error))
            return
        for town in states:
            self._tell(town, now_s)

    def _tell(self, town: TownState, now_s: float) -> None:
        told_s = self._told_s.get(town.key_name)
        if not town.missing:
            if self._told_s.pop(town.key_name, None) is not None:
                _log.info("journal.cosignature_back", town=town.key_name, size=town.size)
        elif told_s is None or now_s - told_s >= REPEAT_S:
            self._told_s[town.key_name] = now_s
            _log.error(
                "journal.cosignature_missing",
                town=town.key_name,
                organisation_id=town.organisation_id,
                signed_size=town.size,
                signed_ms=town.at_ms,
            )
