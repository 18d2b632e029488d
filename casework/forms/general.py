"""The application that every item has which brings no form of its own."""

from casework.forms.schema import FormSchema, parse_form
from casework.tables import ServiceItem

GENERAL_FORM = parse_form(
    {
        "title": "通用申请表",
        "title_en": "General application",
        "type": "object",
        "properties": {
            "applicant": {
                "type": "string",
                "title": "申请人姓名",
                "title_en": "Applicant",
                "minLength": 1,
                "maxLength": 80,
                "fill_with": "subject_name",
            },
            "address": {
                "type": "string",
                "title": "常住地址",
                "title_en": "Address",
                "maxLength": 120,
            },
            "matter": {
                "type": "string",
                "title": "申请事由",
                "title_en": "What is applied for",
                "minLength": 1,
                "maxLength": 500,
            },
            "delivery": {
                "type": "string",
                "title": "结果领取方式",
                "title_en": "How the result is received",
                "enum": ["窗口领取", "邮寄送达", "电子送达"],
                "enum_en": ["At the window", "By post", "Electronically"],
            },
            "remarks": {
                "type": "string",
                "title": "备注",
                "title_en": "Remarks",
                "maxLength": 500,
            },
        },
        "required": ["applicant", "matter", "delivery"],
    }
)


def form_of(item: ServiceItem) -> FormSchema:
    """Forms are checked when items are imported; what is stored is one that we take."""
    return GENERAL_FORM if item.form is None else parse_form(item.form)
