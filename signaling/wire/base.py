"""What both sockets share: frozen models, bounded fields, answers, close codes.

A client sends *commands*; each carries a ``request_id`` of its choice and is answered by exactly
one ``done`` or ``refused`` with the same number. The server sends *events*; each carries ``seq``,
counting from 1 on one socket, so that a client that comes back is sent what it missed or a resync.
The server refuses unknown fields; the client ignores unknown events.
"""

from enum import IntEnum
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

PROTOCOL = 1
MESSAGE_LIMIT_BYTES = 64 * 1024
SDP_LIMIT_CHARACTERS = 32 * 1024
HELLO_DEADLINE_S = 10.0
HEARTBEAT_S = 8.0
HALF_OPEN_S = 25.0

Id = Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]
NodeId = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
ShortText = Annotated[str, Field(max_length=200)]
LongText = Annotated[str, Field(max_length=4000)]
Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""32 random bytes in base64url."""
Sdp = Annotated[str, Field(max_length=SDP_LIMIT_CHARACTERS)]
RequestId = Annotated[int, Field(ge=1, le=2**31)]
Language = Literal["zh-CN", "en"]


class Wire(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        # What the server sends is whole: the schema of an answer calls no field optional.
        json_schema_serialization_defaults_required=True,
    )


class Command(Wire):
    request_id: RequestId


class Event(Wire):
    seq: int = 0
    """Set by the outbox when the event is sent."""


class Done(Wire):
    type: Literal["done"] = "done"
    request_id: RequestId
    result: dict[str, Any] = {}


class Refused(Wire):
    """Nothing was changed. ``text`` says what to do, in the language of the hello."""

    type: Literal["refused"] = "refused"
    request_id: RequestId
    code: str
    text: str
    details: dict[str, Any] = {}


class Heartbeat(Event):
    """Sent every 8 s; a client that saw nothing for 25 s counts the socket as half-open."""

    type: Literal["heartbeat"] = "heartbeat"
    server_ms: int


class Resume(Wire):
    socket_id: Id
    last_seq: int = Field(ge=0)


class CloseCode(IntEnum):
    NORMAL = 1000
    GOING_AWAY = 1001
    TOO_BIG = 1009
    BAD_MESSAGE = 4400
    SIGNED_OUT = 4401
    FORBIDDEN = 4403
    HELLO_TIMEOUT = 4408
    TAKEN_OVER = 4409
    ENDED = 4410
    TOKEN_USED = 4411
    OUTBOX_FULL = 4413
    TOO_FAST = 4429
    DRAINING = 4503


class CloseRule(NamedTuple):
    reconnect: bool
    meaning: str


CLOSE_RULES: dict[CloseCode, CloseRule] = {
    CloseCode.NORMAL: CloseRule(False, "The client asked for it."),
    CloseCode.GOING_AWAY: CloseRule(True, "The server is stopping; another node may answer."),
    CloseCode.TOO_BIG: CloseRule(False, "A message over 64 KiB."),
    CloseCode.BAD_MESSAGE: CloseRule(False, "Not JSON, or not a message of this protocol."),
    CloseCode.SIGNED_OUT: CloseRule(False, "The sign-in ended or was revoked: sign in again."),
    CloseCode.FORBIDDEN: CloseRule(False, "This person has no business on this socket."),
    CloseCode.HELLO_TIMEOUT: CloseRule(True, "No hello within 10 s."),
    CloseCode.TAKEN_OVER: CloseRule(False, "A newer page of the same person took over."),
    CloseCode.ENDED: CloseRule(False, "The call is over."),
    CloseCode.TOKEN_USED: CloseRule(True, "The room's token is used or too old: ask for another."),
    CloseCode.OUTBOX_FULL: CloseRule(True, "The client did not take its events in time."),
    CloseCode.TOO_FAST: CloseRule(True, "More than 20 messages a second, 60 at once."),
    CloseCode.DRAINING: CloseRule(True, "This node takes nothing new; another one answers."),
}
