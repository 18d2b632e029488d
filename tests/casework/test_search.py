import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.importing.pinyin import readings
from casework.search import SearchEntry, SearchIndex

NAMES = {
    "RS001": ("城乡居民养老保险参保登记", "Enrolling in the residents' pension"),
    "RS002": ("养老待遇领取资格认证", "Confirming pension eligibility"),
    "GA001": ("居民身份证首次申领", "First identity card"),
    "MZ001": ("重度残疾人护理补贴", "Care subsidy for disabled people"),
    "YH001": ("银行网点委托办", "Bank counters"),
    "SX001": ("西安户籍迁入", "Moving in from Xi'an"),
}
INDEX = SearchIndex(
    SearchEntry(code, code, name, name_en, readings(name))
    for code, (name, name_en) in NAMES.items()
)


def found(query: str) -> list[str]:
    return [entry.code for entry in INDEX.find(query)]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("身份证", "GA001"),
        ("shenfenzheng", "GA001"),
        ("sfz", "GA001"),
        ("shenfz", "GA001"),
        ("ＳＦＺ", "GA001"),
        ("ga001", "GA001"),
        ("identity", "GA001"),
        ("身份 sl", "GA001"),
        ("zhongducanji", "MZ001"),
        ("chongdu", "MZ001"),
        ("yinhang", "YH001"),
        ("yinxing", "YH001"),
        ("xi'an huji", "SX001"),
        ("养老认证", "RS002"),
    ],
)
def test_people_find_it_the_way_they_type(query: str, code: str) -> None:
    assert found(query) == [code]


@pytest.mark.parametrize("query", ["shenfenzhengx", "护照", "证身份", "x", "ga002", "身份 养老"])
def test_what_is_not_there_is_not_found(query: str) -> None:
    assert "GA001" not in found(query)


def test_a_name_that_begins_so_comes_before_one_that_contains_it() -> None:
    assert found("养老") == ["RS002", "RS001"]
    assert found("yl") == ["RS002", "RS001"]


def test_an_empty_query_gives_the_first_by_code() -> None:
    assert found("  ") == sorted(NAMES)
    assert [entry.code for entry in INDEX.find("", limit=2)] == ["GA001", "MZ001"]


@given(st.sampled_from(sorted(NAMES)), st.data())
def test_any_stretch_of_a_name_finds_it_in_characters_pinyin_and_initials(
    code: str, data: st.DataObject
) -> None:
    name = NAMES[code][0]
    start = data.draw(st.integers(0, len(name) - 2))
    end = data.draw(st.integers(start + 2, len(name)))
    fields = [field.split("|") for field in readings(name).split(" ")][start:end]
    chosen = [data.draw(st.sampled_from(field)) for field in fields]
    spelling = "".join(reading[: data.draw(st.integers(1, len(reading)))] for reading in chosen)
    assert code in found(name[start:end])
    assert code in found("".join(chosen))
    assert code in found("".join(reading[0] for reading in chosen))
    assert code in found(spelling)


@given(st.text(max_size=80))
def test_no_query_breaks_the_search(query: str) -> None:
    assert set(found(query)) <= NAMES.keys()
