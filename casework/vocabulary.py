"""The states and kinds that code, wire, database and pages share (see docs/glossary.md)."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    COUNTY = "county"
    DEPARTMENT = "department"
    TOWN = "town"
    VILLAGE = "village"
    PARTNER = "partner"


class WindowKind(StrEnum):
    JOINT = "joint"
    GENERAL = "general"
    FIELD = "field"
    BANK_COUNTER = "bank_counter"
    KIOSK = "kiosk"


class Level(StrEnum):
    """Who answers a call: agents of the county or of a town."""

    COUNTY = "county"
    TOWN = "town"


class Role(StrEnum):
    HELPER = "helper"
    AGENT = "agent"
    HOME_SUPERVISOR = "home_supervisor"
    COUNTY_SUPERVISOR = "county_supervisor"
    CHIEF_COUNTY_SUPERVISOR = "chief_county_supervisor"
    COORDINATOR = "coordinator"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDITOR = "auditor"


class HelperKind(StrEnum):
    STAFF = "staff"
    CADRE = "cadre"
    VOLUNTEER = "volunteer"
    GRID_WORKER = "grid_worker"
    BANK_COUNTER = "bank_counter"


class Surface(StrEnum):
    """The three kinds of pages; each has a sign-in of its own."""

    WINDOW = "window"
    CONSOLE = "console"
    SUPERVISION = "supervision"


class DecidingRule(StrEnum):
    FIXED = "fixed"
    REGISTERED_TOWN = "registered_town"


class MaterialRequirement(StrEnum):
    REQUIRED = "required"
    MAY_FOLLOW = "may_follow"
    EXEMPT = "exempt"


class CaseMode(StrEnum):
    """咨询、导办、帮办、代办."""

    ADVICE = "advice"
    GUIDANCE = "guidance"
    ASSISTED = "assisted"
    DELEGATED = "delegated"


class CaseState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    ACCEPTED_TO_FOLLOW = "accepted_to_follow"
    RETURNED = "returned"
    REFUSAL_PROPOSED = "refusal_proposed"
    REFUSED = "refused"
    FORWARDED = "forwarded"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    DONE = "done"
    HANDED_OVER = "handed_over"
    MATERIALS_OVERDUE = "materials_overdue"
    APPEALED = "appealed"
    UPHELD = "upheld"
    CLOSED = "closed"
    """Ended without a decision: advice given, guided, or could not be done."""


class Outcome(StrEnum):
    """How an agent ends a call, for each of its cases."""

    ADVICE_GIVEN = "advice_given"
    GUIDED = "guided"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    ACCEPTED_TO_FOLLOW = "accepted_to_follow"
    RETURNED = "returned"
    PASSED_ON = "passed_on"
    COULD_NOT_BE_DONE = "could_not_be_done"
    REFUSAL_PROPOSED = "refusal_proposed"
    """No single person refuses: a second approver at the county decides (否决权上移)."""


class CaseMove(StrEnum):
    """A step of a case from one state to the next; see casework/course/transitions.py."""

    RECEIVE = "receive"
    ACCEPT = "accept"
    ACCEPT_TO_FOLLOW = "accept_to_follow"
    COMPLETE = "complete"
    """The materials that were to follow have come."""
    MISS_MATERIALS = "miss_materials"
    """They have not, and their day has passed."""
    RETURN = "return"
    RESUBMIT = "resubmit"
    PROPOSE_REFUSAL = "propose_refusal"
    CONFIRM_REFUSAL = "confirm_refusal"
    SEND_BACK = "send_back"
    """The second approver does not refuse: the case goes on where it was."""
    APPEAL = "appeal"
    REOPEN = "reopen"
    UPHOLD = "uphold"
    FORWARD = "forward"
    SUSPEND = "suspend"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    FINISH = "finish"
    HAND_RESULT = "hand_result"
    CLOSE = "close"
    """Advice was all that was wanted, or all that could be done."""


class CaseParty(StrEnum):
    """Who may take a step."""

    WINDOW = "window"
    """A helper at the case's window, on the resident's word."""
    OFFICER = "officer"
    """The owner, the agent whose call the case is in, or one of the organisation that it was
    forwarded to."""
    DECIDER = "decider"
    """An officer of a level that may decide the item."""
    COUNTY_APPROVER = "county_approver"
    """A supervisor at the county."""
    CLOCK = "clock"
    """The overdue watch."""


class RefusalState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    SENT_BACK = "sent_back"


class AppealState(StrEnum):
    OPEN = "open"
    REOPENED = "reopened"
    UPHELD = "upheld"


class HandOverState(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"


class ResultWay(StrEnum):
    """How the resident gets the result."""

    AT_WINDOW = "at_window"
    SENT = "sent"
    """By courier, with a consignment number."""


class DayKind(StrEnum):
    """Days that are not what their weekday says."""

    HOLIDAY = "holiday"
    """Off by the State Council's arrangement for the year."""
    WORKDAY = "workday"
    """A Saturday or Sunday that is worked to make up for one."""
    STATUTORY = "statutory"
    """Off by the regulation on holidays; the arrangement for the year is not known yet."""


