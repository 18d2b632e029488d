"""Checks a chain by itself: its form, its order, and that nothing in it was changed.

A changed link no longer has the hash that the next one names. Which of the two was changed shows
in the one after: if the next link is still what its successor names, the first was changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from recording.evidence.canonical import digest
from recording.evidence.faults import Fault, Part, clock
from recording.evidence.links import LinkKind, genesis, read_link


@dataclass(frozen=True, slots=True)
class Group:
    """The clusters of one link: plaintext ``[from_byte, to_byte)`` of a stream."""

    stream: str
    from_byte: int
    to_byte: int
    from_ms: int
    to_ms: int
    sha256: str

    @property
    def place(self) -> str:
        times = f"{clock(self.from_ms)}–{clock(self.to_ms)}"
        return f"{self.stream}, bytes {self.from_byte}–{self.to_byte}, {times}"


@dataclass(slots=True)
class ChainView:
    """What a chain that holds together says."""

    heads: list[str]
    """The head before link n; the last one is that of the whole chain."""
    start: dict[str, Any]
    groups: dict[str, list[Group]] = field(default_factory=dict)
    """By stream; those that a rewound link took back are left out."""
    events: list[dict[str, Any]] = field(default_factory=list)
    node_from: int | None = None
    """The link from which the node's key signs (the recorder was started again)."""
    node_keys: set[str] = field(default_factory=set)
    end: dict[str, Any] | None = None


class BrokenChain(Exception):
    """Carries the first fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def view_chain(recording_id: str, links: Sequence[bytes]) -> ChainView:
    """Raises :class:`BrokenChain`."""
    heads = [genesis(recording_id)]
    view = ChainView(heads, {})
    for n, raw in enumerate(links):
        link = _read(links, n)
        if link["n"] != n or link["prev"] != heads[-1]:
            raise BrokenChain(_blame(links, n))
        heads.append(digest(raw))
        try:
            _note(view, n, link)
        except (KeyError, TypeError, ValueError) as error:
            raise BrokenChain(Fault(Part.CHAIN, name_of(n, link), f"{error}")) from None
    if not view.start:
        raise BrokenChain(Fault(Part.CHAIN, "link 0", "the chain has no start"))
    return view


def name_of(n: int, link: dict[str, Any]) -> str:
    """A link as people find it."""
    match link.get("kind"):
        case LinkKind.EVENT:
            return f"link {n}, event {link.get('event')} at {clock(_int(link, 'position_ms'))}"
        case LinkKind.GROUP:
            span = f"bytes {link.get('from_byte')}–{link.get('to_byte')}"
            return f"link {n}, {link.get('stream')}, {span}"
        case kind:
            return f"link {n}, {kind}"


def _int(link: dict[str, Any], name: str) -> int:
    value = link.get(name)
    return value if isinstance(value, int) else 0


def _read(links: Sequence[bytes], n: int) -> dict[str, Any]:
    try:
        return read_link(links[n])
    except ValueError as error:
        raise BrokenChain(Fault(Part.CHAIN, f"link {n}", f"unreadable: {error}")) from None


def _blame(links: Sequence[bytes], n: int) -> Fault:
    """Link ``n`` does not follow what stands before it: which of the two is not the original?"""
    link = _read(links, n)
    stands = n + 1 < len(links) and _follows(links[n + 1], links[n])
    if n and stands and link["n"] == n:
        before = _read(links, n - 1)
        return Fault(Part.CHAIN, name_of(n - 1, before), "it is not what the next link names")
    what = "out of its place" if link["n"] != n else "it does not follow the link before it"
    return Fault(Part.CHAIN, name_of(n, link), what)


def _follows(link: bytes, before: bytes) -> bool:
    try:
        return bool(read_link(link)["prev"] == digest(before))
    except ValueError:
        return False


def _note(view: ChainView, n: int, link: dict[str, Any]) -> None:
    """Raises ``ValueError`` for what can't stand here."""
    if view.end is not None:
        raise ValueError("something follows the end")
    kind = LinkKind(link["kind"])
    if (n == 0) != (kind is LinkKind.START):
        raise ValueError("a chain has one start, at its beginning")
    match kind:
        case LinkKind.START:
            view.start = link
            view.node_keys.add(link["node_key"])
            view.node_from = None if "call_key" in link else 0
        case LinkKind.RESUMED:
            view.node_keys.add(link["node_key"])
            view.node_from = n if view.node_from is None else view.node_from
        case LinkKind.GROUP:
            _note_group(view, link)
        case LinkKind.REWOUND:
            groups = view.groups[link["stream"]]
            view.groups[link["stream"]] = [g for g in groups if g.to_byte <= link["to_byte"]]
        case LinkKind.EVENT:
            view.events.append(link)
        case LinkKind.END:
            view.end = link
        case LinkKind.GAP:
            pass


def _note_group(view: ChainView, link: dict[str, Any]) -> None:
    names = ("stream", "from_byte", "to_byte", "from_ms", "to_ms", "sha256")
    group = Group(*(link[name] for name in names))
    groups = view.groups.setdefault(group.stream, [])
    if groups and groups[-1].to_byte != group.from_byte:
        raise ValueError(f"bytes {groups[-1].to_byte}–{group.from_byte} are in no group")
    groups.append(group)
