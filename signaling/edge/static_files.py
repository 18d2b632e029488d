"""The built pages: exactly the files that were there at the start, and nothing by path.

A request names a file in a fixed table; no path of a user's reaches the file system.
"""

import asyncio
import gzip
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from casework.errors import NotFound

IMMUTABLE = "public, max-age=31536000, immutable"
"""Names below ``assets/`` hold the hash of the content."""
_COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class StaticFile:
    content: bytes
    gzipped: bytes | None
    media_type: str


class StaticFiles:
    """Files by room (``village_client``) and name (``index.html``, ``assets/…``)."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._paths = {
            (room, file.relative_to(folder).as_posix()): file
            for room, folder in folders.items()
            if folder.is_dir()
            for file in folder.rglob("*")
            if file.is_file() and not file.is_symlink() and not file.name.startswith(".")
        }
        self._read: dict[tuple[str, str], StaticFile] = {}

    async def answer(self, request: web.Request, room: str, name: str) -> web.Response:
        """:raises NotFound: no such file was built."""
        path = self._paths.get((room, name))
        if path is None:
            raise NotFound("not_found")
        file = self._read.get((room, name))
        if file is None:
            # A village's line is thin: each text is compressed once and kept so.
            file = self._read[room, name] = await asyncio.to_thread(_load, path)
        cache = IMMUTABLE if name.startswith("assets/") else "no-cache"
        answer = web.Response(headers={"Cache-Control": cache, "Vary": "Accept-Encoding"})
        answer.content_type = file.media_type
        if file.media_type.startswith("text/"):
            answer.charset = "utf-8"
        if file.gzipped is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            answer.headers["Content-Encoding"] = "gzip"
            answer.body = file.gzipped
        else:
            answer.body = file.content
        return answer


def _load(path: Path) -> StaticFile:
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    content = path.read_bytes()
    if not media_type.startswith(_COMPRESSED):
        return StaticFile(content, None, media_type)
    return StaticFile(content, gzip.compress(content, mtime=0), media_type)