class Relation(StrEnum):
    """The present person's relation to the subject."""

    SELF = "self"
    RELATIVE = "relative"
    GUARDIAN = "guardian"
    HELPER = "helper"


class ConsentAnswer(StrEnum):
    YES = "yes"
    NO = "no"
    WITHDRAWN = "withdrawn"


class ConsentGiver(StrEnum):
    PRESENT_PERSON = "present_person"
    HELPER = "helper"
    """The resident is absent: this is not the resident's consent."""


class ConsentPolicy(StrEnum):
    """What a "no" to recording leads to, set by the county for each item."""

    ADVICE_ONLY = "advice_only"
    NO_CALL = "no_call"


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


class RatingGrade(StrEnum):
    """好差评; the last two are poor."""

    VERY_SATISFIED = "very_satisfied"
    SATISFIED = "satisfied"
    FAIR = "fair"
    DISSATISFIED = "dissatisfied"
    VERY_DISSATISFIED = "very_dissatisfied"


class CallBackState(StrEnum):
    OPEN = "open"
    STARTED = "started"
    DONE = "done"
    CANCELLED = "cancelled"


class CallBackReason(StrEnum):
    CLOSED = "closed"
    NOBODY_ON_DUTY = "nobody_on_duty"
    PASSED_ON = "passed_on"
    """An agent passed the case to another skill group, which calls the window."""


class ReportState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    """Its owner has read it and is at work on it."""
    CLOSED = "closed"
    """Answered; the report stays."""


class ReportLevel(StrEnum):
    """Whose desk a could-not report lies on; its clock moves it up."""

    HOME = "home"
    """The town's own coordinator."""
    COUNTY = "county"
    """The county's coordinator."""
    CHIEF = "chief"
    """The chief county supervisor."""


class Reporter(StrEnum):
    RESIDENT = "resident"
    HELPER = "helper"
    AGENT = "agent"


class ReviewReason(StrEnum):
    DELEGATED = "delegated"
    REFUSAL = "refusal"
    SAMPLE = "sample"
    """Drawn by lot."""


class ReviewState(StrEnum):
    OPEN = "open"
    """One of the two verdicts, or both, are still to come."""
    AGREED = "agreed"
    DISAGREED = "disagreed"
    """Only the chief county supervisor ends it."""
    RESOLVED = "resolved"


class SheetLineKind(StrEnum):
    DONT = "dont"
    """Kept or broken."""
    POINTS = "points"


class Verdict(StrEnum):
    """办理规范、有瑕疵、不规范."""

    PROPER = "proper"
    FLAWED = "flawed"
    IMPROPER = "improper"


