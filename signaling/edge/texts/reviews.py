"""Could-not reports, follow-ups, reviews and draws."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "could_not.text": ("请写明什么事没有办成", "Say what could not be done"),
    "could_not.token": (
        "这个反映入口无效，请告诉窗口工作人员由其代为反映",
        "This way to report is not valid: ask the helper at the window to report it",
    ),
    "could_not.expired": (
        "反映入口已过时，请告诉窗口工作人员由其代为反映",
        "The time for reporting here is over: ask the helper at the window to report it",
    ),
    "could_not.told": (
        "您的反映已经收到，协调人员会与您联系",
        "Your report has been received; a coordinator will get in touch",
    ),
}
