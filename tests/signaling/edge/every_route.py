"""Asking any route of the table: with a request that passes for whole, and with these rows or none."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from casework.database import new_id
from signaling.edge.route import Route
from signaling.wire.base import Wire
from tests.signaling.edge.conftest import Person

Schema = Mapping[str, Any]
Rows = Mapping[str, str]
"""Ids by the name that a path has for them."""
_WORDS = ("核实", "image/jpeg", "2027-01-04", "0" * 64)
"""For strings of a form; ids are made anew."""


def whole(model: type[Wire], known: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 - JSON
    """A request that passes for whole: what it must have, as small as it may be; and each of the
    ``known`` fields, however deep."""
    schema = model.model_json_schema()
    return _Filling(schema.get("$defs", {}), known or {}).of(schema)


@dataclass(frozen=True)
class _Filling:
    named: Schema
    known: Mapping[str, object]

    def of(self, schema: Schema) -> object:
        if "$ref" in schema:
            return self.of(self.named[schema["$ref"].rpartition("/")[2]])
        if "anyOf" in schema:
            return self.of(schema["anyOf"][0])
        if "enum" in schema or "const" in schema:
            return schema["const"] if "const" in schema else schema["enum"][0]
        match schema["type"]:
            case "object":
                return self._fields(schema.get("properties", {}), schema.get("required", ()))
            case "array":
                one = [schema.get("items", {})] * schema.get("minItems", 0)
                return [self.of(part) for part in schema.get("prefixItems") or one]
            case "string":
                return _word(schema)
            case "boolean":
                return True
            case _:
                return max(1, schema.get("minimum", 1))

    def _fields(self, fields: Schema, needed: Collection[str]) -> dict[str, object]:
        given: dict[str, object] = {
            name: [self.known[name]] if name.endswith("_ids") else self.known[name]
            for name in fields
            if name in self.known
        }
        return {name: self.of(fields[name]) for name in needed if name not in given} | given


def _word(schema: Schema) -> str:
    pattern = schema.get("pattern", r"^\d{4}-" if schema.get("format") == "date" else "")
    least = schema.get("minLength", 0)
    fitting = (word for word in _WORDS if len(word) >= least and re.search(pattern, word))
    return next(fitting, new_id())


def ids_in(model: type[Wire]) -> Iterator[str]:
    """The fields of a request, however deep, that name a row."""
    schema = model.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        yield from (name for name in part.get("properties", ()) if re.search(r"_ids?$", name))


def filled(route: Route, rows: Rows) -> str:
    """The address with these ids; a row that has none here is named by an id of nothing."""
    path = re.sub(r"\{(\w+_id)\}", lambda found: rows.get(found[1], new_id()), route.plain_path)
    return path.format(kind="items", room="agent_console", name="none.js", code="0" * 16)


def named(route: Route) -> frozenset[str]:
    return frozenset(re.findall(r"\{(\w+_id)\}", route.plain_path))


async def told(
    person: Person, route: Route, path: str, known: Mapping[str, object] | None = None
) -> tuple[int, str]:
    """Status and body; ``known``: see :func:`whole`."""
    given: dict[str, Any] = {}
    if route.takes_bytes:
        given |= {"data": b"x", "params": {"offset": "0"}}
    elif route.request is not None:
        given |= {"json": whole(route.request, known)}
    elif route.query is not None:
        given |= {"params": whole(route.query, known)}
    answer = await person.request(route.method, path, **given)
    return answer.status, await answer.text()
