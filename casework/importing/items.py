"""The items file: service items, their materials in a second table, their forms in a third."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from casework.catalogue import Guide, Material, ServiceItem, item_problems
from casework.importing.columns import (
    Column,
    Numbered,
    Parser,
    TableSpec,
    boolean,
    cells_of,
    check_names,
    check_unique,
    choice,
    code,
    integer,
    matching,
    read_rows,
    several,
    text,
)
from casework.importing.item_forms import FORMS, parse_forms
from casework.importing.pinyin import initials, readings
from casework.importing.problems import Report
from casework.importing.sheets import Table
from casework.organisations import LETTERS
from casework.vocabulary import (
    CaseMode,
    ConsentPolicy,
    DecidingRule,
    Level,
    MaterialRequirement,
    RetentionClass,
)

MAX_MATERIALS: Final = 40


class ReceivingLevel(StrEnum):
    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"


LEVEL_NAMES: Final = {"county": "县", "town": "镇", "village": "村"}
MODE_NAMES: Final = {
    CaseMode.ADVICE: "咨询",
    CaseMode.GUIDANCE: "导办",
    CaseMode.ASSISTED: "帮办",
    CaseMode.DELEGATED: "代办",
}
REQUIREMENT_NAMES: Final = {
    MaterialRequirement.REQUIRED: "必要",
    MaterialRequirement.MAY_FOLLOW: "容缺",
    MaterialRequirement.EXEMPT: "免证",
}
CONSENT_NAMES: Final = {
    ConsentPolicy.ADVICE_ONLY: "仅咨询",
    ConsentPolicy.NO_CALL: "不通话",
}
RETENTION_NAMES: Final = {
    RetentionClass.BRIEF: "短期",
    RetentionClass.STANDARD: "一般",
    RetentionClass.LONG: "长期",
    RetentionClass.PERMANENT: "永久",
}
REGISTERED_TOWN_NAMES: Final = (DecidingRule.REGISTERED_TOWN.value, "户籍镇")


def _flag(key: str, zh: str) -> Column:
    return Column(key, zh, boolean, required=False, default=False)


def _optional(key: str, zh: str, parse: Parser, default: object = None) -> Column:
    return Column(key, zh, parse, required=False, default=default)


def _deciding(cell: str) -> str | None:
    return None if cell in REGISTERED_TOWN_NAMES else code(cell)


ITEMS: Final = TableSpec(
    "items",
    "事项",
    (
        Column("code", "编码", code),
        Column("name", "名称", text(200)),
        Column("name_en", "英文名称", text(200)),
        Column("department", "主管部门", code),
        Column("skill_group", "技能组", matching(LETTERS, "技能组字母", "letters of a group")),
        Column("receiving_levels", "受理层级", several(choice(ReceivingLevel, LEVEL_NAMES))),
        _optional(
            "video_level",
            "视频办层级",
            choice(Level, {level: LEVEL_NAMES[level] for level in Level}),
        ),
        Column("deciding", "决定机构", _deciding),
        Column("authority_source", "法定依据", text(200)),
        Column("authority_document", "文号", text(200)),
        _optional("modes", "办理方式", several(choice(CaseMode, MODE_NAMES)), ()),
        _flag("immediate", "即办"),
        _optional("time_limit_days", "承诺工作日", integer(1, 365)),
        _flag("joint", "联办"),
        _flag("delegated", "帮办代办"),
        _flag("cross_area", "县域通办"),
        Column("conditions", "办理条件", text(2000, lines=True)),
        Column("steps", "办理流程", text(2000, lines=True)),
        _optional("fees", "收费", text(400, lines=True), ""),
        _optional("forms", "表格", text(400, lines=True), ""),
        _optional(
            "consent_policy",
            "不同意录制时",
            choice(ConsentPolicy, CONSENT_NAMES),
            ConsentPolicy.ADVICE_ONLY,
        ),
        _optional(
            "retention_class",
            "录像保存类别",
            choice(RetentionClass, RETENTION_NAMES),
            RetentionClass.STANDARD,
        ),
    ),
)
MATERIALS: Final = TableSpec(
    "materials",
    "材料",
    (
        Column("item", "事项编码", code),
        Column("name", "名称", text(200)),
        Column("name_en", "英文名称", text(200)),
        Column("requirement", "要求", choice(MaterialRequirement, REQUIREMENT_NAMES)),
        _optional("copies", "份数", integer(0, 20), 1),
        _optional("note", "说明", text(400), ""),
        _optional("note_en", "英文说明", text(400), ""),
    ),
    required=False,
)
SPECS: Final = (ITEMS, MATERIALS, FORMS)


@dataclass(frozen=True, slots=True)
class ParsedItems:
    """The good rows of the file, and in ``report`` what is wrong with the others."""

    items: list[Numbered[ServiceItem]]
    report: Report


def parse_items(tables: Sequence[Table]) -> ParsedItems:
    """Checks the file by itself; problems are kept for ``import_items`` to raise."""
    report = Report()
    check_names(tables, SPECS, report)
    known = cells_of(tables, ITEMS, "code")
    materials = _materials(tables, known, report)
    forms = parse_forms(tables, known, report)
    items = [
        Numbered(row.row, _item(row.value, materials, forms))
        for row in read_rows(tables, ITEMS, report)
    ]
    check_unique(ITEMS.key, "code", ((r.row, r.value.code) for r in items), report)
    for row in items:
        for column, zh, en in item_problems(row.value):
            report.add(ITEMS.key, row.row, column, zh, en)
    return ParsedItems(items, report)


def _materials(
    tables: Sequence[Table], known: set[str], report: Report
) -> dict[str, list[Material]]:
    """By item code, in the order of the file."""
    rows = read_rows(tables, MATERIALS, report)
    names = ((r.row, (r.value["item"], r.value["name"])) for r in rows)
    check_unique(MATERIALS.key, "name", names, report)
    by_item: dict[str, list[Material]] = defaultdict(list)
    for row in rows:
        values, item = row.value, row.value["item"]
        if item not in known:
            zh, en = f"事项“{item}”不在本文件中", f"The item “{item}” is not in this file"
            report.add(MATERIALS.key, row.row, "item", zh, en)
        if len(by_item[item]) == MAX_MATERIALS:
            zh, en = f"材料超过{MAX_MATERIALS}项", f"More than {MAX_MATERIALS} materials"
            report.add(MATERIALS.key, row.row, "item", zh, en)
        by_item[item].append(
            Material(
                name=values["name"],
                name_en=values["name_en"],
                requirement=values["requirement"],
                copies=values["copies"],
                note=values["note"],
                note_en=values["note_en"],
            )
        )
    return by_item


def _item(
    values: Mapping[str, Any],
    materials: Mapping[str, Sequence[Material]],
    forms: Mapping[str, Mapping[str, Any]],
) -> ServiceItem:
    deciding: str | None = values["deciding"]
    rule = DecidingRule.REGISTERED_TOWN if deciding is None else DecidingRule.FIXED
    return ServiceItem(
        code=values["code"],
        name=values["name"],
        name_en=values["name_en"],
        department_id=values["department"],
        skill_group_id=values["skill_group"],
        receiving_levels=_in_order(ReceivingLevel, values["receiving_levels"]),
        video_level=values["video_level"],
        deciding_rule=rule,
        deciding_organisation_id=deciding,
        authority_source=values["authority_source"],
        authority_document=values["authority_document"],
        modes=_in_order(CaseMode, values["modes"]),
        immediate=values["immediate"],
        time_limit_days=values["time_limit_days"],
        joint=values["joint"],
        delegated=values["delegated"],
        cross_area=values["cross_area"],
        guide=Guide(values["conditions"], values["steps"], values["fees"], values["forms"]),
        materials=tuple(materials.get(values["code"], ())),
        pinyin=readings(values["name"]),
        initials=initials(values["name"]),
        consent_policy=values["consent_policy"],
        retention_class=values["retention_class"],
        form=forms.get(values["code"]),
    )


def _in_order(kind: type[Any], chosen: Sequence[Any]) -> tuple[Any, ...]:
    """In the order of the enumeration, so that another order in a cell is no new version."""
    return tuple(member for member in kind if member in chosen)
