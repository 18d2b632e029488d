"""The JSON Schema of everything on the wire, with the sentences that stand beside each field."""

import ast
import importlib
import inspect
import itertools
import pkgutil
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from casework import vocabulary
from shipinban.routes import all_routes
from signaling.wire import (
    api,
    authority,
    base,
    course,
    duty,
    evidence,
    forms,
    journal,
    keeping,
    live,
    materials,
    reports,
    review_desk,
    reviews,
    room,
    views,
)
from signaling.wire.base import Command, Event, Wire

MODULES = (
    base,
    views,
    duty,
    room,
    api,
    keeping,
    live,
    reviews,
    review_desk,
    course,
    evidence,
    journal,
    forms,
    materials,
    reports,
    authority,
)
UNIONS: dict[str, TypeAdapter[Any]] = {
    "AnyDutyCommand": duty.duty_command_adapter,
    "AnyDutyEvent": duty.duty_event_adapter,
    "AnyRoomCommand": room.room_command_adapter,
    "AnyRoomEvent": room.room_event_adapter,
}
Schema = dict[str, Any]


def wire_models() -> list[type[Wire]]:
    """Every model of the wire that is sent as such, in the order in which the files tell them."""
    return [
        model
        for module in MODULES
        for model in vars(module).values()
        if inspect.isclass(model)
        and issubclass(model, Wire)
        and model.__module__ == module.__name__
        and model not in (Wire, Command, Event)
    ]


def requested() -> frozenset[str]:
    """Names of all that a client writes: fields with a default may be left out there.

    Commands, and the requests and queries of the route tables, with what stands in them. All else
    the server fills.
    """
    roots: list[type[BaseModel]] = [model for model in wire_models() if issubclass(model, Command)]
    for route in all_routes():
        roots += [model for model in (route.request, route.query) if model is not None]
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [(root, "validation") for root in roots]
    return frozenset(models_json_schema(wanted)[1]["$defs"])


def wire_schema() -> Schema:
    """One document; messages, views and the four unions stand in ``$defs``."""
    asked = requested()
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (model, "validation" if model.__name__ in asked else "serialization")
        for model in wire_models()
    ]
    _, document = models_json_schema(wanted, title="Shipinban wire")
    definitions: Schema = document["$defs"]
    if twofold := [name for name in definitions if "-" in name]:
        raise AssertionError(f"sent and received in different shapes: {twofold}")
    for name, text in itertools.chain.from_iterable(map(enum_docstrings, vocabulary_areas())):
        if name in definitions and text:
            definitions[name]["description"] = text
    for model in wire_models():
        _describe(definitions[model.__name__], model)
    for name, adapter in UNIONS.items():
        definitions[name] = _union(adapter)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **document}


def union_members(name: str) -> list[str]:
    return [reference["$ref"].rpartition("/")[2] for reference in _union(UNIONS[name])["oneOf"]]


def _union(adapter: TypeAdapter[Any]) -> Schema:
    written = adapter.json_schema(ref_template="#/$defs/{model}")
    return {"oneOf": written["oneOf"], "discriminator": written["discriminator"]}


def _describe(definition: Schema, model: type[BaseModel]) -> None:
    """Takes the sentences over from the source; inherited ones too, and no inherited docstring."""
    definition.pop("description", None)
    if text := inspect.cleandoc(model.__doc__ or ""):
        definition["description"] = text
    for parent in reversed(model.__mro__):
        for field, text in _field_docstrings(parent):
            if field in definition["properties"]:
                told = text.replace("``None``", "``null``")
                definition["properties"][field]["description"] = told


def _field_docstrings(model: type) -> Iterator[tuple[str, str]]:
    module = inspect.getmodule(model)
    if module not in MODULES:
        return
    for node in _classes(module):
        if node.name == model.__name__:
            yield from _followed_by_text(node.body)


def vocabulary_areas() -> list[ModuleType]:
    return [
        importlib.import_module(f"{vocabulary.__name__}.{area.name}")
        for area in pkgutil.iter_modules(vocabulary.__path__)
    ]


def enum_docstrings(area: ModuleType) -> Iterator[tuple[str, str]]:
    """(name, docstring) of an area's states and kinds; the values' sentences are appended."""
    for node in _classes(area):
        values = [f"- {name.lower()}: {text}" for name, text in _followed_by_text(node.body)]
        yield node.name, "\n".join(filter(None, [ast.get_docstring(node), *values]))


def _classes(module: ModuleType) -> Iterable[ast.ClassDef]:
    tree = ast.parse(inspect.getsource(module))
    return (node for node in tree.body if isinstance(node, ast.ClassDef))


def _followed_by_text(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for statement, following in itertools.pairwise(body):
        match statement, following:
            case (
                ast.AnnAssign(target=ast.Name(name)) | ast.Assign(targets=[ast.Name(name)]),
                ast.Expr(ast.Constant(str(text))),
            ):
                yield name, inspect.cleandoc(text)
