"""The journal, recordings and how they are kept."""

from enum import StrEnum


class RecordingState(StrEnum):
    RECORDING = "recording"
    INTERRUPTED = "interrupted"
    """It came to an early end (a crash); playable and proved up to there."""
    SEALED = "sealed"
    """Read back, and its manifest signed."""
    VERIFIED = "verified"
    """Sealed, and its chain, files and journal entries were found to agree by the edge."""
    FAILED = "failed"
    """Not proved: somebody has to look at it."""


class EvidenceSigner(StrEnum):
    """Whose key signed a head or a manifest."""

    CALL = "call"
    """The key made at the call's start, which no longer exists."""
    NODE = "node"
    """The node's own, after the recorder was started again (a salvage)."""


class HeadKind(StrEnum):
    START = "start"
    BEAT = "beat"
    """Every ten seconds."""
    END = "end"


class NodeKeyState(StrEnum):
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    """The node has a newer one; what this one signed stands."""
    REVOKED = "revoked"


class ExportState(StrEnum):
    """Of the request to take a recording's evidence out of the house."""

    REQUESTED = "requested"
    APPROVED = "approved"
    DECLINED = "declined"


class JournalHash(StrEnum):
    """What the journal's tree and chain are hashed with; chosen when the journal begins."""

    SHA256 = "sha256"
    SM3 = "sm3"


class JournalKeyKind(StrEnum):
    COUNTY = "county"
    """Signs checkpoints."""
    TOWN = "town"
    """Co-signs them."""


class StoragePlace(StrEnum):
    """Where the files of a recording are; exactly one place counts at every moment."""

    LOCAL = "local"
    """In the archive folder of the node that recorded."""
    UPLOADING = "uploading"
    """On the way to the store; the archive folder counts until every digest was checked."""
    CLEARING = "clearing"
    """The store counts; the files in the archive folder are still to be removed."""
    REMOTE = "remote"
    ERASING = "erasing"
    """The key is destroyed; files that nobody can read any more are still to be removed."""
    ERASED = "erased"


class RetentionClass(StrEnum):
    """How long recordings of an item are kept; the years stand in a table of the county's."""

    BRIEF = "brief"
    STANDARD = "standard"
    LONG = "long"
    PERMANENT = "permanent"


class RetentionChangeState(StrEnum):
    """Of a proposal to shorten a term."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


class ViewKind(StrEnum):
    """Why bytes of a recording were served."""

    WATCHED = "watched"
    EXPORTED = "exported"


class MasterKeyState(StrEnum):
    """Of the installation's key files, as the database knows them."""

    CURRENT = "current"
    NEXT = "next"
    """A rotation has begun and is not finished."""
    RETIRED = "retired"
    """Nothing is under it any more; a node that is given it does not start."""
