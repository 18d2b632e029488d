"""Materials, pages, forms and signatures."""

from enum import StrEnum


class MaterialRequirement(StrEnum):
    REQUIRED = "required"
    MAY_FOLLOW = "may_follow"
    EXEMPT = "exempt"


class PageKind(StrEnum):
    ORIGINAL = "original"
    READABLE = "readable"
    """A smaller version sent first over a thin uplink; the original follows."""
    VIDEO_FRAME = "video_frame"
    """Taken from the live picture, of low resolution (低清); a fall-back."""


class PageState(StrEnum):
    UPLOADING = "uploading"
    READY = "ready"
    FAILED = "failed"


class PageFault(StrEnum):
    """What the window finds wrong with a page before it is sent."""

    BLUR = "blur"
    GLARE = "glare"
    CUT_EDGE = "cut_edge"
    SKEW = "skew"


class MaterialSource(StrEnum):
    """How a line of the checklist was met."""

    PAGE = "page"
    UPLOAD = "upload"
    E_LICENCE = "e_licence"
    """电子证照: the authority holds it; its name and number are stated."""
    EARLIER = "earlier"
    """Accepted in an earlier case of the same subject."""
    PROMISED = "promised"
    """To follow by a date (容缺)."""


class MaterialState(StrEnum):
    GIVEN = "given"
    ACCEPTED = "accepted"
    SENT_BACK = "sent_back"
    REPLACED = "replaced"
    """Something else was given in its place, or it was taken back."""


class LineState(StrEnum):
    """How a line of the checklist stands; follows from what was given for it."""

    MISSING = "missing"
    SENT_BACK = "sent_back"
    PROMISED = "promised"
    GIVEN = "given"
    ACCEPTED = "accepted"
    EXEMPT = "exempt"
    """Nothing is needed, as an e-licence is held (免证)."""


class SendBackReason(StrEnum):
    BLURRED = "blurred"
    GLARE = "glare"
    CUT_OFF = "cut_off"
    SKEWED = "skewed"
    WRONG_PAPER = "wrong_paper"
    OUT_OF_DATE = "out_of_date"
    INCOMPLETE = "incomplete"
    OTHER = "other"


class FormState(StrEnum):
    DRAFT = "draft"
    """Followed live by the resident while the agent fills it."""
    SHOWN = "shown"
    """The resident is asked to confirm it."""
    CONFIRMED = "confirmed"
    SIGNED = "signed"
    OBJECTED = "objected"
    """The resident says that something in it is wrong."""
    WITHDRAWN = "withdrawn"
    """The agent took it back: a new version follows."""


class SignaturePurpose(StrEnum):
    FORM = "form"
    MANDATE = "mandate"


class Signer(StrEnum):
    PRESENT_PERSON = "present_person"
    HELPER = "helper"
    """For a resident who is absent, under a mandate."""
