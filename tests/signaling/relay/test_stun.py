"""STUN messages: what we write we read, aioice reads too, and nothing makes the parser raise."""

import aioice.stun
from hypothesis import given
from hypothesis import strategies as st

from signaling.relay import stun

PWD = "p" * 24
IDENTITY = bytes(range(12))
CHECK = stun.binding_request(IDENTITY, "here:there", PWD)


def test_a_check_of_ours_is_understood_by_another_implementation() -> None:
    message = aioice.stun.parse_message(CHECK)
    assert message.attributes["USERNAME"] == "here:there"
    assert message.check_message_integrity(PWD.encode())
    assert message.transaction_id == IDENTITY


def test_an_answer_names_the_address_it_saw_in_both_families() -> None:
    for host in ("192.0.2.1", "2001:db8::5"):
        answer = stun.success_response(IDENTITY, host, 40_000, PWD)
        message = aioice.stun.parse_message(answer)
        assert message.attributes["XOR-MAPPED-ADDRESS"] == (host, 40_000)
        assert message.check_message_integrity(PWD.encode())


def test_a_check_of_another_implementation_is_understood() -> None:
    theirs = aioice.stun.Message(
        aioice.stun.Method.BINDING,
        aioice.stun.Class.REQUEST,
        transaction_id=IDENTITY,
        attributes={"USERNAME": "here:there", "PRIORITY": 1, "USE-CANDIDATE": None},
    )
    theirs.add_message_integrity(PWD.encode())
    message = stun.parse(bytes(theirs))
    assert message is not None
    assert (message.kind, message.username) == (stun.Kind.REQUEST, "here:there")
    assert message.use_candidate
    assert not message.controlled
    assert stun.is_signed_with(message, PWD)
    assert not stun.is_signed_with(message, PWD + "x")


def test_unsigned_and_unfingerprinted_messages_are_none() -> None:
    theirs = aioice.stun.Message(
        aioice.stun.Method.BINDING, aioice.stun.Class.REQUEST, attributes={"USERNAME": "a:b"}
    )
    assert stun.parse(bytes(theirs)) is None
    theirs.add_fingerprint()
    assert stun.parse(bytes(theirs)) is None
    assert stun.parse(CHECK[:-8]) is None


@given(st.integers(0, len(CHECK) - 1), st.integers(1, 255))
def test_a_changed_byte_is_noticed(at: int, mask: int) -> None:
    changed = bytearray(CHECK)
    changed[at] ^= mask
    assert stun.parse(bytes(changed)) is None


@given(st.binary(max_size=200))
def test_no_bytes_make_the_parser_raise(datagram: bytes) -> None:
    assert stun.parse(datagram) is None


@given(st.binary(max_size=120), st.integers(0, 0xFFFF))
def test_no_attributes_make_the_parser_raise(body: bytes, kind: int) -> None:
    body = body[: len(body) // 4 * 4]
    head = kind.to_bytes(2, "big") + len(body).to_bytes(2, "big") + CHECK[4:20]
    assert stun.parse(head + body) is None
