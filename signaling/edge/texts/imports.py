"""Imported files."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "import.refused": (
        "文件有错误，未导入任何内容，请按列出的各行修改后重新导入",
        "The file has errors and nothing was imported: repair the rows listed and import again",
    ),
}
