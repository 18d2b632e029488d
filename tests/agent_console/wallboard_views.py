"""What the edge answers to a wallboard, for page tests."""

from tests.agent_console.fake_server import now_ms
from tests.village_client.views import JSON, an_id


def live_call(number: int, quality: str = "good", **more: object) -> JSON:
    return {
        "id": an_id(800 + number),
        "label": f"K0{number:02}",
        "item_name": "城乡居民养老待遇资格认证",
        "item_name_en": "Pension qualification check",
        "window_name": ("曹屋村联办窗口", "仙坑村联办窗口", "新回龙镇服务点")[number % 3],
        "window_name_en": ("Caowu village", "Xiankeng village", "Xinhuilong point")[number % 3],
        "helper_name": "陈帮办",
        "helper_name_en": "Helper Chen",
        "agent_name": "王坐席",
        "agent_name_en": "Agent Wang",
        "started_ms": now_ms() - number * 95_000,
        "quality": quality,
        "recording_state": "recording",
        **more,
    }


def wallboard(**more: object) -> JSON:
    """A busy morning."""
    states = {
        "available": 0, "offered": 2, "in_call": 5, "wrap_up": 1, "away": 3, "offline": 9,
    }  # fmt: skip
    calls = [
        live_call(7, "fair"),
        live_call(5),
        live_call(4, "poor", recording_state="failed"),
        live_call(2),
        live_call(0, "unknown"),
    ]
    never = {"id": an_id(850), "name": "下屯村联办窗口", "name_en": "Xiatun", "checked_ms": None}
    old = {**never, "id": an_id(851), "name": "红星村窗口", "checked_ms": now_ms() - 90_000_000}
    return {
        "at_ms": now_ms(),
        "scope_name": "东源县",
        "scope_name_en": "Dongyuan County",
        "limits": {
            "waiting_watch": 3,
            "waiting_alarm": 8,
            "wait_watch_s": 60,
            "wait_alarm_s": 180,
            "in_time_s": 60,
            "in_time_watch": 0.9,
            "in_time_alarm": 0.8,
            "abandoned_watch": 0.05,
            "abandoned_alarm": 0.1,
        },
        "queue": {
            "waiting": 4,
            "ringing": 2,
            "waiting_level": "watch",
            "longest_since_ms": now_ms() - 205_000,
            "longest_level": "alarm",
        },
        "day": {
            "tickets": 58,
            "in_time": 51,
            "due": 56,
            "in_time_share": 51 / 56,
            "in_time_level": "good",
            "abandoned": 1,
            "abandoned_level": "good",
        },
        "agents": {
            "states": [{"state": state, "agents": many} for state, many in states.items()],
            "on_duty": 8,
            "level": "watch",
        },
        "calls": {"total": 5, "calls": calls, "level": "alarm"},
        "recordings": {
            "days": 7, "failed": 1, "interrupted": 0, "not_stored": 0, "level": "alarm",
        },
        "windows": {
            "today": 43, "earlier": 1, "never": 1, "listed": [never, old], "level": "alarm",
        },
        "cases": {"overdue": 0, "level": "good"},
        **more,
    }  # fmt: skip