class DrawState(StrEnum):
    COMMITTING = "committing"
    """The period runs; each line commits to a secret."""
    REVEALING = "revealing"
    """The period is over, its cases and the tree's root stand; the secrets are shown."""
    DRAWN = "drawn"


class FollowUpState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class ContactChannel(StrEnum):
    PHONE = "phone"
    VISIT = "visit"
    VIDEO = "video"
    WINDOW = "window"


class HoldReason(StrEnum):
    """Why a call's evidence may not be destroyed."""

    POOR_RATING = "poor_rating"
    COULD_NOT = "could_not"
    REVIEW = "review"


class TicketState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    SERVING = "serving"
    SERVED = "served"
    CANCELLED = "cancelled"
    CALL_BACK = "call_back"
    """Became a call-back request: nobody on duty, or closed."""


class Reach(StrEnum):
    """Whom the dispatcher may ask for a ticket; widens while the ticket waits."""

    GROUP = "group"
    """The ticket's own skill group, at the level that may decide."""
    COUNTY = "county"
    """Of a town's ticket: the county's group that knows the matter, too."""
    GENERAL = "general"
    """The county's general group, too."""


class OfferState(StrEnum):
    RINGING = "ringing"
    SERVING = "serving"
    """Accepted; the agent is in the call."""
    ENDED = "ended"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class AgentState(StrEnum):
    AVAILABLE = "available"
    OFFERED = "offered"
    IN_CALL = "in_call"
    WRAP_UP = "wrap_up"
    AWAY = "away"
    OFFLINE = "offline"


class AwayReason(StrEnum):
    BREAK = "break"
    MEAL = "meal"
    MEETING = "meeting"
    TRAINING = "training"
    OTHER = "other"
    NO_ANSWER = "no_answer"
    """Set by the dispatcher when an offer rang out."""


class CallState(StrEnum):
    LIVE = "live"
    ENDED = "ended"


class CallEndReason(StrEnum):
    FINISHED = "finished"
    WINDOW_LOST = "window_lost"
    AGENT_LOST = "agent_lost"
    NODE_LOST = "node_lost"
    LONGEST_CALL = "longest_call"


class ParticipantKind(StrEnum):
    WINDOW = "window"
    AGENT = "agent"
    GUEST = "guest"
    SUPERVISOR = "supervisor"


class BoardLevel(StrEnum):
    """How a figure of the wallboard stands against its limits."""

    GOOD = "good"
    WATCH = "watch"
    ALARM = "alarm"


class CallQuality(StrEnum):
    """As people notice it: voice first, then delay, then lost picture."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    UNKNOWN = "unknown"
    """Nothing has been measured yet."""


class ListeningMode(StrEnum):
    """What a supervisor does in a running call."""

    LISTEN = "listen"
    """Sees and hears; sends nothing."""
    WHISPER = "whisper"
    """The voice goes to the agent alone."""
    JOIN = "join"
    """The voice goes to both sides, and into the recording."""


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


class StreamKind(StrEnum):
    AUDIO_CAMERA = "audio_camera"
    DOCUMENT = "document"


class JournalHash(StrEnum):
    """What the journal's tree and chain are hashed with; chosen when the journal begins."""

    SHA256 = "sha256"
    SM3 = "sm3"


class JournalKeyKind(StrEnum):
    COUNTY = "county"
    """Signs checkpoints."""
    TOWN = "town"
    """Co-signs them."""


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


class AccountableLine(StrEnum):
    """The two lines of dual management (双重管理)."""

    HOME = "home"
    COUNTY = "county"


class AppointmentState(StrEnum):
    NOMINATED = "nominated"
    """By the home organisation; the county has not answered yet."""
    APPOINTED = "appointed"
    DECLINED = "declined"
    ENDED = "ended"


class GrantState(StrEnum):
    """A suspension is kept apart: each line has its own."""

    PROPOSED = "proposed"
    """One line has signed."""
    SIGNED = "signed"
    DECLINED = "declined"
    REVOKED = "revoked"


