"""What the servers that are not there share: one for the console's pages, one for the window's.

The page's requests never leave the browser: Playwright answers them, with the content policy of the
real edge, so that a page which breaks it fails here.
"""

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Route, WebSocketRoute

from signaling.edge.headers import content_policy
from tests.village_client.views import JSON, an_id

ROOT = Path(__file__).parents[1]
MEDIA_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
SIGNED_OUT: JSON = {"code": "signed_out", "text": "请重新登录", "details": {}}


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def wait(page: Page, reached: Callable[[], bool]) -> None:
    """Lets the page run on until the fake server has seen what the test waits for."""
    deadline = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < deadline, "the page did not come"
        page.wait_for_timeout(20)


def room_address(first: str) -> JSON:
    return {"path": "/nodes/a/room", "token": first * 43, "node_id": "a"}


@dataclass
class PageServer(ABC):
    """Its state is what the test sets."""

    origin: ClassVar[str]
    part: ClassVar[str]
    """The folder of the pages."""
    pages: ClassVar[Mapping[str, str]]

    case: JSON = field(default_factory=dict)
    call: JSON | None = None
    call_backs: list[JSON] = field(default_factory=list)
    answers: dict[str, JSON] = field(default_factory=dict)
    """By path, beside the usual ones."""
    asked: list[tuple[str, str, JSON]] = field(default_factory=list)
    """(method, path, JSON body) of the API."""
    commands: list[JSON] = field(default_factory=list)
    duty: WebSocketRoute | None = None
    room: WebSocketRoute | None = None
    _seq: int = 0

    def attach(self, context: BrowserContext) -> None:
        context.route(f"{self.origin}/**", self._answer)
        context.route_web_socket(f"{self.origin.replace('http', 'ws')}/**", self._connect)

    # --- what a part of its own says -----------------------------------------------------------

    @abstractmethod
    def show(self) -> None:
        """Everything anew, as after a resync."""

    @abstractmethod
    def _found(self, path: str, body: JSON) -> tuple[int, JSON]:
        """Status and body of an answer of the API."""

    @abstractmethod
    def _welcome(self, socket: WebSocketRoute, hello: JSON) -> None:
        """Answers a socket's hello."""

    @abstractmethod
    def _results(self) -> dict[str, JSON]:
        """Of commands."""

    # --- the sockets ---------------------------------------------------------------------------

    def tell(self, socket: WebSocketRoute | None, message: JSON) -> None:
        """Sends an event to the page."""
        assert socket is not None, "the page has not connected yet"
        self._seq += 1
        socket.send(json.dumps({"seq": self._seq, **message}))

    def await_room(self, page: Page) -> None:
        wait(page, lambda: self.room is not None)

    def await_request(self, page: Page, ending: str) -> JSON:
        """The body of the last request to a path that ends so."""
        wait(page, lambda: any(path.endswith(ending) for _, path, _ in self.asked))
        return next(body for _, path, body in reversed(self.asked) if path.endswith(ending))

    def _connect(self, socket: WebSocketRoute) -> None:
        if urlsplit(socket.url).path.endswith("/duty"):
            self.duty = socket
        socket.on_message(lambda text: self._obey(socket, json.loads(text)))

    def _obey(self, socket: WebSocketRoute, command: JSON) -> None:
        self.commands.append(command)
        kind, number = command["type"], {"request_id": command["request_id"]}
        if kind == "hello":
            self._welcome(socket, command)
        if kind == "up.offer":
            refused = {"type": "refused", "code": "room.closed", "text": "", "details": {}}
            socket.send(json.dumps({**refused, **number}))
            return
        result = self._results().get(kind, {})
        socket.send(json.dumps({"type": "done", "result": result, **number}))

    def _welcome_to_duty(self, staff_id: str) -> JSON:
        return {
            "type": "welcome",
            "protocol": 1,
            "socket_id": an_id(70),
            "node_id": "a",
            "surface": "console" if self.part == "agent_console" else "window",
            "staff_id": staff_id,
            "resumed": False,
            "server_ms": now_ms(),
        }

    def _welcome_to_room(self, kind: str, other: JSON) -> JSON:
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
            "cases": [self.case],
            "participants": [{"id": an_id(61), "connected": True, **other}],
            "held_by": None,
            "voice_and_pages": False,
            "notes": "",
            "prompt": "",
        }

    # --- the API -------------------------------------------------------------------------------

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        static = f"/static/{self.part}/"
        if path in self.pages or path.startswith(static):
            self._serve_file(route, self.pages.get(path, path.removeprefix(static)))
            return
        is_json = "json" in (route.request.headers.get("content-type") or "")
        body: JSON = (route.request.post_data_json if is_json else None) or {}
        self.asked.append((route.request.method, path, body))
        status, answer = self._found(path, body)
        route.fulfill(status=status, json=answer)

    def _serve_file(self, route: Route, name: str) -> None:
        file = ROOT / self.part / "static" / name
        assert file.is_file(), f"{file}: build the pages first (python scripts/build_web.py)"
        headers = {"Content-Security-Policy": content_policy([self.origin])}
        media_type = MEDIA_TYPES[file.suffix]
        route.fulfill(body=file.read_bytes(), headers=headers, content_type=media_type)
