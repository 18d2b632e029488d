"""A server of a few lines for one window page in Chromium: its state is what the test sets.

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
from tests.village_client import views
from tests.village_client.views import JSON, an_id

ORIGIN = "https://window.test"
STATIC = Path(__file__).parents[2] / "village_client" / "static"
PAGES = {"/window": "index.html", "/window/resident": "resident.html"}
MEDIA_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}


RECEIPT: JSON = {"number": "B20261127-0003", "due_ms": 1_795_316_400_000}


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class FakeServer:
    signed_in: bool = True
    case: JSON = field(default_factory=views.case)
    ticket: JSON | None = None
    call: JSON | None = None
    call_backs: list[JSON] = field(default_factory=list)
    last_call: JSON | None = None
    answers: dict[str, JSON] = field(default_factory=dict)
    """By path, beside the usual ones."""
    towns: JSON = field(default_factory=lambda: {"everywhere": True, "town_ids": []})
    """Whose residents an item is open to."""
    taken: JSON = field(default_factory=dict)
    """What ``ticket.take`` is answered with."""
    asked: list[tuple[str, str, JSON]] = field(default_factory=list)
    """(method, path, JSON body) of the API."""
    commands: list[JSON] = field(default_factory=list)
    duty: WebSocketRoute | None = None
    room: WebSocketRoute | None = None
    resident: WebSocketRoute | None = None
    _seq: int = 0

    def attach(self, context: BrowserContext) -> None:
        context.route(f"{ORIGIN}/**", self._answer)
        context.route_web_socket(f"{ORIGIN.replace('http', 'ws')}/**", self._connect)

    # --- the sockets ---------------------------------------------------------------------------

    def tell(self, socket: WebSocketRoute | None, message: JSON) -> None:
        """Sends an event to the page."""
        assert socket is not None, "the page has not connected yet"
        self._seq += 1
        socket.send(json.dumps({"seq": self._seq, **message}))

    def show(self) -> None:
        """Everything anew, as after a resync."""
        state = {"ticket": self.ticket, "call": self.call, "call_backs": self.call_backs}
        self.tell(self.duty, {"type": "window.state", **state, "last_call": self.last_call})

    def await_room(self, page: Page) -> None:
        _await(page, lambda: self.room is not None)

    def await_resident(self, page: Page) -> None:
        _await(page, lambda: self.resident is not None)

    def await_command(self, page: Page, kind: str) -> None:
        _await(page, lambda: self.commands[-1]["type"] == kind)

    def await_request(self, page: Page, ending: str) -> JSON:
        """The body of the first request to a path that ends so."""
        found: list[JSON] = []

        def asked() -> bool:
            found[:] = [body for _, path, body in self.asked if path.endswith(ending)]
            return bool(found)

        _await(page, asked)
        return found[0]

    def _connect(self, socket: WebSocketRoute) -> None:
        is_duty = urlsplit(socket.url).path == "/api/window/duty"
        if is_duty:
            self.duty = socket
        socket.on_message(lambda text: self._obey(socket, json.loads(text)))

    def _obey(self, socket: WebSocketRoute, command: JSON) -> None:
        self.commands.append(command)
        if command["type"] == "hello":
            self._welcome(socket, command)
        results: dict[str, JSON] = {
            "ticket.take": self.taken,
            "room.enter": {"room": _address("w")},
        }
        if command["type"] == "up.offer":
            answer = {"code": "room.closed", "text": "", "details": {}}
            socket.send(json.dumps({"type": "refused", **answer, **_number(command)}))
            return
        result = results.get(command["type"], {})
        socket.send(json.dumps({"type": "done", "result": result, **_number(command)}))

    def _welcome(self, socket: WebSocketRoute, hello: JSON) -> None:
        if socket is self.duty:
            self.tell(socket, _duty_welcome())
            self.show()
        elif hello["token"].startswith("r"):
            self.resident = socket
            self.tell(socket, self._room_welcome("window"))
        else:
            self.room = socket
            self.tell(socket, {**self._room_welcome("window"), "resident_token": "r" * 43})

    def _room_welcome(self, kind: str) -> JSON:
        agent = {"id": an_id(61), "kind": "agent", "name": "王坐席", "connected": True}
        return {
            "type": "welcome",
            "participant_id": an_id(60),
            "kind": kind,
            "ice_servers": [],
            "start_bitrate_bps": 500_000,
            "server_ms": now_ms(),
            "resident_token": None,
            "call": self.call,
            "recording": "recording" if self.call and self.call["recorded"] else None,
            "cases": [self.case] if self.call else [],
            "participants": [agent] if self.call else [],
            "held_by": None,
            "voice_and_pages": False,
            "notes": "",
            "prompt": "",
        }

    # --- the API -------------------------------------------------------------------------------

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path in PAGES or path.startswith("/static/village_client/"):
            _serve_file(route, PAGES.get(path, path.removeprefix("/static/village_client/")))
            return
        body = (route.request.post_data_json or {}) if route.request.method == "POST" else {}
        self.asked.append((route.request.method, path, body))
        found = self._found(path, body)
        if found is None:
            refusal = {"code": "signed_out", "text": "请重新登录", "details": {}}
            route.fulfill(status=401, json=refusal)
        else:
            route.fulfill(json=found)

    def _found(self, path: str, body: JSON) -> JSON | None:
        if path == "/api/config":
            return views.config()
        if path == "/api/window/sign-in":
            self.signed_in = True
        if not self.signed_in:
            return {} if path == "/api/rating" else None
        if path.endswith("/consent"):
            self.case = {**self.case, "consent": body["answer"]}
        answers: dict[str, JSON] = {
            "/api/window/me": views.me(),
            "/api/window/sign-in": views.me(),
            "/api/window/items": views.items_found(),
            "/api/window/check-room": _address("w"),
            "/api/window/towns": {"organisations": []},
        }
        if path.endswith("/towns") and path != "/api/window/towns":
            return self.towns
        if path in self.answers:
            return self.answers[path]
        if path.endswith(("/could-not", "/could-not/by-resident")):
            return RECEIPT
        if path.startswith("/api/window/items/"):
            return views.item()
        if path.endswith("/materials"):
            return views.materials_view()
        if path.startswith("/api/window/cases"):
            return self.case
        return answers.get(path, {})


def shown(page: Page, expression: str) -> None:
    """Waits until ``expression`` holds in the page; Playwright's own wait needs ``eval`` there."""
    _await(page, lambda: bool(page.evaluate(expression)))


def _await(page: Page, reached: Callable[[], bool]) -> None:
    """Lets the page run on until the fake server has seen what the test waits for."""
    deadline = time.monotonic() + 10
    while not reached():
        assert time.monotonic() < deadline, "the page did not come"
        page.wait_for_timeout(20)


def _duty_welcome() -> JSON:
    return {
        "type": "welcome",
        "protocol": 1,
        "socket_id": an_id(70),
        "node_id": "a",
        "surface": "window",
        "staff_id": an_id(2),
        "resumed": False,
        "server_ms": now_ms(),
    }


def _number(command: JSON) -> JSON:
    return {"request_id": command["request_id"]}


def _address(first: str) -> JSON:
    return {"path": "/nodes/a/room", "token": first * 43, "node_id": "a"}


def _serve_file(route: Route, name: str) -> None:
    file = STATIC / name
    assert file.is_file(), f"{file}: build the pages first (python scripts/build_web.py)"
    headers = {"Content-Security-Policy": content_policy([ORIGIN])}
    media_type = MEDIA_TYPES[file.suffix]
    route.fulfill(body=file.read_bytes(), headers=headers, content_type=media_type)
