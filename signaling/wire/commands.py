"""The registry of a socket's commands: type → (schema, handler)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar, get_args

import pydantic_core
from pydantic import ValidationError

from casework.errors import Invalid
from signaling.wire.base import Command

SocketT = TypeVar("SocketT")
CommandT = TypeVar("CommandT", bound=Command)

Result = Mapping[str, Any] | None
"""What ``done`` carries: values that pydantic can write, or nothing."""
REQUEST_ID_LIMIT = 2**31
FIELDS_TOLD = 20


class Unreadable(Exception):
    """Not JSON, or nothing that could be answered: the socket closes with 4400."""


class Entry(NamedTuple):
    schema: type[Command]
    handle: Callable[[Any, Any], Awaitable[Result]]


class Commands(Generic[SocketT]):
    """``@commands.on(OfferAccept) async def handle_offer_accept(socket, command)``."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def on(
        self, schema: type[CommandT]
    ) -> Callable[
        [Callable[[SocketT, CommandT], Awaitable[Result]]],
        Callable[[SocketT, CommandT], Awaitable[Result]],
    ]:
        name = type_of(schema)

        def register(
            handle: Callable[[SocketT, CommandT], Awaitable[Result]],
        ) -> Callable[[SocketT, CommandT], Awaitable[Result]]:
            expected = "handle_" + name.replace(".", "_")
            if handle.__name__ != expected or name in self._entries:
                raise TypeError(f"the one handler of {name} is called {expected}")
            self._entries[name] = Entry(schema, handle)
            return handle

        return register

    @property
    def types(self) -> frozenset[str]:
        return frozenset(self._entries)

    def entry(self, name: str) -> Entry:
        """Raises :class:`Invalid` for what this socket does not take."""
        try:
            return self._entries[name]
        except KeyError as error:
            raise Invalid("command.unknown", type=name[:40]) from error


class RawCommand(NamedTuple):
    request_id: int
    type: str
    fields: dict[str, Any]


def read_raw(text: str) -> RawCommand:
    """Raises :class:`Unreadable` when there is no way to answer."""
    try:
        value = pydantic_core.from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise Unreadable("not JSON") from error
    if not isinstance(value, dict):
        raise Unreadable("not an object")
    request_id, name = value.get("request_id"), value.get("type")
    if type(request_id) is not int or not 1 <= request_id <= REQUEST_ID_LIMIT:
        raise Unreadable("no request_id")
    if not isinstance(name, str):
        raise Unreadable("no type")
    return RawCommand(request_id, name, value)


def checked(schema: type[CommandT], raw: RawCommand) -> CommandT:
    """Raises :class:`Invalid` naming the wrong fields, never their contents."""
    try:
        return schema.model_validate(raw.fields)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        fields = [
            {"field": ".".join(map(str, problem["loc"])), "problem": problem["type"]}
            for problem in problems[:FIELDS_TOLD]
        ]
        raise Invalid("command.invalid", fields=fields) from None


def type_of(schema: type[Command]) -> str:
    """The one value of the model's ``type``."""
    (name,) = get_args(schema.model_fields["type"].annotation)
    return str(name)
