"""The wheel's build hook: a wheel carries built pages; an editable install uses the work tree's."""

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts import build_web


class PagesBuildHook(BuildHookInterface[Any]):
    def dependencies(self) -> list[str]:
        """The locked Node, as a build requirement, where the machine has none that will do."""
        if build_web.folder_of_node(os.environ.get("PATH", os.defpath)) is not None:
            return []
        lines = (build_web.ROOT / "requirements-node.lock").read_text().splitlines()
        return [line.split()[0] for line in lines if line and not line[0].isspace()]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        if version != "editable":
            with build_web.alone():
                build_web.build()
