"""The staff file: people with home organisation, roles, skill groups and window."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from casework.importing.columns import (
    Column,
    Numbered,
    TableSpec,
    check_names,
    check_unique,
    choice,
    code,
    matching,
    name_only_table,
    read_rows,
    several,
    text,
)
from casework.importing.pinyin import romanised_name
from casework.importing.problems import Report
from casework.importing.sheets import Table
from casework.organisations import LETTERS
from casework.staff import USERNAME, StaffMember
from casework.vocabulary import HelperKind, Role

ROLE_NAMES: Final = {
    Role.HELPER: "帮办员",
    Role.AGENT: "坐席",
    Role.HOME_SUPERVISOR: "本级管理员",
    Role.COUNTY_SUPERVISOR: "县级督导",
    Role.CHIEF_COUNTY_SUPERVISOR: "县级总督导",
    Role.COORDINATOR: "协调帮办",
    Role.SYSTEM_ADMINISTRATOR: "系统管理员",
    Role.SECURITY_ADMINISTRATOR: "安全管理员",
    Role.AUDITOR: "审计员",
}
HELPER_KIND_NAMES: Final = {
    HelperKind.STAFF: "工作人员",
    HelperKind.CADRE: "村干部",
    HelperKind.VOLUNTEER: "志愿者",
    HelperKind.GRID_WORKER: "网格员",
    HelperKind.BANK_COUNTER: "银行柜员",
}

STAFF: Final = TableSpec(
    "staff",
    "人员",
    (
        Column(
            "username",
            "账号",
            matching(
                USERNAME,
                "3至40个小写字母、数字、点或横线",
                "3 to 40 small letters, digits, dots or hyphens",
            ),
        ),
        Column("name", "姓名", text(80)),
        Column("name_en", "英文姓名", text(200), required=False),
        Column("organisation", "所属机构", code),
        Column("roles", "角色", several(choice(Role, ROLE_NAMES))),
        Column(
            "skill_groups",
            "技能组",
            several(matching(LETTERS, "技能组字母", "letters of a skill group")),
            required=False,
            default=(),
        ),
        Column("window", "所在窗口", code, required=False, default=None),
        Column(
            "kind",
            "人员类别",
            choice(HelperKind, HELPER_KIND_NAMES),
            required=False,
            default=HelperKind.STAFF,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class ParsedStaff:
    """The good rows of the file, and in ``report`` what is wrong with the others."""

    members: list[Numbered[StaffMember]]
    report: Report


def parse_staff(tables: Sequence[Table]) -> ParsedStaff:
    """Checks the file by itself; problems are kept for ``import_staff`` to raise."""
    report = Report()
    tables = name_only_table(tables, STAFF)
    check_names(tables, [STAFF], report)
    members = [Numbered(row.row, _member(row.value)) for row in read_rows(tables, STAFF, report)]
    check_unique(STAFF.key, "username", ((r.row, r.value.username) for r in members), report)
    return ParsedStaff(members, report)


def _member(values: dict[str, Any]) -> StaffMember:
    return StaffMember(
        username=values["username"],
        name=values["name"],
        name_en=values["name_en"] or romanised_name(values["name"]),
        organisation_id=values["organisation"],
        roles=values["roles"],
        skill_groups=values["skill_groups"],
        window_id=values["window"],
        kind=values["kind"],
    )
