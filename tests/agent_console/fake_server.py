"""The console's and supervision's pages before a server that is not there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from playwright.sync_api import Page, Route, WebSocketRoute

from tests.agent_console import views
from tests.page_server import SIGNED_OUT, PageServer, now_ms, room_address, wait
from tests.village_client import views as window_views
from tests.village_client.views import JSON, an_id

__all__ = ["ORIGIN", "FakeServer", "now_ms"]

ORIGIN = "https://console.test"
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="160" height="90"></svg>'


@dataclass
class FakeServer(PageServer):
    origin = ORIGIN
    part = "agent_console"
    pages: ClassVar[Mapping[str, str]] = {
        "/console": "index.html",
        "/supervision": "supervision.html",
        "/api/docs": "api.html",
    }

    case: JSON = field(default_factory=lambda: window_views.case(consent="yes"))
    me: JSON | None = field(default_factory=lambda: views.me("console", "agent"))
    agent: JSON | None = None
    queue: list[JSON] = field(default_factory=list)
    offer: JSON | None = None
    refusals: dict[str, tuple[int, JSON]] = field(default_factory=dict)

    def show(self) -> None:
        state = {"agent": self.agent, "queue": self.queue, "offer": self.offer}
        more = {"call": self.call, "call_backs": self.call_backs}
        self.tell(self.duty, {"type": "console.state", **state, **more})

    def await_command(self, page: Page, kind: str) -> JSON:
        """The last one of its kind."""
        wait(page, lambda: any(one["type"] == kind for one in self.commands))
        return next(one for one in reversed(self.commands) if one["type"] == kind)

    def wait(self, page: Page, reached: Callable[[], bool]) -> None:
        wait(page, reached)

    def _results(self) -> dict[str, JSON]:
        room = room_address("t")
        return {
            "offer.accept": {"call": self.call, "room": room},
            "room.enter": {"room": room},
            "page.request": {"request": an_id(700)},
        }

    def _welcome(self, socket: WebSocketRoute, _hello: JSON) -> None:
        if socket is self.duty:
            self.tell(socket, self._welcome_to_duty(an_id(3)))
            self.show()
            return
        self.room = socket
        self.tell(socket, self._welcome_to_room("agent", {"kind": "window", "name": "陈帮办"}))

    def _answer(self, route: Route) -> None:
        if route.request.url.endswith("/rendition"):
            route.fulfill(body=PICTURE, content_type="image/svg+xml")
            return
        super()._answer(route)

    def _found(self, path: str, _body: JSON) -> tuple[int, JSON]:
        if path in self.refusals:
            return self.refusals[path]
        if path == "/api/config":
            return 200, self.answers.get(path, window_views.config())
        if path.endswith("/me"):
            return (401, SIGNED_OUT) if self.me is None else (200, self.me)
        endings = {
            "/keeping": views.keeping(),
            "/moments": {"forms": [], "signatures": []},
            "/marks": {"marks": [], "blind": False},
            "/loudness": {"duration_ms": 60_000, "voices": [], "quiet": []},
        }
        ending = path[path.rfind("/") :]
        if ending in endings:
            return 200, self.answers.get(path, endings[ending])
        usual: dict[str, JSON] = {
            "/api/console/colleagues": {"colleagues": [], "skill_groups": []},
            "/api/console/calls": views.call_list(),
            "/api/supervision/organisations": {"organisations": []},
            "/api/supervision/staff": {"staff": []},
        }
        return 200, self.answers.get(path, usual.get(path, {}))
