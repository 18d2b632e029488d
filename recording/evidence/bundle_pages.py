"""The pages taken in a call, as a bundle brings them: the bytes that the chained event names."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.tables import CasePage
from recording.evidence.faults import Fault, Part, clock

FOLDER = "pages/"
_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/pdf": "pdf",
}


async def page_files(
    session: AsyncSession, events: Iterable[Mapping[str, Any]]
) -> Mapping[str, str]:
    """Member of the bundle → name of the page's folder, of pages that are still kept."""
    ids = [e["body"]["page_id"] for e in events if "page_id" in e["body"] and "sha256" in e["body"]]
    rows = await session.execute(
        select(CasePage.id, CasePage.file_name, CasePage.media_type)
        .where(CasePage.id.in_(ids), CasePage.file_name != "")
        .order_by(CasePage.id)
    )
    return {page_member(row.id, row.media_type): row.file_name for row in rows}


def page_member(page_id: str, media_type: str) -> str:
    return f"{FOLDER}{page_id}.{_ENDINGS.get(media_type, 'bin')}"


def page_id_of(member: str) -> str:
    return member.removeprefix(FOLDER).partition(".")[0]


def check_pages(
    members: Sequence[str],
    pieces: Mapping[str, Iterable[bytes]],
    events: Sequence[Mapping[str, Any]],
) -> Iterator[Fault]:
    """Whether each page is the one that its event in the chain names."""
    taken = {
        str(e["body"]["page_id"]): e
        for e in events
        if "page_id" in e["body"] and "sha256" in e["body"]
    }
    for name in members:
        event = taken.get(page_id_of(name))
        if event is None:
            yield Fault(Part.PAGE, name, "no event of the chain names it")
            continue
        whole = sha256()
        for piece in pieces[name]:
            whole.update(piece)
        if whole.hexdigest() != event["body"]["sha256"]:
            place = f"{name}, taken at {clock(event['position_ms'])}"
            yield Fault(Part.PAGE, place, "it is not what was taken")
