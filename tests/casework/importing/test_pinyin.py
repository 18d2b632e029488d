import pytest

from casework.importing.pinyin import initials, readings, romanised_name


def test_the_reading_in_the_word_comes_first_and_the_others_are_kept() -> None:
    first, *others = readings("重度").split(" ")[0].split("|")
    assert first == "zhong"
    assert "chong" in others
    assert readings("银行").split(" ")[1].startswith("hang|")


def test_every_character_has_a_field_of_its_own() -> None:
    for name in ["C1驾照（换领）", "“两癌”救助 申请", "12345"]:
        assert len(readings(name).split(" ")) == len(name.replace(" ", ""))


def test_initials_spell_polyphones_in_every_way_up_to_a_limit() -> None:
    assert initials("社保") == "sb"
    assert {"zd", "cd"} <= set(initials("重度").split())
    assert len(initials("重重重重重重重重").split()) == 16


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("陈美玲", "Chen Meiling"),
        ("欧阳春花", "Ouyang Chunhua"),
        ("曾秋菊", "Zeng Qiuju"),
        ("区锦峰", "Ou Jinfeng"),
        ("李", "Li"),
    ],
)
def test_names_in_letters_have_the_surname_first(name: str, letters: str) -> None:
    assert romanised_name(name) == letters
