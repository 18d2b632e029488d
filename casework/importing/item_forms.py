"""The third table of the items file: an item's own form, as the JSON text of its questions."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from casework.forms.schema import FORM_BYTES, InvalidForm, read_form
from casework.importing.columns import (
    Column,
    TableSpec,
    check_unique,
    code,
    read_rows,
)
from casework.importing.problems import CellError, Report
from casework.importing.sheets import Table

REASONS: Final = {
    "json": "不是JSON",
    "repeated": "出现多次",
    "too_large": f"超过{FORM_BYTES}字节",
    "characters": "含有不能使用的字符或数字",
    "missing": "缺少",
    "extra_forbidden": "不支持",
    "string_too_short": "不能为空",
    "string_too_long": "文字过长",
    "string_pattern_mismatch": "题目代号应为小写字母开头的字母、数字、下划线，最长40个",
    "too_short": "数量过少",
    "too_long": "数量过多",
    "less_than_equal": "数值过大",
    "greater_than_equal": "数值过小",
    "literal_error": "取值不支持",
    "union_tag_not_found": "题型（type）不支持",
    "union_tag_invalid": "题型（type）不支持",
    "value_error": "前后不一致（required只能列出已有的题目；enum与enum_en须等长且不重复）",
}
"""Why a form is refused, by :class:`~casework.forms.schema.InvalidForm`'s codes."""


def _form(cell: str) -> dict[str, Any]:
    try:
        return read_form(cell).as_json()
    except InvalidForm as error:
        reason = REASONS.get(error.code, "不符合要求")
        zh = f"申请表“{error.place}”{reason}" if error.place else f"申请表{reason}"
        raise CellError(zh, f"The form is not valid: {error}".replace(": : ", ": ")) from None


FORMS: Final = TableSpec(
    "forms",
    "申请表",
    (Column("item", "事项编码", code), Column("schema", "内容", _form)),
    required=False,
)


def parse_forms(
    tables: Sequence[Table], known: set[str], report: Report
) -> Mapping[str, dict[str, Any]]:
    """The forms by item code.

    :param known: the codes of the items in the same file.
    """
    rows = read_rows(tables, FORMS, report)
    check_unique(FORMS.key, "item", ((row.row, row.value["item"]) for row in rows), report)
    for row in rows:
        item = row.value["item"]
        if item not in known:
            zh, en = f"事项“{item}”不在本文件中", f"The item “{item}” is not in this file"
            report.add(FORMS.key, row.row, "item", zh, en)
    return {row.value["item"]: row.value["schema"] for row in rows}
