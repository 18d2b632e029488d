import pytest

from casework.masked_text import mask_numbers


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("身份证44162519480305122X，已核对", "身份证441***********122X，已核对"),
        ("电话 13800138000", "电话 138****8000"),
        ("受理号 441625-20261122-00017", "受理号 441625-20261122-00017"),
        ("银行卡 6222021234567890123", "银行卡 6222021234567890123"),
        ("三人，120平方米", "三人，120平方米"),
    ],
)
def test_numbers_of_people_are_masked_and_nothing_else(text: str, shown: str) -> None:
    assert mask_numbers(text) == shown
