"""The page that needs no script: where to go."""

from collections.abc import Mapping

PAGE_TEXTS: Mapping[str, Mapping[str, str]] = {
    "zh-CN": {
        "title": "视频办",
        "start": "请选择您的页面：",
        "not_built": "页面尚未构建：请在安装目录运行 make pages，然后重新启动。",
        "window": "窗口（帮办员）",
        "console": "坐席台",
        "supervision": "管理",
        "api": "接口说明",
        "other": "English",
    },
    "en": {
        "title": "Shipinban",
        "start": "Choose your page:",
        "not_built": "The pages have not been built: run `make pages` and start again.",
        "window": "Window (helpers)",
        "console": "Console (agents)",
        "supervision": "Supervision",
        "api": "API reference",
        "other": "中文",
    },
}
