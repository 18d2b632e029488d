import pytest

from casework.errors import Invalid
from casework.master_key import MasterKey, WrongKey
from casework.phone import mask, parse_phone
from casework.protected import Field, ProtectedFields

FIELDS = ProtectedFields(MasterKey(bytes(32)))


def test_a_sealed_value_opens_in_its_own_place_only() -> None:
    sealed = FIELDS.seal("441625194910010023", Field.ID_NUMBER, "row")
    assert FIELDS.open(sealed, Field.ID_NUMBER, "row") == "441625194910010023"
    assert sealed != FIELDS.seal("441625194910010023", Field.ID_NUMBER, "row")
    other = ProtectedFields(MasterKey(bytes(31) + b"1"))
    for fields, field, row, given in (
        (FIELDS, Field.PHONE, "row", sealed),
        (FIELDS, Field.ID_NUMBER, "row2", sealed),
        (FIELDS, Field.ID_NUMBER, "row", sealed[:-1]),
        (FIELDS, Field.ID_NUMBER, "row", b""),
        (other, Field.ID_NUMBER, "row", sealed),
    ):
        with pytest.raises(WrongKey):
            fields.open(given, field, row)


def test_equal_values_are_found_by_an_index_that_depends_on_key_and_field() -> None:
    index = FIELDS.index("13800138000", Field.PHONE)
    assert len(index) == 32
    assert index == FIELDS.index("13800138000", Field.PHONE)
    assert index != FIELDS.index("13800138000", Field.ID_NUMBER)
    assert index != ProtectedFields(MasterKey(b"1" * 32)).index("13800138000", Field.PHONE)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("138 0013 8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("(0762) 8831234", "07628831234"),
        ("020-38331234", "02038331234"),
    ],
)
def test_phone_numbers_are_understood_as_people_write_them(text: str, digits: str) -> None:
    assert parse_phone(text) == digits


@pytest.mark.parametrize("text", ["", "12345", "12800138000", "1380013800", "138001380001", "手机"])
def test_what_is_no_phone_number_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match=r"phone\.number"):
        parse_phone(text)


def test_a_masked_phone_number_shows_seven_digits() -> None:
    assert mask("13800138000") == "138****8000"
