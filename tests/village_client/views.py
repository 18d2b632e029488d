"""What a server would show a window page, as plain JSON: checked against the wire's models."""

from typing import Any

from casework.consent_text import TEXTS, VERSION
from signaling.wire import api, authority, views
from signaling.wire.base import Wire

JSON = dict[str, Any]


def an_id(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012d}"


def plain(model: Wire) -> JSON:
    shown: JSON = model.model_dump(mode="json")
    return shown


def config(*, demo: bool = True) -> JSON:
    return plain(
        api.Config(
            version="1.0",
            county_name="东源县",
            county_name_en="Dongyuan County",
            demo=demo,
            consent_text_version=VERSION,
            consent_text={"zh-CN": TEXTS[VERSION]["zh-CN"], "en": TEXTS[VERSION]["en"]},
        )
    )


def me() -> JSON:
    window = api.WindowBrief.model_validate(
        {
            "id": an_id(1),
            "name": "新回龙镇库区联办窗口",
            "name_en": "Joint window of Xinhuilong",
            "place": "村委会一楼",
            "kind": "joint",
            "uplink_bps": None,
            "checked_ms": None,
        }
    )
    return plain(
        api.Me.model_validate(
            {
                "staff_id": an_id(2),
                "name": "陈帮办",
                "name_en": "Helper Chen",
                "organisation_name": "新回龙镇",
                "organisation_name_en": "Xinhuilong Town",
                "roles": ["helper"],
                "surface": "window",
                "window": window,
            }
        )
    )


MATERIALS = (
    ("居民身份证", "Identity card", "required", "原件，正反面", "original, both sides"),
    ("城乡居民基本养老保险待遇领取申请表", "Pension application form", "required", "", ""),
    ("社会保障卡", "Social security card", "exempt", "", ""),
    ("户口簿", "Household register", "may_follow", "首页和本人页", ""),
)


def materials() -> list[JSON]:
    return [
        {
            "id": an_id(100 + position),
            "position": position,
            "name": name,
            "name_en": english,
            "requirement": requirement,
            "copies": 1,
            "note": note,
            "note_en": note_en,
            "checked": position == 0,
        }
        for position, (name, english, requirement, note, note_en) in enumerate(MATERIALS)
    ]


def item(number: int = 0) -> JSON:
    return plain(
        views.ItemView.model_validate(
            {
                "id": an_id(10 + number),
                "code": f"RS-{number:03d}",
                "version": 1,
                "name": ITEMS[number][0],
                "name_en": ITEMS[number][1],
                "department_name": "县人力资源和社会保障局",
                "department_name_en": "Human Resources and Social Security",
                "video_level": "county",
                "modes": ["advice", "guidance", "assisted"],
                "immediate": number % 2 == 1,
                "time_limit_days": 10,
                "joint": True,
                "delegated": number == 0,
                "cross_area": number == 2,
                "recording_required": False,
                "authority_source": "国务院关于建立统一的城乡居民基本养老保险制度的意见",
                "authority_document": "国发〔2014〕8号",
                "guide": {
                    "conditions": "年满 60 周岁、累计缴费满 15 年，且未领取其他基本养老待遇。",
                    "steps": ["窗口提出申请", "坐席核对材料", "审核并告知结果"],
                    "fees": "不收费",
                },
                "materials": materials(),
            }
        )
    )


ITEMS = (
    ("城乡居民基本养老保险待遇领取申请", "Claiming a residents' basic pension"),
    ("城乡居民基本养老保险待遇领取资格认证", "Yearly check of pension entitlement"),
    ("出生医学证明和户口登记", "Registering a birth"),
    ("残疾人证办理", "Issuing a disability certificate"),
    ("农村宅基地批准", "Approval of a rural house plot"),
)


def items_found() -> JSON:
    flags = ("id", "code", "name", "name_en", "department_name", "department_name_en")
    more = ("immediate", "joint", "delegated", "cross_area")
    found = [
        api.ItemBrief.model_validate(
            {**{name: item(number)[name] for name in (*flags, *more)}, "video": True}
        )
        for number in range(len(ITEMS))
    ]
    return plain(api.ItemsFound(items=found, total=len(found)))


def case(*, consent: str | None = None, state: str = "draft", relation: str = "self") -> JSON:
    return plain(
        views.CaseView.model_validate(
            {
                "id": an_id(20),
                "number": None if state == "draft" else "DY-20261122-0017",
                "state": state,
                "mode": "assisted",
                "item": item(),
                "window_name": "新回龙镇库区联办窗口",
                "window_name_en": "Joint window of Xinhuilong",
                "subject_name": "李桂香",
                "subject_id_number": "441***********1234",
                "subject_phone": "138****0000",
                "registered_organisation_name": "新回龙镇",
                "elderly": True,
                "disabled": False,
                "present_name": "李桂香",
                "present_relation": relation,
                "deciding_organisation_name": "县人力资源和社会保障局",
                "deciding_organisation_name_en": "Human Resources and Social Security",
                "consent": consent,
                "pages": [],
                "created_ms": 0,
            }
        )
    )


