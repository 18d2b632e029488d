"""Every command of the protocol has its one handler."""

from typing import get_args

import pytest

from casework.errors import Invalid
from signaling.edge.sockets.console_duty import ConsoleDuty
from signaling.edge.sockets.window_duty import WindowDuty
from signaling.rooms.check_room import check_commands
from signaling.rooms.commands import call_commands
from signaling.wire.commands import Commands, Unreadable, checked, read_raw, type_of
from signaling.wire.duty import AnyDutyCommand, OfferAccept
from signaling.wire.room import AnyRoomCommand


def types_of(union: object) -> set[str]:
    (members, _discriminator) = get_args(union)
    return {type_of(member) for member in get_args(members)} - {"hello"}


def test_every_command_of_the_duty_socket_has_a_handler() -> None:
    assert WindowDuty.commands.types | ConsoleDuty.commands.types == types_of(AnyDutyCommand)


def test_every_command_of_the_room_socket_has_a_handler() -> None:
    assert call_commands.types == types_of(AnyRoomCommand)
    assert check_commands.types < call_commands.types


def test_a_handler_says_its_message_and_stands_alone() -> None:
    commands: Commands[None] = Commands()

    async def handle_offer_accept(socket: None, command: OfferAccept) -> None:
        return None

    async def accept(socket: None, command: OfferAccept) -> None:
        return None

    with pytest.raises(TypeError):
        commands.on(OfferAccept)(accept)
    commands.on(OfferAccept)(handle_offer_accept)
    with pytest.raises(TypeError):
        commands.on(OfferAccept)(handle_offer_accept)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"type":"x"}',
        '{"request_id":0,"type":"x"}',
        '{"request_id":true,"type":"x"}',
        '{"request_id":1}',
        '{"request_id":1,"type":[]}',
        "[" * 60_000,
        '{"request_id":NaN,"type":"x"}',
    ],
)
def test_what_cannot_be_answered_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        read_raw(text)


def test_wrong_fields_are_named_and_their_contents_are_not() -> None:
    raw = read_raw('{"request_id":1,"type":"offer.accept","offer_id":"secret","more":1}')
    with pytest.raises(Invalid) as refused:
        checked(OfferAccept, raw)
    assert refused.value.details["fields"] == [
        {"field": "offer_id", "problem": "string_pattern_mismatch"},
        {"field": "more", "problem": "extra_forbidden"},
    ]
    assert "secret" not in str(refused.value.details)
