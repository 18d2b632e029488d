"""The reference page of the sockets, from the wire's schema: commands, events, close codes."""

from collections.abc import Iterator

from shipinban.generate.schema import Schema, union_members
from shipinban.generate.typescript import type_of
from signaling.wire.base import (
    CLOSE_RULES,
    HALF_OPEN_S,
    HEARTBEAT_S,
    HELLO_DEADLINE_S,
    MESSAGE_LIMIT_BYTES,
)

HEAD = f"""\
# The wire

<!-- Written by `python -m shipinban.generate` from signaling/wire. Change that, not this. -->

Two WebSockets, JSON text messages, one protocol. The HTTP API beside them is described at
`/api/docs`, the whole as JSON Schema in [wire.schema.json](wire.schema.json).

- The **duty socket** (`/api/window/duty`, `/api/console/duty`, `/api/supervision/duty`) is open
  while somebody is signed in: queue, presence, offers. Any node answers it; the surface's cookie
  says who it is.
- The **room socket** (`/nodes/NODE/room`) is open during a call, on the node that holds the room.
  A one-time token in the first message lets in.

Every upgrade names an Origin of the installation. The first message is `hello`, within
{HELLO_DEADLINE_S:g} s. A *command* carries a `request_id` and is answered by one `done` or one
`refused` with the same number. An *event* carries `seq`, counting from 1; a client that comes back
with `resume` is sent what it missed, or everything anew. `heartbeat` comes every {HEARTBEAT_S:g} s;
a side that saw nothing for {HALF_OPEN_S:g} s counts the socket as dead. A message has at most
{MESSAGE_LIMIT_BYTES // 1024} KiB, uncompressed. The server refuses unknown fields; a client ignores
unknown events and fields.

Connections for media are one-way and the sender offers: *up* from a participant, *down* to a
participant for each other one that is seen.
"""
SECTIONS = (
    ("Duty socket: commands", "AnyDutyCommand"),
    ("Duty socket: events", "AnyDutyEvent"),
    ("Room socket: commands", "AnyRoomCommand"),
    ("Room socket: events", "AnyRoomEvent"),
)
_IN_EVERY_MESSAGE = ("type", "request_id", "seq")


def reference(document: Schema) -> str:
    """Markdown."""
    definitions: Schema = document["$defs"]
    told = {name for _, union in SECTIONS for name in union_members(union)}
    lines = [HEAD]
    for title, union in SECTIONS:
        lines += [f"## {title}", ""]
        for name in union_members(union):
            lines += _message(definitions[name])
    lines += ["## What messages carry", ""]
    for name in sorted(_carried(definitions, told)):
        lines += [f"### {name}", "", *_body(definitions[name])]
    lines += _close_codes()
    return "\n".join(lines) + "\n"


def _message(definition: Schema) -> Iterator[str]:
    yield f"### `{definition['properties']['type']['const']}`"
    yield ""
    yield from _body(definition)


def _body(definition: Schema) -> Iterator[str]:
    if text := definition.get("description"):
        yield text.replace("``", "`")
        yield ""
    if "properties" not in definition:
        yield type_of(definition).replace("|", "·").replace('"', "`")
        yield ""
        return
    fields = {k: v for k, v in definition["properties"].items() if k not in _IN_EVERY_MESSAGE}
    if not fields:
        return
    required = definition.get("required", [])
    yield "| field | type | |"
    yield "| --- | --- | --- |"
    for field, schema in fields.items():
        optional = "" if field in required else " (optional)"
        text = " ".join(schema.get("description", "").replace("``", "`").split())
        yield f"| `{field}`{optional} | {_cell(type_of(schema))} | {_cell(text)} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _carried(definitions: Schema, told: set[str]) -> set[str]:
    """Names of everything that the messages refer to, however deep."""
    found: set[str] = set()
    waiting = [definitions[name] for name in told]
    while waiting:
        for name in _references(waiting.pop()) - found - told:
            found.add(name)
            waiting.append(definitions[name])
    return found


def _references(part: object) -> set[str]:
    match part:
        case {"$ref": str(reference)}:
            return {reference.rpartition("/")[2]}
        case dict():
            return set().union(*(_references(value) for value in part.values()))
        case list():
            return set().union(*(_references(value) for value in part))
    return set()


def _close_codes() -> Iterator[str]:
    yield "## Close codes"
    yield ""
    yield "| code | reconnect? | meaning |"
    yield "| --- | --- | --- |"
    for code, rule in CLOSE_RULES.items():
        yield f"| {code.value} | {'yes' if rule.reconnect else 'no'} | {rule.meaning} |"
