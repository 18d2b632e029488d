"""The journal over HTTP: search, proofs, tree heads for towns, receipts."""

from typing import Annotated, Any

from pydantic import Field

from signaling.wire.base import Id, ShortText, Wire

Count = Annotated[int, Field(ge=0, le=2**53)]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class GrowthAsked(Wire):
    since: Count = 0
    """Entries under the tree head that the asker knows."""
    until: Count | None = None
    """Entries under the checkpoint that it is to lead to; ``None``: the latest."""


class TreeHeadView(Wire):
    """A checkpoint and that the journal grew into it; what a town's process needs to co-sign it,
    and what ``--seen`` takes to compare trees of different size."""

    checkpoint: str
    """C2SP tlog-checkpoint, a signed note."""
    number: int
    size: int
    hash: str
    since: int
    proof: list[str]
    """That it begins with the ``since`` entries known: RFC 9162, base64."""


class CosignatureGiven(Wire):
    size: Count
    """Of the checkpoint."""
    line: Annotated[str, Field(max_length=400)]
    """C2SP tlog-cosignature, one signature line."""


class JournalFilter(Wire):
    case_number: ShortText | None = None
    actor: ShortText | None = None
    """A name or a user name."""
    what: Annotated[str, Field(max_length=60)] | None = None
    """Whole, or a beginning such as ``case.``."""
    organisation_id: Id | None = None
    from_ms: int | None = None
    to_ms: int | None = None
    page: Annotated[int, Field(ge=1, le=10_000)] = 1


class EntryBrief(Wire):
    id: Id
    sequence: int | None
    """``None``: not numbered yet."""
    at_ms: int
    what: str
    title: str
    """What was done, in words."""
    result: str
    actor_name: str
    """Empty: the resident, or the system by itself."""
    home_organisation_name: str
    home_organisation_name_en: str
    county_organisation_name: str
    county_organisation_name_en: str
    case_number: str


class EntryList(Wire):
    entries: list[EntryBrief]
    more: bool


class PersonalField(Wire):
    field: str
    value: str


class EntryDetail(Wire):
    entry: EntryBrief
    content: dict[str, Any]
    """The entry as it is hashed."""
    leaf_hash: Hash | None
    proof: str | None
    """The inclusion proof as a file; ``None`` until a checkpoint holds the entry."""
    checkpoint_number: int | None
    checkpoint: str | None
    personal: list[PersonalField]
    """What has not been erased; empty for an auditor."""


class TownView(Wire):
    organisation_id: Id
    organisation_name: str
    key_name: str
    number: int
    """Of the latest checkpoint co-signed; 0: none."""
    size: int
    at_ms: int | None
    missing: bool
    """A checkpoint has waited for this town's signature for over ten minutes."""


class JournalState(Wire):
    origin: str
    hash: str
    size: int
    waiting: int
    """Entries without a number."""
    checkpoint_number: int
    signed: int
    """Entries under the latest checkpoint."""
    checkpoint_ms: int | None
    checkpoint: str | None
    keys: list[str]
    """vkeys of the county, the newest last."""
    towns: list[TownView]


class ReceiptIssued(Wire):
    """Printed for the resident; the code is shown only here."""

    code: str
    address: str
    """What the QR code says: the public page, the entry's hash, the checkpoint's number."""
    qr: list[str]
    """Rows of the QR code, ``1`` for dark, without a border."""
    entry_hash: Hash
    checkpoint_number: int
    issued_ms: int


class ReceiptPaper(Wire):
    """What the QR code adds to the code: shown as matching the journal, or not."""

    e: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    c: Annotated[int, Field(ge=1, le=2**53)] | None = None


class CodeTyped(Wire):
    code: Annotated[str, Field(max_length=40)] | None = None
