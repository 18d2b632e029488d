"""TypeScript types from the JSON Schema of the wire: just what that schema uses, nothing more."""

import json
from collections.abc import Iterator

from shipinban.generate.schema import Schema
from signaling.wire.base import (
    CLOSE_RULES,
    HALF_OPEN_S,
    HEARTBEAT_S,
    HELLO_DEADLINE_S,
    MESSAGE_LIMIT_BYTES,
    PROTOCOL,
)

HEAD = """\
// Written by `python -m shipinban.generate` from signaling/wire. Change that, not this.
// Requests and commands may leave out what is marked optional; whatever the server sends is whole.
"""
LINE = 100
_PRIMITIVES = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}


def typescript(document: Schema) -> str:
    """The module: one exported type a definition, then the constants that both sides keep."""
    parts = [HEAD]
    for name, definition in sorted(document["$defs"].items()):
        parts.append("\n".join(_definition(name, definition)) + "\n")
    parts.append("\n".join(_constants()) + "\n")
    return "\n".join(parts)


def _definition(name: str, definition: Schema) -> Iterator[str]:
    yield from _comment(definition, "")
    if definition.get("type") == "object" and not definition["properties"]:
        yield f"export type {name} = Record<string, never>;"
    elif "properties" not in definition:
        one_line = f"export type {name} = {type_of(definition)};"
        broken = one_line.replace(" | ", "\n  | ").replace(" = ", " =\n  | ")
        yield one_line if len(one_line) <= LINE else broken
    else:
        yield f"export interface {name} {{"
        required = definition.get("required", [])
        for field, schema in definition["properties"].items():
            yield from _comment(schema, "  ")
            # The type of a message is written even where a default would supply it: it tells which.
            optional = "" if field in required or "const" in schema else "?"
            yield f"  {field}{optional}: {type_of(schema)};"
        yield "}"


def _comment(schema: Schema, indent: str) -> Iterator[str]:
    lines = schema.get("description", "").replace("*/", "* /").splitlines()
    if len(lines) == 1:
        yield f"{indent}/** {lines[0]} */"
    elif lines:
        yield f"{indent}/**"
        for line in lines:
            yield f"{indent} * {line}".rstrip()
        yield f"{indent} */"


def type_of(schema: Schema) -> str:
    """The TypeScript type of one schema. Raises ``ValueError`` for what the wire never used yet."""
    match schema:
        case {"$ref": str(reference)}:
            return reference.rpartition("/")[2]
        case {"const": value}:
            return json.dumps(value)
        case {"enum": list(values)}:
            return " | ".join(json.dumps(value, ensure_ascii=False) for value in values)
        case {"anyOf": list(options)} | {"oneOf": list(options)}:
            return " | ".join(dict.fromkeys(type_of(option) for option in options))
        case {"type": "array", "prefixItems": list(places)}:
            return f"[{', '.join(type_of(place) for place in places)}]"
        case {"type": "array", "items": dict(items)}:
            inner = type_of(items)
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        case {"type": "object"}:
            return _record(schema)
        case {"type": str(kind)} if kind in _PRIMITIVES:
            return _PRIMITIVES[kind]
    raise ValueError(f"no TypeScript for {schema}")


def _record(schema: Schema) -> str:
    values = schema.get("additionalProperties", True)
    value = type_of(values) if isinstance(values, dict) else "unknown"
    match schema.get("propertyNames"):
        case {"enum": [*keys]}:
            return f"Record<{type_of({'enum': keys})}, {value}>"
    return f"Record<string, {value}>"


def _constants() -> Iterator[str]:
    yield f"export const PROTOCOL = {PROTOCOL};"
    yield f"export const MESSAGE_LIMIT_BYTES = {MESSAGE_LIMIT_BYTES};"
    yield f"export const HELLO_DEADLINE_S = {HELLO_DEADLINE_S:g};"
    yield f"export const HEARTBEAT_S = {HEARTBEAT_S:g};"
    yield f"export const HALF_OPEN_S = {HALF_OPEN_S:g};"
    yield ""
    yield "/** What a close code of a socket means, and whether to connect again. */"
    yield "export const CLOSE_RULES: Record<number, { reconnect: boolean; meaning: string }> = {"
    for code, rule in CLOSE_RULES.items():
        meaning = json.dumps(rule.meaning, ensure_ascii=False)
        yield f"  {code.value}: {{ reconnect: {json.dumps(rule.reconnect)}, meaning: {meaning} }},"
    yield "};"
