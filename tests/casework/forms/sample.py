"""A form with a question of every kind."""

from typing import Any

FORM: dict[str, Any] = {
    "title": "申请表",
    "title_en": "Application",
    "type": "object",
    "properties": {
        "name": {"type": "string", "title": "姓名", "title_en": "Name", "maxLength": 40},
        "kind": {
            "type": "string",
            "title": "类别",
            "title_en": "Kind",
            "enum": ["甲", "乙"],
            "enum_en": ["A", "B"],
        },
        "born": {"type": "string", "title": "日期", "title_en": "Date", "format": "date"},
        "count": {
            "type": "integer",
            "title": "人数",
            "title_en": "People",
            "minimum": 0,
            "maximum": 20,
        },
        "agreed": {"type": "boolean", "title": "同意", "title_en": "Agreed"},
        "members": {
            "type": "array",
            "title": "成员",
            "title_en": "Members",
            "items": {"type": "string", "maxLength": 20},
            "maxItems": 3,
        },
    },
    "required": ["name"],
}
