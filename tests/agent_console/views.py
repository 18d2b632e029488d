"""What a server would show the console and supervision, as JSON of the wire's own models."""

from signaling.wire import api, live, views
from signaling.wire import evidence as wire_evidence
from tests.village_client.views import JSON, an_id, plain

ITEM = ("城乡居民基本养老保险待遇领取申请", "Claiming a residents' basic pension")
WINDOW = ("新回龙镇库区联办窗口", "Joint window of Xinhuilong")
PLACE = {
    "item_name": ITEM[0],
    "item_name_en": ITEM[1],
    "window_name": WINDOW[0],
    "window_name_en": WINDOW[1],
}


def me(surface: str, *roles: str) -> JSON:
    return plain(
        api.Me.model_validate(
            {
                "staff_id": an_id(3),
                "name": "王坐席",
                "name_en": "Wang",
                "organisation_name": "县人力资源和社会保障局",
                "organisation_name_en": "Human Resources and Social Security",
                "roles": roles,
                "surface": surface,
                "window": None,
            }
        )
    )


def agent(state: str, *, now_ms: int, **more: object) -> JSON:
    known = {"staff_id": an_id(3), "name": "王坐席", "state": state, "since_ms": now_ms - 65_000}
    return plain(views.AgentView.model_validate({**known, **more}))


def queue(now_ms: int) -> list[JSON]:
    """One of each: fresh, long and too long; priority; a town's; another group's."""
    waits_s = (40, 250, 1_000)
    return [
        plain(
            views.QueueEntry.model_validate(
                {
                    **PLACE,
                    "ticket_id": an_id(200 + index),
                    "label": f"K{index + 17:03d}",
                    "level": "town" if index == 1 else "county",
                    "waiting_since_ms": now_ms - wait_s * 1000,
                    "priority": index == 0,
                    "place": index + 1,
                    "mine": index != 2,
                }
            )
        )
        for index, wait_s in enumerate(waits_s)
    ]


def offer(*, now_ms: int, **more: object) -> JSON:
    known = {
        **PLACE,
        "id": an_id(300),
        "ticket_id": an_id(30),
        "label": "K017",
        "helper_name": "陈帮办",
        "subject_name": "李桂香",
        "priority": True,
        "advice_only": False,
        "may_decide": True,
        "waiting_since_ms": now_ms - 42_000,
        "deadline_ms": now_ms + 20_000,
    }
    return plain(views.OfferView.model_validate({**known, **more}))


def page(number: int, **more: object) -> JSON:
    known = {
        "id": an_id(400 + number),
        "case_id": an_id(20),
        "material_id": an_id(100),
        "kind": "original",
        "state": "ready",
        "replaces_page_id": None,
        "width_px": 3840,
        "height_px": 2160,
        "total_bytes": 900_000,
        "received_bytes": 900_000,
        "sha256": "ab" * 32,
        "position_ms": 5_000,
        "created_ms": number,
    }
    return plain(views.PageView.model_validate({**known, **more}))


def call_brief(*, now_ms: int, recording: str | None = "verified") -> JSON:
    return plain(
        api.CallBrief.model_validate(
            {
                **PLACE,
                "id": an_id(50),
                "label": "K017",
                "home_organisation_name": "新回龙镇",
                "home_organisation_name_en": "Xinhuilong Town",
                "helper_name": "陈帮办",
                "agent_name": "王坐席",
                "subject_name": "李桂香",
                "case_number": "441625-20261122-00001",
                "started_ms": now_ms - 3_600_000,
                "ended_ms": now_ms - 3_100_000,
                "end_reason": "finished",
                "outcome": "received",
                "rating": "satisfied",
                "recording_state": recording,
            }
        )
    )


def call_detail(case: JSON, *, now_ms: int, recording: str = "verified") -> JSON:
    stream = {
        "participant_kind": "window",
        "participant_name": "陈帮办",
        "participant_name_en": "Chen Bangban",
        "media_type": "video/webm",
        "duration_ms": 59_000,
        "size_bytes": 1,
    }
    streams = [
        {**stream, "id": an_id(501), "kind": "audio_camera", "start_offset_ms": 0, "gaps": []},
        {
            **stream,
            "id": an_id(502),
            "kind": "document",
            "start_offset_ms": 700,
            "gaps": [[20_000, 24_000, "hold"]],
        },
    ]
    events = [
        ("call.started", 0, {}),
        ("hold.changed", 20_000, {"on": True, "by": "agent"}),
        ("hold.changed", 24_000, {"on": False, "by": "agent"}),
        ("something.new", 30_000, {}),
        ("call.ended", 60_000, {"reason": "finished"}),
    ]
    return plain(
        api.CallDetail.model_validate(
            {
                "call": call_brief(now_ms=now_ms, recording=recording),
                "cases": [case],
                "notes": "材料齐全。",
                "events": [
                    {
                        "kind": kind,
                        "position_ms": at,
                        "actor_name": None,
                        "actor_name_en": None,
                        "body": body,
                    }
                    for kind, at, body in events
                ],
                "pages": [page(0)],
                "recording": {
                    "id": an_id(500),
                    "state": recording,
                    "state_reason": "",
                    "duration_ms": 60_000,
                    "streams": streams,
                },
                "views": [view(now_ms)],
            }
        )
    )


