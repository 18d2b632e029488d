"""The OpenAPI 3.1 document of a route table: routes, roles, models, errors."""

import inspect
import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from signaling.edge.guards import cookie_name
from signaling.edge.route import Route
from signaling.wire.api import ErrorView
from signaling.wire.base import Wire

REFERENCE = "#/components/schemas/{model}"
Document = dict[str, Any]


def openapi_document(routes: Iterable[Route], version: str) -> Document:
    """Sockets and pages are left out: the wire's own reference tells the former."""
    told = [route for route in routes if not route.socket and not _is_page(route)]
    models = _models(told)
    places, schemas = models_json_schema(models, ref_template=REFERENCE)
    paths: Document = {}
    for route in sorted(told, key=lambda route: (route.plain_path, route.method)):
        operation = _operation(route, places)
        paths.setdefault(route.plain_path, {})[route.method.lower()] = operation
    surfaces = sorted({route.surface for route in told if route.surface is not None})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Shipinban",
            "version": version,
            "description": "Every write names the page's own Origin. Times are milliseconds since "
            "1970 UTC. `?lang=en` or Accept-Language chooses the language of error texts.",
        },
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas["$defs"].items())),
            "securitySchemes": {
                surface: {"type": "apiKey", "in": "cookie", "name": cookie_name(surface)}
                for surface in surfaces
            },
        },
    }


def _is_page(route: Route) -> bool:
    return not route.path.startswith(("/api/", "/health")) or route.answer == "text/html"


def _models(routes: Iterable[Route]) -> list[tuple[type[BaseModel], JsonSchemaMode]]:
    asked: dict[type[BaseModel], JsonSchemaMode] = {}
    answered: dict[type[BaseModel], JsonSchemaMode] = {ErrorView: "serialization"}
    for route in routes:
        for model in (route.request, route.query):
            if model is not None:
                asked[model] = "validation"
        if not isinstance(route.answer, str):
            answered[route.answer] = "serialization"
    return [*asked.items(), *answered.items()]


def _operation(route: Route, places: dict[Any, Any]) -> Document:
    handler = route.handler
    operation: Document = {
        "operationId": f"{route.method.lower()}{re.sub(r'[^a-z0-9]+', '_', route.plain_path)}",
        "description": inspect.cleandoc(handler.__doc__ or ""),
        "tags": [route.surface or "public"],
        "parameters": _parameters(route),
        "responses": {
            "200": {"description": "Done.", "content": _content(route.answer, places)},
            "default": {
                "description": "Refused; nothing was changed.",
                "content": _content(ErrorView, places),
            },
        },
    }
    if route.roles:
        operation["security"] = [{route.surface: []}]
        operation["x-roles"] = sorted(route.roles)
    if route.request is not None:
        schema = places[route.request, "validation"]
        operation["requestBody"] = _body("application/json", schema)
    elif route.takes_bytes:
        operation["requestBody"] = _body("application/octet-stream", {})
    return operation


def _body(media_type: str, schema: Document) -> Document:
    return {"required": True, "content": {media_type: {"schema": schema}}}


def _content(answer: type[Wire] | str, places: dict[Any, Any]) -> Document:
    if isinstance(answer, str):
        return {answer: {}}
    return {"application/json": {"schema": places[answer, "serialization"]}}


def _parameters(route: Route) -> list[Document]:
    found: list[Document] = []
    for name, pattern in re.findall(r"\{(\w+)(?::([^}]+))?\}", route.path):
        schema: Document = {"type": "string"}
        if name.endswith("_id"):
            schema["format"] = "uuid"
        elif pattern:
            schema["enum"] = pattern.split("|")
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    if route.query is not None:
        fields = route.query.model_json_schema(ref_template=REFERENCE)
        required = fields.get("required", [])
        for name, schema in fields["properties"].items():
            found.append(
                {"name": name, "in": "query", "required": name in required, "schema": schema}
            )
    return found
