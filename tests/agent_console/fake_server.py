"""A server of a few lines for one console or supervision page: its state is what the test sets.

The page's requests never leave the browser: Playwright answers them, with the content policy of the
real edge, so that a page which breaks it fails here.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Route, WebSocketRoute

from signaling.edge.headers import content_policy
from tests.agent_console import views
from tests.village_client import views as window_views
from tests.village_client.views import JSON, an_id

ORIGIN = "https://console.test"
STATIC = Path(__file__).parents[2] / "agent_console" / "static"
PAGES = {"/console": "index.html", "/supervision": "supervision.html", "/api/docs": "api.html"}
MEDIA_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="160" height="90"></svg>'


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class FakeServer:
    me: JSON | None = field(default_factory=lambda: views.me("console", "agent"))
    agent: JSON | None = None
    queue: list[JSON] = field(default_factory=list)
    offer: JSON | None = None
    call: JSON | None = None
    call_backs: list[JSON] = field(default_factory=list)
    case: JSON = field(default_factory=lambda: window_views.case(consent="yes"))
    answers: dict[str, JSON] = field(default_factory=dict)
    """By path, beside the usual ones."""
    refusals: dict[str, tuple[int, JSON]] = field(default_factory=dict)
    asked: list[tuple[str, str, JSON]] = field(default_factory=list)
    commands: list[JSON] = field(default_factory=list)
    duty: WebSocketRoute | None = None
    room: WebSocketRoute | None = None
    _seq: int = 0

    def attach(self, context: BrowserContext) -> None:
        context.route(f"{ORIGIN}/**", self._answer)
        context.route_web_socket(f"{ORIGIN.replace('http', 'ws')}/**", self._connect)

    # --- the sockets ---------------------------------------------------------------------------

    def tell(self, socket: WebSocketRoute | None, message: JSON) -> None:
        assert socket is not None, "the page has not connected yet"
        self._seq += 1
        socket.send(json.dumps({"seq": self._seq, **message}))

    def show(self) -> None:
        """Everything anew, as after a resync."""
        state = {"agent": self.agent, "queue": self.queue, "offer": self.offer}
        more = {"call": self.call, "call_backs": self.call_backs}
        self.tell(self.duty, {"type": "console.state", **state, **more})

    def await_command(self, page: Page, kind: str) -> JSON:
        self.wait(page, lambda: any(one["type"] == kind for one in self.commands))
        return next(one for one in reversed(self.commands) if one["type"] == kind)

    def await_request(self, page: Page, ending: str) -> JSON:
        """The body of the last request to a path that ends so."""
        self.wait(page, lambda: any(path.endswith(ending) for _, path, _ in self.asked))
        return next(body for _, path, body in reversed(self.asked) if path.endswith(ending))

    def await_room(self, page: Page) -> None:
        self.wait(page, lambda: self.room is not None)

    def wait(self, page: Page, reached: Callable[[], bool]) -> None:
        """Lets the page run on until the fake server has seen what the test waits for."""
        deadline = time.monotonic() + 10
        while not reached():
            assert time.monotonic() < deadline, "the page did not come"
            page.wait_for_timeout(20)

    def _connect(self, socket: WebSocketRoute) -> None:
        if urlsplit(socket.url).path == "/api/console/duty":
            self.duty = socket
        else:
            self.room = socket
        socket.on_message(lambda text: self._obey(socket, json.loads(text)))

    def _obey(self, socket: WebSocketRoute, command: JSON) -> None:
        self.commands.append(command)
        kind, number = command["type"], {"request_id": command["request_id"]}
        if kind == "hello":
            self._welcome(socket)
        if kind == "up.offer":
            refused = {"type": "refused", "code": "room.closed", "text": "", "details": {}}
            socket.send(json.dumps({**refused, **number}))
            return
        room = {"path": "/nodes/a/room", "token": "t" * 43, "node_id": "a"}
        results: dict[str, JSON] = {
            "offer.accept": {"call": self.call, "room": room},
            "room.enter": {"room": room},
            "page.request": {"request": an_id(700)},
        }
        result = results.get(kind, {})
        socket.send(json.dumps({"type": "done", "result": result, **number}))

    def _welcome(self, socket: WebSocketRoute) -> None:
        if socket is not self.duty:
            self.tell(socket, self._room_welcome())
            return
        known = {"type": "welcome", "protocol": 1, "socket_id": an_id(70), "node_id": "a"}
        more = {"surface": "console", "staff_id": an_id(3), "resumed": False}
        self.tell(socket, {**known, **more, "server_ms": now_ms()})
        self.show()

    def _room_welcome(self) -> JSON:
        window = {"id": an_id(61), "kind": "window", "name": "陈帮办", "connected": True}
        return {
            "type": "welcome",
            "participant_id": an_id(60),
            "kind": "agent",
            "ice_servers": [],
            "start_bitrate_bps": 500_000,
            "server_ms": now_ms(),
            "resident_token": None,
            "call": self.call,
            "recording": "recording" if self.call and self.call["recorded"] else None,
            "cases": [self.case],
            "participants": [window],
            "held_by": None,
            "voice_and_pages": False,
            "notes": "",
            "prompt": "",
        }

    # --- the API -------------------------------------------------------------------------------

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path in PAGES or path.startswith("/static/agent_console/"):
            _serve_file(route, PAGES.get(path, path.removeprefix("/static/agent_console/")))
            return
        if path.endswith("/rendition"):
            route.fulfill(body=PICTURE, content_type="image/svg+xml")
            return
        is_json = "json" in (route.request.headers.get("content-type") or "")
        body: JSON = (route.request.post_data_json if is_json else None) or {}
        self.asked.append((route.request.method, path, body))
        status, answer = self._found(path)
        route.fulfill(status=status, json=answer)

    def _found(self, path: str) -> tuple[int, JSON]:
        if path in self.refusals:
            return self.refusals[path]
        if path == "/api/config":
            return 200, self.answers.get(path, window_views.config())
        if path.endswith("/me"):
            signed_out = {"code": "signed_out", "text": "请重新登录", "details": {}}
            return (401, signed_out) if self.me is None else (200, self.me)
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


def _serve_file(route: Route, name: str) -> None:
    file = STATIC / name
    assert file.is_file(), f"{file}: build the pages first (python scripts/build_web.py)"
    headers = {"Content-Security-Policy": content_policy([ORIGIN])}
    route.fulfill(body=file.read_bytes(), headers=headers, content_type=MEDIA_TYPES[file.suffix])