def view(now_ms: int) -> JSON:
    known = {"id": an_id(600), "staff_name": "程雅琴", "reason": "质检抽查", "opened_ms": now_ms}
    return plain(api.ViewView.model_validate(known))


def call_list(*calls: JSON) -> JSON:
    return {"calls": list(calls), "total": len(calls), "page": 1, "page_size": 50}


def evidence(*, now_ms: int, **changes: object) -> JSON:
    """Of the recording of :func:`call_detail`, verified; with a request that waits."""
    files = [
        {"kind": kind, "size_bytes": size, "sha256": digit * 64, "gaps": gaps}
        for kind, size, digit, gaps in (
            ("audio_camera", 48_300_000, "a", 0),
            ("document", 9_120_000, "b", 1),
        )
    ]
    waiting = {
        "id": an_id(700),
        "state": "requested",
        "requested_by": "程雅琴",
        "reason": "法院调取：行政诉讼举证",
        "requested_ms": now_ms - 600_000,
        "decided_by": "",
        "decided_ms": None,
        "decision_note": "",
        "expires_ms": None,
        "downloads": 0,
        "may_decide": True,
        "may_download": False,
    }
    approved = {
        **waiting,
        "id": an_id(701),
        "state": "approved",
        "decided_by": "何志远",
        "decided_ms": now_ms - 300_000,
        "expires_ms": now_ms + 600_000_000,
        "downloads": 1,
        "may_decide": False,
        "may_download": True,
    }
    known = {
        "recording_id": an_id(500),
        "state": "verified",
        "state_reason": "",
        "signed_by": "call",
        "manifest_sha256": "c" * 64,
        "verified_ms": now_ms - 3_000_000,
        "links": 84,
        "head": "d" * 64,
        "head_kind": "end",
        "head_ms": now_ms - 3_000_000,
        "heads": 8,
        "events": 21,
        "files": [{"participant_name": "陈帮办", **file} for file in files],
        "exports": [waiting, approved],
        **changes,
    }
    return plain(wire_evidence.EvidenceView.model_validate(known))


def keeping(**more: object) -> JSON:
    """How a call's recording is kept."""
    return {
        "retention_class": "standard",
        "kept_until_ms": 1_960_000_000_000,
        "place": "remote",
        "holds": [],
        "other_holds": 0,
        "watched": [],
        "listened": [],
        "tombstones": [],
        **more,
    }


def hold(number: int, **more: object) -> JSON:
    return {
        "id": an_id(number),
        "call_id": an_id(50),
        "call_label": "K017",
        "home_organisation_name": "新回龙镇",
        "home_organisation_name_en": "Xinhuilong",
        "line": "county",
        "mine": True,
        "reason": "群众投诉，调查期间保留",
        "placed_by_name": "县级主管",
        "placed_by_name_en": "County Supervisor",
        "placed_ms": 1_790_000_000_000,
        "lifted_ms": None,
        "lift_reason": "",
        **more,
    }


def watched(**more: object) -> JSON:
    return {
        "view_id": an_id(520),
        "kind": "watched",
        "staff_name": "镇级主管",
        "staff_name_en": "Town Supervisor",
        "organisation_name": "新回龙镇",
        "organisation_name_en": "Xinhuilong",
        "reason": "质检抽查",
        "opened_ms": 1_790_000_000_000,
        "last_served_ms": 1_790_000_060_000,
        "served_bytes": 2_400_000,
        **more,
    }


def listened(**more: object) -> JSON:
    names = ("staff_name", "staff_name_en", "organisation_name", "organisation_name_en", "reason")
    return {name: value for name, value in watched().items() if name in names} | {
        "id": an_id(521),
        "modes": ["listen", "whisper"],
        "joined_ms": 1_790_000_010_000,
        "ended_ms": 1_790_000_085_000,
        **more,
    }


def live_call(*, now_ms: int) -> JSON:
    people = {
        "helper_name": "陈帮办",
        "helper_name_en": "Chen",
        "agent_name": "王坐席",
        "agent_name_en": "Wang",
    }
    facts = {
        "id": an_id(50),
        "label": "K017",
        "started_ms": now_ms - 187_000,
        "quality": "good",
        "recording_state": "recording",
    }
    return plain(live.LiveCall.model_validate({**PLACE, **people, **facts}))


def retention(*changes: JSON) -> JSON:
    years = {"brief": 1, "standard": 5, "long": 10, "permanent": None}
    terms = [{"retention_class": name, "years": number} for name, number in years.items()]
    return {"terms": terms, "changes": list(changes)}


def retention_change(**more: object) -> JSON:
    return {
        "id": an_id(540),
        "retention_class": "long",
        "from_years": 10,
        "to_years": 6,
        "reason": "存储空间有限，县档案局已同意",
        "state": "proposed",
        "proposed_by_name": "县级主管",
        "proposed_by_name_en": "County Supervisor",
        "proposed_ms": 1_790_000_000_000,
        "decided_by_name": None,
        "decided_ms": None,
        **more,
    }


def storage(**more: object) -> JSON:
    return {
        "store": "s3://recordings/county (https://store.example)",
        "places": {"local": 1, "uploading": 3, "remote": 1_204},
        "waiting": 4,
        "oldest_waiting_ms": 1_790_000_000_000,
        "problems": [],
        "free_bytes": 212_000_000_000,
        **more,
    }
