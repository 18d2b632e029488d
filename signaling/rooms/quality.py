"""What the clients measured: gathered into one event a half minute, not one a report."""

from dataclasses import dataclass, field
from typing import Any

from signaling.wire.room import QualityReport

CONNECTIONS_KEPT = 32


@dataclass(slots=True)
class Quality:
    """Bounded by the connections of one call."""

    uplink_bps: int | None = None
    """The window's last estimate: kept for its next call."""
    _worst: dict[str, dict[str, Any]] = field(default_factory=dict)

    def take(self, participant_id: str, report: QualityReport) -> None:
        """Keeps the worst of each figure, and the last bitrate."""
        if len(self._worst) >= CONNECTIONS_KEPT and report.connection_id not in self._worst:
            return
        before = self._worst.get(report.connection_id, {})
        self._worst[report.connection_id] = {
            "connection_id": report.connection_id,
            "participant_id": participant_id,
            "bitrate_bps": report.bitrate_bps,
            "lost_fraction": max(report.lost_fraction, before.get("lost_fraction", 0.0)),
            "round_trip_ms": max(report.round_trip_ms, before.get("round_trip_ms", 0.0)),
            "frames_per_s": min(report.frames_per_s, before.get("frames_per_s", 240.0)),
            "concealed_fraction": max(
                report.concealed_fraction, before.get("concealed_fraction", 0.0)
            ),
            "available_bps": report.available_bps,
        }

    def gathered(self) -> list[dict[str, Any]]:
        """What came since the last time; empties it."""
        worst, self._worst = self._worst, {}
        return list(worst.values())
