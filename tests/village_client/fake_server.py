"""The window's and the resident's pages before a server that is not there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from playwright.sync_api import Page, WebSocketRoute

from tests.page_server import SIGNED_OUT, PageServer, now_ms, room_address, wait
from tests.village_client import views
from tests.village_client.views import JSON, an_id

__all__ = ["ORIGIN", "FakeServer", "now_ms", "shown"]

ORIGIN = "https://window.test"
RECEIPT: JSON = {"number": "B20261127-0003", "due_ms": 1_795_316_400_000}


@dataclass
class FakeServer(PageServer):
    origin = ORIGIN
    part = "village_client"
    pages: ClassVar[Mapping[str, str]] = {
        "/window": "index.html",
        "/window/resident": "resident.html",
    }

    case: JSON = field(default_factory=views.case)
    signed_in: bool = True
    ticket: JSON | None = None
    last_call: JSON | None = None
    towns: JSON = field(default_factory=lambda: {"everywhere": True, "town_ids": []})
    """Whose residents an item is open to."""
    taken: JSON = field(default_factory=dict)
    """What ``ticket.take`` is answered with."""
    resident: WebSocketRoute | None = None

    def show(self) -> None:
        state = {"ticket": self.ticket, "call": self.call, "call_backs": self.call_backs}
        self.tell(self.duty, {"type": "window.state", **state, "last_call": self.last_call})

    def await_resident(self, page: Page) -> None:
        wait(page, lambda: self.resident is not None)

    def await_command(self, page: Page, kind: str) -> None:
        """As the last of all."""
        wait(page, lambda: self.commands[-1]["type"] == kind)

    def _results(self) -> dict[str, JSON]:
        return {"ticket.take": self.taken, "room.enter": {"room": room_address("w")}}

    def _welcome(self, socket: WebSocketRoute, hello: JSON) -> None:
        if socket is self.duty:
            self.tell(socket, self._welcome_to_duty(an_id(2)))
            self.show()
        elif hello["token"].startswith("r"):
            self.resident = socket
            self.tell(socket, self._welcome_to_window())
        else:
            self.room = socket
            self.tell(socket, {**self._welcome_to_window(), "resident_token": "r" * 43})

    def _welcome_to_window(self) -> JSON:
        welcome = self._welcome_to_room("window", {"kind": "agent", "name": "王坐席"})
        # The room in which devices are checked has neither.
        return welcome if self.call else {**welcome, "cases": [], "participants": []}

    def _found(self, path: str, body: JSON) -> tuple[int, JSON]:
        if path == "/api/config":
            return 200, views.config()
        if path == "/api/window/sign-in":
            self.signed_in = True
        if not self.signed_in:
            return (200, {}) if path == "/api/rating" else (401, SIGNED_OUT)
        if path.endswith("/consent"):
            self.case = {**self.case, "consent": body["answer"]}
        answers: dict[str, JSON] = {
            "/api/window/me": views.me(),
            "/api/window/sign-in": views.me(),
            "/api/window/items": views.items_found(),
            "/api/window/check-room": room_address("w"),
            "/api/window/towns": {"organisations": []},
        }
        if path.endswith("/towns") and path != "/api/window/towns":
            return 200, self.towns
        if path in self.answers:
            return 200, self.answers[path]
        if path.endswith(("/could-not", "/could-not/by-resident")):
            return 200, RECEIPT
        if path.startswith("/api/window/items/"):
            return 200, views.item()
        if path.endswith("/materials"):
            return 200, views.materials_view()
        if path.startswith("/api/window/cases"):
            return 200, self.case
        return 200, answers.get(path, {})


def shown(page: Page, expression: str) -> None:
    """Waits until ``expression`` holds in the page; Playwright's own wait needs ``eval`` there."""
    wait(page, lambda: bool(page.evaluate(expression)))
