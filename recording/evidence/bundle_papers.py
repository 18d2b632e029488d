"""The papers of a call as a bundle brings them: pages that were taken, forms as they were shown,
signatures. Each is the bytes of which an event of the chain gives the hash.

What can't be brought any more is named in the export's record, with why: a bundle that is silent
about a paper is not whole.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from hashlib import sha256
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.forms.signatures import open_strokes
from casework.forms.strokes import canonical_strokes
from casework.forms.versions import open_shown
from casework.master_key import WrongKey
from casework.page_files import ORIGINAL, PageFiles
from casework.protected import ProtectedFields
from casework.tables import CasePage, FormVersion, Signature
from recording.evidence.faults import Fault, Part, clock

FOLDERS: Mapping[str, Part] = {
    "pages": Part.PAGE,
    "forms": Part.FORM,
    "signatures": Part.SIGNATURE,
}
_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/pdf": "pdf",
}


class WhyMissing(StrEnum):
    ERASED = "erased"
    """At the end of its term."""
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Named:
    """By an event of the chain."""

    sha256: str
    position_ms: int


@dataclass(frozen=True, slots=True)
class Papers:
    members: Mapping[str, Callable[[], bytes]] = field(default_factory=dict)
    """By member: reads one. What was readable a moment ago may raise ``OSError``, ``WrongKey``."""
    missing: Mapping[str, WhyMissing] = field(default_factory=dict)
    """By paper, such as ``pages/ID``."""


def named_papers(events: Iterable[Mapping[str, Any]]) -> Mapping[str, Named]:
    """By paper, in the order of the chain; a form that nobody was shown is no paper."""
    found: dict[str, Named] = {}
    for event in events:
        body, at_ms = event["body"], event["position_ms"]
        shown = ("form_id", "sha256") if event["event"] == "form.shown" else ()
        keys = (
            ("pages", "page_id", "sha256"),
            *([("forms", *shown)] if shown else []),
            ("signatures", "signature_id", "strokes_sha256"),
        )
        for folder, id_key, digest_key in keys:
            if id_key in body and digest_key in body:
                named = Named(str(body[digest_key]), at_ms)
                found.setdefault(f"{folder}/{body[id_key]}", named)
    return found


def paper_of(member: str) -> str:
    return member.partition(".")[0]


def page_member(page_id: str, media_type: str) -> str:
    return f"pages/{page_id}.{_ENDINGS.get(media_type, 'bin')}"


class PaperShelf:
    """Of one edge: opens what is sealed."""

    def __init__(self, protected: ProtectedFields, pages: PageFiles) -> None:
        self._protected, self._pages = protected, pages

    async def rows(self, session: AsyncSession, papers: Iterable[str]) -> "PaperRows":
        """What the database has of them."""
        ids: dict[str, list[str]] = {folder: [] for folder in FOLDERS}
        for paper in papers:
            folder, _, paper_id = paper.partition("/")
            ids[folder].append(paper_id)
        pages = await session.scalars(select(CasePage).where(CasePage.id.in_(ids["pages"])))
        forms = await session.scalars(select(FormVersion).where(FormVersion.id.in_(ids["forms"])))
        signed = await session.scalars(select(Signature).where(Signature.id.in_(ids["signatures"])))
        return PaperRows(
            pages={row.id: (row.file_name, row.media_type or "") for row in pages},
            forms={row.id: row for row in forms},
            signatures={row.id: row for row in signed},
        )

    def open(self, rows: "PaperRows", papers: Iterable[str]) -> Papers:
        """Reads each once: one that can't be read must not keep the rest from leaving. Blocks."""
        members: dict[str, Callable[[], bytes]] = {}
        missing: dict[str, WhyMissing] = {}
        for paper in papers:
            found = self._reader(rows, paper)
            if found is None:
                missing[paper] = WhyMissing.ERASED
                continue
            member, read = found
            try:
                read()
            except (OSError, WrongKey):
                missing[paper] = WhyMissing.UNREADABLE
            else:
                members[member] = read
        return Papers(members, missing)

    def _reader(self, rows: "PaperRows", paper: str) -> tuple[str, Callable[[], bytes]] | None:
        folder, _, paper_id = paper.partition("/")
        if folder == "pages":
            name, media_type = rows.pages.get(paper_id, ("", ""))
            read = partial(self._pages.read, name, ORIGINAL)
            return (page_member(paper_id, media_type), read) if name else None
        if folder == "forms" and paper_id in rows.forms:
            return f"{paper}.json", partial(self._shown, rows.forms[paper_id])
        if folder == "signatures" and paper_id in rows.signatures:
            return f"{paper}.json", partial(self._strokes, rows.signatures[paper_id])
        return None

    def _shown(self, row: FormVersion) -> bytes:
        return rfc8785.dumps(open_shown(self._protected, row))

    def _strokes(self, row: Signature) -> bytes:
        return canonical_strokes(open_strokes(self._protected, row))


@dataclass(frozen=True, slots=True)
class PaperRows:
    pages: Mapping[str, tuple[str, str]]
    """Name of the folder, empty once it was erased, and media type."""
    forms: Mapping[str, FormVersion]
    signatures: Mapping[str, Signature]


def check_papers(
    members: Sequence[str],
    pieces: Callable[[str], Iterable[bytes]],
    events: Sequence[Mapping[str, Any]],
    missing: Iterable[str],
) -> Iterator[Fault]:
    """Whether each paper is the one that its event names, and none is left out in silence."""
    named = named_papers(events)
    for member in members:
        part = FOLDERS[member.partition("/")[0]]
        known = named.get(paper_of(member))
        if known is None:
            yield Fault(part, member, "no event of the chain names it")
            continue
        whole = sha256()
        for piece in pieces(member):
            whole.update(piece)
        if whole.hexdigest() != known.sha256:
            place = f"{member}, of {clock(known.position_ms)}"
            yield Fault(part, place, "it is not what the chain names")
    told = {paper_of(member) for member in members} | set(missing)
    for paper, known in named.items():
        if paper not in told:
            place = f"{paper}, of {clock(known.position_ms)}"
            part = FOLDERS[paper.partition("/")[0]]
            yield Fault(part, place, "the chain names it, and it is neither here nor told missing")
