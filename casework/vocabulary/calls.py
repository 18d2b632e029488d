"""The queue, calls and who takes part in them."""

from enum import StrEnum


class CallBackState(StrEnum):
    OPEN = "open"
    STARTED = "started"
    DONE = "done"
    CANCELLED = "cancelled"


class CallBackReason(StrEnum):
    CLOSED = "closed"
    NOBODY_ON_DUTY = "nobody_on_duty"
    PASSED_ON = "passed_on"
    """An agent passed the case to another skill group, which calls the window."""


class TicketState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    SERVING = "serving"
    SERVED = "served"
    CANCELLED = "cancelled"
    CALL_BACK = "call_back"
    """Became a call-back request: nobody on duty, or closed."""


class Reach(StrEnum):
    """Whom the dispatcher may ask for a ticket; widens while the ticket waits."""

    GROUP = "group"
    """The ticket's own skill group, at the level that may decide."""
    COUNTY = "county"
    """Of a town's ticket: the county's group that knows the matter, too."""
    GENERAL = "general"
    """The county's general group, too."""


class OfferState(StrEnum):
    RINGING = "ringing"
    SERVING = "serving"
    """Accepted; the agent is in the call."""
    ENDED = "ended"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class AgentState(StrEnum):
    AVAILABLE = "available"
    OFFERED = "offered"
    IN_CALL = "in_call"
    WRAP_UP = "wrap_up"
    AWAY = "away"
    OFFLINE = "offline"


class AwayReason(StrEnum):
    BREAK = "break"
    MEAL = "meal"
    MEETING = "meeting"
    TRAINING = "training"
    OTHER = "other"
    NO_ANSWER = "no_answer"
    """Set by the dispatcher when an offer rang out."""


class CallState(StrEnum):
    LIVE = "live"
    ENDED = "ended"


class CallEndReason(StrEnum):
    FINISHED = "finished"
    WINDOW_LOST = "window_lost"
    AGENT_LOST = "agent_lost"
    NODE_LOST = "node_lost"
    LONGEST_CALL = "longest_call"


class ParticipantKind(StrEnum):
    WINDOW = "window"
    AGENT = "agent"
    GUEST = "guest"
    SUPERVISOR = "supervisor"


class BoardLevel(StrEnum):
    """How a figure of the wallboard stands against its limits."""

    GOOD = "good"
    WATCH = "watch"
    ALARM = "alarm"


class CallQuality(StrEnum):
    """As people notice it: voice first, then delay, then lost picture."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    UNKNOWN = "unknown"
    """Nothing has been measured yet."""


class ListeningMode(StrEnum):
    """What a supervisor does in a running call."""

    LISTEN = "listen"
    """Sees and hears; sends nothing."""
    WHISPER = "whisper"
    """The voice goes to the agent alone."""
    JOIN = "join"
    """The voice goes to both sides, and into the recording."""


class StreamKind(StrEnum):
    AUDIO_CAMERA = "audio_camera"
    DOCUMENT = "document"
