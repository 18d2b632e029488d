"""What goes on now: the wallboard, each figure judged by its limits, and listening in.

==============================================  ======================  =========================
route                                           request                 answer
==============================================  ======================  =========================
GET  /api/supervision/wallboard                 –                       Wallboard
GET  /api/supervision/live-calls                –                       CallsBoard
POST /api/supervision/calls/CALL/listening      ListeningAsked          ListeningOpened
==============================================  ======================  =========================
"""

from typing import Annotated

from pydantic import Field, StringConstraints

from casework.vocabulary import AgentState, BoardLevel, CallQuality, RecordingState
from signaling.wire.base import Id, Wire
from signaling.wire.views import RoomAddress

LISTED = 60
"""Of calls and of windows; the counts are of all."""


class BoardLimits(Wire):
    """From where on a figure counts as one to watch, or as an alarm."""

    waiting_watch: int
    waiting_alarm: int
    wait_watch_s: int
    wait_alarm_s: int
    in_time_s: int
    """Within which a ticket is to be answered."""
    in_time_watch: float
    """Shares below these."""
    in_time_alarm: float
    abandoned_watch: float
    abandoned_alarm: float


class QueueBoard(Wire):
    """Tickets in line, those that ring at an agent included."""

    waiting: int
    ringing: int
    waiting_level: BoardLevel
    longest_since_ms: int | None
    """Since when the one that has waited longest waits; after a lost call, since it was lost."""
    longest_level: BoardLevel


class DayBoard(Wire):
    """Today's tickets by the county's day; call-backs, which the agent makes, are none."""

    tickets: int
    in_time: int
    """First answered within the limit."""
    due: int
    """Those that count: all but the ones that wait and are still within the limit."""
    in_time_share: float | None
    """``in_time`` of ``due``; ``None`` while nobody has called."""
    in_time_level: BoardLevel
    abandoned: int
    """Given up before anybody answered."""
    abandoned_level: BoardLevel


class AgentCount(Wire):
    state: AgentState
    agents: int


class AgentsBoard(Wire):
    states: list[AgentCount]
    """Every state, also those that nobody is in."""
    on_duty: int
    level: BoardLevel


class LiveCall(Wire):
    id: Id
    label: str
    item_name: str
    item_name_en: str
    window_name: str
    window_name_en: str
    helper_name: str
    helper_name_en: str
    agent_name: str
    agent_name_en: str
    started_ms: int
    quality: CallQuality
    """The worst that either side measured in the last half minute."""
    recording_state: RecordingState | None


class CallsBoard(Wire):
    total: int
    calls: list[LiveCall] = Field(max_length=LISTED)
    """The longest first."""
    level: BoardLevel


class RecordingsBoard(Wire):
    """Of the last days; what is well is not counted."""

    days: int
    failed: int
    interrupted: int
    not_stored: int
    """The store does not take their files."""
    level: BoardLevel


class WindowCheck(Wire):
    id: Id
    name: str
    name_en: str
    checked_ms: int | None
    """When the device check last passed; ``None``: never."""


class WindowsBoard(Wire):
    today: int
    earlier: int
    never: int
    listed: list[WindowCheck] = Field(max_length=LISTED)
    """Those not checked today: never first, then the longest ago."""
    level: BoardLevel


class CasesBoard(Wire):
    overdue: int
    """Past their promised day, or past the day for papers to follow."""
    level: BoardLevel


class Wallboard(Wire):
    at_ms: int
    """By the server's clock; at most two seconds ago when it is answered."""
    scope_name: str
    """The organisation whose line is shown: the county, or the person's own."""
    scope_name_en: str
    limits: BoardLimits
    queue: QueueBoard
    day: DayBoard
    agents: AgentsBoard
    calls: CallsBoard
    recordings: RecordingsBoard
    windows: WindowsBoard
    cases: CasesBoard


class ListeningAsked(Wire):
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
    """Kept with the name; the two sides are shown the name, not the reason."""


class ListeningOpened(Wire):
    listener_id: Id
    """That of the participant in the room."""
    room: RoomAddress