class GrantCondition(StrEnum):
    """How a grant stands at this moment: its state, its span and its suspensions in one word."""

    PROPOSED = "proposed"
    NOT_BEGUN = "not_begun"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    DECLINED = "declined"
    REVOKED = "revoked"


class MandateKind(StrEnum):
    ENTRUSTED = "entrusted"
    """The subject lets the helper act (委托)."""
    GUARDIANSHIP = "guardianship"
    """The subject's guardian acts, at the window and with the helper's help."""


class MandateForm(StrEnum):
    LIVE = "live"
    """Spoken and signed in a recorded call in which the subject was present."""
    PAPER = "paper"
    """Captured page by page, with the subject's ID page."""


class MandateState(StrEnum):
    PROPOSED = "proposed"
    """Waits for an agent, who looks at the evidence."""
    IN_FORCE = "in_force"
    DECLINED = "declined"
    REVOKED = "revoked"


class MandatePower(StrEnum):
    """What a mandate allows; anything else needs the subject."""

    HAND_IN = "hand_in"
    SIGN = "sign"
    WITHDRAW = "withdraw"
    COLLECT = "collect"
    APPEAL = "appeal"


class MandatePageKind(StrEnum):
    MANDATE = "mandate"
    SUBJECT_ID = "subject_id"


class RoleChangeKind(StrEnum):
    GIVE = "give"
    END = "end"


class RoleChangeState(StrEnum):
    """Two security administrators: one proposes, another decides."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"


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


class ReportGrain(StrEnum):
    """How finely figures are kept: one row an hour for a whole county and for every combination,
    one row a day for each town, window, item or agent alone."""

    COUNTY = "county"
    ORGANISATION = "organisation"
    WINDOW = "window"
    ITEM = "item"
    AGENT = "agent"
    FULL = "full"


class ReportBy(StrEnum):
    """What the figures of a period are told apart by."""

    DAY = "day"
    HOUR = "hour"
    """Of the day: when the counters are busy."""
    TOWN = "town"
    WINDOW = "window"
    ITEM = "item"
    AGENT = "agent"


class FigureKey(StrEnum):
    """What a report says of a period; casework/reports/figures.py says how each is counted."""

    OPENED = "opened"
    DELEGATED = "delegated"
    ACCEPTED = "accepted"
    ACCEPTED_TO_FOLLOW = "accepted_to_follow"
    RETURNED = "returned"
    REFUSED = "refused"
    REOPENED = "reopened"
    FINISHED = "finished"
    IMMEDIATE = "immediate"
    ONE_CALL = "one_call"
    WRONG_WINDOW = "wrong_window"
    COULD_NOT = "could_not"
    OVERDUE = "overdue"
    WITHDRAWN = "withdrawn"
    TRIPS = "trips"
    TIME_SAVED = "time_saved"
    QUEUED = "queued"
    ANSWERED = "answered"
    ANSWERED_SOON = "answered_soon"
    MEAN_WAIT = "mean_wait"
    ABANDONED = "abandoned"
    CALLS = "calls"
    MEAN_TALK = "mean_talk"
    RATED = "rated"
    GOOD_RATINGS = "good_ratings"
    SCORE = "score"
    POOR_RATINGS = "poor_ratings"


class FigureUnit(StrEnum):
    COUNT = "count"
    SHARE = "share"
    """Of one."""
    MINUTES = "minutes"
    HOURS = "hours"
    OF_TEN = "of_ten"


class FigureGroup(StrEnum):
    MATTERS = "matters"
    SAVED = "saved"
    CALLS = "calls"
    RATINGS = "ratings"


class BulletinKind(StrEnum):
    WEEKLY = "weekly"
    """Monday to Sunday."""
    MONTHLY = "monthly"


class BulletinFormat(StrEnum):
    PDF = "pdf"
    XLSX = "xlsx"