def ticket(state: str, *, now_ms: int, advice_only: bool = False) -> JSON:
    waiting = state == "waiting"
    return plain(
        views.TicketView.model_validate(
            {
                "id": an_id(30),
                "label": "K017",
                "case_id": an_id(20),
                "state": state,
                "level": "county",
                "skill_group_name": "社会保障组",
                "skill_group_name_en": "Social security",
                "place": 3 if waiting else None,
                "ahead": 2 if waiting else None,
                "agents_on_duty": 4,
                "estimate": {"from_s": 240, "to_s": 540} if waiting else None,
                "waiting_since_ms": now_ms - 95_000,
                "advice_only": advice_only,
            }
        )
    )


def call_back(*, due_ms: int, state: str = "open") -> JSON:
    return plain(
        views.CallBackView.model_validate(
            {
                "id": an_id(40),
                "case_id": an_id(20),
                "item_name": ITEMS[0][0],
                "item_name_en": ITEMS[0][1],
                "window_name": "新回龙镇库区联办窗口",
                "window_name_en": "Joint window of Xinhuilong",
                "subject_name": "李桂香",
                "reason": "closed",
                "state": state,
                "due_ms": due_ms,
                "owner_staff_id": None,
                "owner_name": None,
                "mine": False,
                "created_ms": 0,
            }
        )
    )


def call(*, now_ms: int) -> JSON:
    return plain(
        views.CallView.model_validate(
            {
                "id": an_id(50),
                "ticket_id": an_id(30),
                "label": "K017",
                "case_ids": [an_id(20)],
                "agent_name": "王坐席",
                "helper_name": "陈帮办",
                "window_name": "新回龙镇库区联办窗口",
                "window_name_en": "Joint window of Xinhuilong",
                "recorded": True,
                "may_decide": True,
                "started_ms": now_ms - 187_000,
            }
        )
    )


def listener(mode: str, *, now_ms: int, participant_id: str | None = None) -> JSON:
    """A supervisor in a running call, as everybody in it is shown."""
    known = {
        "participant_id": participant_id or an_id(64),
        "name": "镇级主管",
        "name_en": "Town Supervisor",
        "unit_name": "新回龙镇",
        "unit_name_en": "Xinhuilong",
        "mode": mode,
        "since_ms": now_ms,
    }
    return plain(views.ListenerView.model_validate(known))


def last_call(*, settled: bool = False, rated: bool = False) -> JSON:
    cases = [an_id(20)]
    return {
        "call_id": an_id(50),
        "case_ids": cases,
        "settled_case_ids": cases if settled else [],
        "rated": rated,
    }


def materials_view(**changes: object) -> JSON:
    """The checklist as the server tells it: the first line was sent back."""
    lines: list[JSON] = [
        {"material": {**line, "checked": False}, "state": "missing", "given": []}
        for line in materials()
    ]
    lines[0] |= {
        "state": "sent_back",
        "given": [
            {
                "id": an_id(80),
                "source": "page",
                "state": "sent_back",
                "page_id": an_id(81),
                "sheets": 1,
                "faults": ["glare"],
                "licence_name": "",
                "licence_number": "",
                "earlier_case_number": None,
                "due_ms": None,
                "pick_up_code": "",
                "consignment_number": "",
                "reason": "glare",
                "reason_text": "请避开灯光",
                "created_ms": 0,
            }
        ],
    }
    return {"case_id": an_id(20), "lines": lines, "notice": None, **changes}


def form_view(state: str, version: int = 1) -> JSON:
    return {
        "id": an_id(90),
        "case_id": an_id(20),
        "version": version,
        "state": state,
        "language": "zh-CN",
        "title": "通用申请表",
        "item_name": "养老待遇资格认证",
        "lines": [
            {"key": "applicant", "label": "申请人姓名", "text": "陈秀英"},
            {"key": "matter", "label": "申请事由", "text": "=SUM(A1) 申请认证"},
            {"key": "remarks", "label": "备注", "text": "—"},
        ],
        "declaration": "以上内容由坐席根据本人陈述填写，本人已核对，确认真实无误。",
        "sha256": "ab" * 32,
        "signature_id": None,
        "created_ms": 0,
        "shown_ms": None,
        "confirmed_ms": None,
        "signed_ms": None,
    }


def mandate(state: str = "proposed") -> JSON:
    """On paper, for the matter at hand; nothing of it captured yet."""
    helper = {"id": an_id(2), "name": "陈帮办", "name_en": "Helper Chen"}
    return plain(
        authority.MandateView.model_validate(
            {
                "id": an_id(95),
                "kind": "entrusted",
                "form": "paper",
                "state": state,
                "helper": helper,
                "guardian_name": "",
                "items": [{"code": "RS001", "name": ITEMS[0][0], "name_en": ITEMS[0][1]}],
                "powers": ["hand_in", "sign"],
                "limits": "",
                "from_ms": 0,
                "until_ms": 1_795_316_400_000,
                "once": True,
                "used": False,
                "signature_id": None,
                "spoken": None,
                "terms_sha256": "cd" * 32,
                "pages": [],
                "witness": None,
                "decided_ms": None,
                "reason": "",
                "given_case_id": an_id(20),
                "given_call_id": an_id(50),
                "given_position_ms": None,
            }
        )
    )


def authority_view(*mandates: JSON) -> JSON:
    in_force = [one for one in mandates if one["state"] == "in_force"]
    return {
        "grant_needed": True,
        "grant": None,
        "mandate_needed": True,
        "mandate": in_force[0] if in_force else None,
        "mandates": list(mandates),
        "refusal": None if in_force else "mandate.none",
        "refusal_text": "" if in_force else "代办须有群众本人的委托，请先登记委托",
    }
