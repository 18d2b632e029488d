// Written by `python -m shipinban.generate` from signaling/wire. Change that, not this.
// Requests and commands may leave out what is marked optional; whatever the server sends is whole.

/** The two lines of dual management (双重管理). */
export type AccountableLine = "home" | "county";

/** Back from away, or the wrap-up is done before its time. */
export interface AgentAvailable {
  request_id: number;
  type: "agent.available";
}

export interface AgentAway {
  request_id: number;
  type: "agent.away";
  reason: AwayReason;
}

export interface AgentChanged {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "agent.changed";
  agent: AgentView;
}

export interface AgentCount {
  state: AgentState;
  agents: number;
}

export interface AgentOffDuty {
  request_id: number;
  type: "agent.off_duty";
}

export interface AgentOnDuty {
  request_id: number;
  type: "agent.on_duty";
}

export type AgentState = "available" | "offered" | "in_call" | "wrap_up" | "away" | "offline";

export interface AgentView {
  staff_id: string;
  name: string;
  state: AgentState;
  away_reason: AwayReason | null;
  since_ms: number;
  until_ms: number | null;
}

export interface AgentsBoard {
  /** Every state, also those that nobody is in. */
  states: AgentCount[];
  on_duty: number;
  level: BoardLevel;
}

export interface AgreementReport {
  units: AgreementRow[];
  helpers: AgreementRow[];
}

export interface AgreementRow {
  id: string;
  name: string;
  name_en: string;
  compared: number;
  agreed: number;
  waiting: number;
  resolved: number;
  flawed: number;
}

export type AnyDutyCommand =
  | Hello
  | TicketTake
  | TicketCancel
  | CallBackAnswer
  | RoomEnter
  | AgentOnDuty
  | AgentOffDuty
  | AgentAway
  | AgentAvailable
  | OfferAccept
  | OfferDecline
  | TicketPick
  | CallBackStart
  | CallBackReassign;

export type AnyDutyEvent =
  | Done
  | Refused
  | Heartbeat
  | Welcome
  | WindowState
  | ConsoleState
  | TicketChanged
  | RoomAssigned
  | CallAssigned
  | CallOver
  | LastCallChanged
  | CallBackRinging
  | CallBacksChanged
  | AgentChanged
  | QueueChanged
  | OfferRinging
  | OfferOver
  | TakenOver;

export type AnyRoomCommand =
  | RoomHello
  | UpOffer
  | DownAnswer
  | DownRestart
  | HoldSet
  | VoiceAndPagesSet
  | PageRequest
  | PageProgress
  | ChecklistMark
  | FormFill
  | FormShow
  | FormWithdraw
  | SignatureDraw
  | PromptShow
  | NotesSave
  | ConsentWithdraw
  | QualityReport
  | ListeningSet
  | CallEnd;

export type AnyRoomEvent =
  | Done
  | Refused
  | Heartbeat
  | RoomWelcome
  | CallStarted
  | UpClosed
  | DownOffered
  | DownClosed
  | ParticipantJoined
  | ParticipantConnection
  | HoldChanged
  | VoiceAndPagesChanged
  | PageRequested
  | PageChanged
  | ChecklistMarked
  | MaterialsChanged
  | FormChanged
  | SignatureDrawn
  | AuthorityChanged
  | PromptShown
  | RecordingChanged
  | ListenersChanged
  | ReportAllowed
  | CasesChanged
  | CallEnded;

export type AppealState = "open" | "reopened" | "upheld";

export interface AppealView {
  id: string;
  state: AppealState;
  text: string;
  opened_by_name: string;
  opened_by_name_en: string;
  opened_ms: number;
  due_ms: number;
  decided_by_name: string | null;
  decided_by_name_en: string | null;
  decided_ms: number | null;
  answer: string;
}

export interface AppointmentFilter {
  window_id?: string | null;
  staff_id?: string | null;
  state?: AppointmentState | null;
}

export interface AppointmentList {
  appointments: AppointmentView[];
  more: boolean;
}

/** - nominated: By the home organisation; the county has not answered yet. */
export type AppointmentState = "nominated" | "appointed" | "declined" | "ended";

export interface AppointmentView {
  id: string;
  person: PersonBrief;
  kind: HelperKind;
  window: PlaceBrief;
  /** The helper's home. */
  organisation: PlaceBrief;
  state: AppointmentState;
  nominated: SignedBy;
  decided: SignedBy | null;
  ended: SignedBy | null;
  reason: string;
  /** What the asking person can do with it now. */
  may: ("approve" | "decline" | "end")[];
}

/** What a case rests on is not as it was: its mandates, their pages, the window's grants. */
export interface AuthorityChanged {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "authority.changed";
  case_id: string;
}

/** On what the next step of a case would rest. */
export interface AuthorityView {
  grant_needed: boolean;
  grant: GrantView | null;
  mandate_needed: boolean;
  /** The one chosen for the case. */
  mandate: MandateView | null;
  /**
   * All that the subject has given this helper; on the console the chosen ones and those that
   * wait for the agent.
   */
  mandates: MandateView[];
  /** The rule that would say no to accepting the case now; its sentence in ``refusal_text``. */
  refusal: string | null;
  refusal_text: string;
}

/** - no_answer: Set by the dispatcher when an offer rang out. */
export type AwayReason = "break" | "meal" | "meeting" | "training" | "other" | "no_answer";

/** How a figure of the wallboard stands against its limits. */
export type BoardLevel = "good" | "watch" | "alarm";

/** From where on a figure counts as one to watch, or as an alarm. */
export interface BoardLimits {
  waiting_watch: number;
  waiting_alarm: number;
  wait_watch_s: number;
  wait_alarm_s: number;
  /** Within which a ticket is to be answered. */
  in_time_s: number;
  /** Shares below these. */
  in_time_watch: number;
  in_time_alarm: number;
  abandoned_watch: number;
  abandoned_alarm: number;
}

export interface BulletinAsked {
  kind: BulletinKind;
  /** Any day of the week or month. */
  day: string;
  format: BulletinFormat;
  language: "zh-CN" | "en";
  town_id?: string | null;
}

export type BulletinFormat = "pdf" | "xlsx";

/** - weekly: Monday to Sunday. */
export type BulletinKind = "weekly" | "monthly";

export interface CalendarDayView {
  day: string;
  kind: DayKind;
  name: string;
}

export interface CalendarImported {
  years: number[];
  days: number;
  /** Cases whose deadline is another one by the new calendar. */
  moved: number;
}

export interface CalendarView {
  years: CalendarYearView[];
  /** Years that deadlines reach into and whose calendar is not arranged. */
  wanting: number[];
}

export interface CalendarYearView {
  year: number;
  known: YearKnowledge;
  /** ``null``: what the product brings along. */
  imported_ms: number | null;
  days: CalendarDayView[];
}

export interface CallAssigned {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "call.assigned";
  call: CallView;
}

/** The helper takes, or declines, a call-back that rings at the window. */
export interface CallBackAnswer {
  request_id: number;
  type: "call_back.answer";
  ticket_id: string;
  accept: boolean;
}

/** - passed_on: An agent passed the case to another skill group, which calls the window. */
export type CallBackReason = "closed" | "nobody_on_duty" | "passed_on";

export interface CallBackReassign {
  request_id: number;
  type: "call_back.reassign";
  call_back_id: string;
  staff_id: string;
}

export interface CallBackRinging {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "call_back.ringing";
  ticket: TicketView;
  call_back: CallBackView;
  agent_name: string;
}

/** Rings at the window; the call begins when the helper answers. */
export interface CallBackStart {
  request_id: number;
  type: "call_back.start";
  call_back_id: string;
}

export type CallBackState = "open" | "started" | "done" | "cancelled";

export interface CallBackView {
  id: string;
  case_id: string;
  item_name: string;
  item_name_en: string;
  window_name: string;
  window_name_en: string;
  subject_name: string;
  reason: CallBackReason;
  state: CallBackState;
  due_ms: number;
  owner_staff_id: string | null;
  owner_name: string | null;
  owner_name_en: string | null;
  mine: boolean;
  created_ms: number;
}

export interface CallBacksChanged {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "call_backs.changed";
  call_backs: CallBackView[];
}

export interface CallBrief {
  id: string;
  label: string;
  item_name: string;
  item_name_en: string;
  window_name: string;
  window_name_en: string;
  home_organisation_name: string;
  home_organisation_name_en: string;
  helper_name: string;
  helper_name_en: string;
  agent_name: string;
  agent_name_en: string;
  subject_name: string;
  case_number: string | null;
  started_ms: number;
  ended_ms: number | null;
  end_reason: CallEndReason | null;
  outcome: Outcome | null;
  rating: RatingGrade | null;
  recording_state: RecordingState | null;
}

export interface CallDetail {
  call: CallBrief;
  cases: CaseView[];
  notes: string;
  events: CallEventView[];
  pages: PageView[];
  recording: RecordingView | null;
  /** Who watched before. */
  views: ViewView[];
}

/** Either side ends the call; the agent goes to wrap-up. */
export interface CallEnd {
  request_id: number;
  type: "call.end";
}

export type CallEndReason =
  | "finished"
  | "window_lost"
  | "agent_lost"
  | "node_lost"
  | "longest_call";

/** The last event of a call. ``rating_token`` goes to the resident's own socket alone. */
export interface CallEnded {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "call.ended";
  reason: string;
  rating_token: string | null;
}

export interface CallEventView {
  kind: string;
  position_ms: number;
  actor_name: string | null;
  actor_name_en: string | null;
  body: Record<string, unknown>;
}

export interface CallFilter {
  from_ms?: number | null;
  to_ms?: number | null;
  item?: string | null;
  window_id?: string | null;
  agent_staff_id?: string | null;
  organisation_id?: string | null;
  outcome?: Outcome | null;
  rating?: RatingGrade | null;
  /** Ticket label, case number, subject's name, or a whole ID or phone number. */
  text?: string | null;
  page?: number;
}

/** How long a call's recording is kept, what holds it, who watched it, what is left of it. */
export interface CallKeeping {
  /** ``null`` without a recording. */
  retention_class: RetentionClass | null;
  /** ``null``: for ever, or not ended yet. */
  kept_until_ms: number | null;
  place: StoragePlace | null;
  holds: HoldView[];
  /** Of ratings, reports and reviews that are not closed yet. */
  other_holds: number;
  watched: WatchedView[];
  listened: ListenedView[];
  tombstones: TombstoneView[];
}

export interface CallList {
  calls: CallBrief[];
  total: number;
  page: number;
  page_size: number;
}

/** What was shown and signed in a call, on its clock. Pages taken stand in the call itself. */
export interface CallMoments {
  forms: FormMoment[];
  signatures: SignatureMoment[];
}

/** The call of a ticket ended; what comes next is in the ticket's and the agent's state. */
export interface CallOver {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "call.over";
  call_id: string;
  reason: string;
}

/**
 * As people notice it: voice first, then delay, then lost picture.
 * - unknown: Nothing has been measured yet.
 */
export type CallQuality = "good" | "fair" | "poor" | "unknown";

/** The agent accepted: from now on both sides see each other, and the recording runs. */
export interface CallStarted {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "call.started";
  call: CallView;
  cases: CaseView[];
}

export interface CallView {
  id: string;
  ticket_id: string;
  label: string;
  case_ids: string[];
  agent_name: string;
  agent_name_en: string;
  helper_name: string;
  helper_name_en: string;
  window_name: string;
  window_name_en: string;
  recorded: boolean;
  may_decide: boolean;
  started_ms: number;
}

export interface CallsBoard {
  total: number;
  /** The longest first. */
  calls: LiveCall[];
  level: BoardLevel;
}

export interface CaseCourse {
  case: CourseBrief;
  /** Working days that a suspended case has left. */
  days_left: number | null;
  /** Of the item; ``null``: done at once. */
  promised_days: number | null;
  /** How well the days of the year in which the case is due are known. */
  calendar: YearKnowledge;
  steps: StepView[];
  events: CourseEvent[];
  refusals: RefusalView[];
  appeals: AppealView[];
  hand_overs: HandOverView[];
  result: ResultView | null;
  /** By who asks. */
  owned: boolean;
}

/** Refused with ``id_number.check_digit`` and the like; nothing is kept then. */
export interface CaseDraft {
  item_id: string;
  mode?: CaseMode;
  subject_name: string;
  subject_id_number: string;
  subject_phone: string;
  /** The town of registration; needed for items that it decides. */
  registered_organisation_id?: string | null;
  elderly?: boolean;
  disabled?: boolean;
  present_relation: Relation;
  present_name: string;
}

/** 咨询、导办、帮办、代办. */
export type CaseMode = "advice" | "guidance" | "assisted" | "delegated";

/**
 * A step of a case from one state to the next; see casework/course/transitions.py.
 * - complete: The materials that were to follow have come.
 * - miss_materials: They have not, and their day has passed.
 * - send_back: The second approver does not refuse: the case goes on where it was.
 * - close: Advice was all that was wanted, or all that could be done.
 */
export type CaseMove =
  | "receive"
  | "accept"
  | "accept_to_follow"
  | "complete"
  | "miss_materials"
  | "return"
  | "resubmit"
  | "propose_refusal"
  | "confirm_refusal"
  | "send_back"
  | "appeal"
  | "reopen"
  | "uphold"
  | "forward"
  | "suspend"
  | "resume"
  | "withdraw"
  | "finish"
  | "hand_result"
  | "close";

/**
 * Who may take a step.
 * - window: A helper at the case's window, on the resident's word.
 * - officer: The owner, the agent whose call the case is in, or one of the organisation that it was
 * forwarded to.
 * - decider: An officer of a level that may decide the item.
 * - county_approver: A supervisor at the county.
 * - clock: The overdue watch.
 */
export type CaseParty = "window" | "officer" | "decider" | "county_approver" | "clock";

/** - closed: Ended without a decision: advice given, guided, or could not be done. */
export type CaseState =
  | "draft"
  | "submitted"
  | "accepted"
  | "accepted_to_follow"
  | "returned"
  | "refusal_proposed"
  | "refused"
  | "forwarded"
  | "suspended"
  | "withdrawn"
  | "done"
  | "handed_over"
  | "materials_overdue"
  | "appealed"
  | "upheld"
  | "closed";

/** A case with personal fields masked; ``id_number`` shows its first 3 and last 4 digits. */
export interface CaseView {
  id: string;
  number: string | null;
  state: CaseState;
  mode: CaseMode;
  item: ItemView;
  window_name: string;
  window_name_en: string;
  subject_name: string;
  subject_id_number: string;
  subject_phone: string;
  registered_organisation_name: string | null;
  elderly: boolean;
  disabled: boolean;
  present_name: string;
  present_relation: Relation;
  deciding_organisation_name: string;
  deciding_organisation_name_en: string;
  consent: string | null;
  /** What its latest call came to; ``null`` until an agent has said so. */
  outcome: Outcome | null;
  /** A call about it has ended. */
  called: boolean;
  pages: PageView[];
  created_ms: number;
}

export interface CasesBoard {
  /** Past their promised day, or past the day for papers to follow. */
  overdue: number;
  level: BoardLevel;
}

/** Another matter of the same resident was added: all cases of the call, as they stand. */
export interface CasesChanged {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "cases.changed";
  call: CallView;
  cases: CaseView[];
}

export interface ChangeDecided {
  approved: boolean;
}

export interface ChecklistMark {
  request_id: number;
  type: "checklist.mark";
  case_id: string;
  material_id: string;
  checked: boolean;
}

export interface ChecklistMarked {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "checklist.marked";
  case_id: string;
  material_id: string;
  checked: boolean;
}

/** What was found, or what the reporter was answered. */
export interface Closing {
  text: string;
}

export interface CodeTyped {
  code?: string | null;
}

export interface Colleague {
  staff_id: string;
  name: string;
  name_en: string;
  organisation_name: string;
  organisation_name_en: string;
  on_duty: boolean;
}

export interface ColleagueFilter {
  /** Of one skill group only. */
  group?: string | null;
}

export interface ColleagueList {
  colleagues: Colleague[];
  skill_groups: SkillGroupBrief[];
}

export interface Committed {
  commitment: string;
}

export interface Config {
  version: string;
  county_name: string;
  county_name_en: string;
  /** Offers the test camera and the sample document at the window. */
  demo: boolean;
  consent_text_version: string;
  consent_text: Record<"zh-CN" | "en", string>;
}

export type ConsentAnswer = "yes" | "no" | "withdrawn";

export interface ConsentGiven {
  answer: ConsentAnswer;
  answered_by: ConsentGiver;
  language: "zh-CN" | "en";
  text_version: string;
}

/** - helper: The resident is absent: this is not the resident's consent. */
export type ConsentGiver = "present_person" | "helper";

/** The present person takes the consent back: the recording ends, the call goes on for advice. */
export interface ConsentWithdraw {
  request_id: number;
  type: "consent.withdraw";
}

export interface ConsoleState {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "console.state";
  agent: AgentView | null;
  queue: QueueEntry[];
  offer: OfferView | null;
  call: CallView | null;
  call_backs: CallBackView[];
}

export type ContactChannel = "phone" | "visit" | "video" | "window";

/** Somebody got in touch with the resident again, or tried to. */
export interface ContactMade {
  channel: ContactChannel;
  reached: boolean;
  note: string;
}

export interface ContactView {
  channel: ContactChannel;
  reached: boolean;
  note: string;
  staff_name: string;
  at_ms: number;
}

export interface CosignatureGiven {
  /** Of the checkpoint. */
  size: number;
  /** C2SP tlog-cosignature, one signature line. */
  line: string;
}

/** From the resident's screen before a call, in the window's name; the report is the resident's. */
export interface CouldNotAtWindow {
  text: string;
  case_id?: string | null;
}

export interface CouldNotBrief {
  id: string;
  number: string;
  reporter: Reporter;
  /** Without an item when the report was made before there was a case. */
  about: MatterBrief;
  state: ReportState;
  level: ReportLevel;
  owner_name: string | null;
  mine: boolean;
  due_ms: number;
  level_due_ms: number;
  created_ms: number;
}

/** From the resident's own screen; the token is the right to it, not a cookie. */
export interface CouldNotByResident {
  token: string;
  text: string;
}

export interface CouldNotDetail {
  report: CouldNotBrief;
  text: string;
  /** For who works on it; ``null`` of a resident, and for who only looks on. */
  opened_by_name: string | null;
  case: CaseView | null;
  call_id: string | null;
  contacts: ContactView[];
  events: CouldNotEventView[];
  answer: string;
  may_work: boolean;
}

export interface CouldNotEventView {
  kind: string;
  /** ``null``: the resident, or the clock. */
  actor_name: string | null;
  owner_name: string | null;
  level: ReportLevel;
  at_ms: number;
}

export interface CouldNotList {
  reports: CouldNotBrief[];
  total: number;
  page: number;
  page_size: number;
}

export interface CouldNotOpened {
  text: string;
}

/** What the reporter is promised. */
export interface CouldNotReceipt {
  number: string;
  due_ms: number;
}

/** A case in a list. */
export interface CourseBrief {
  id: string;
  number: string | null;
  state: CaseState;
  mode: CaseMode;
  item_name: string;
  item_name_en: string;
  subject_name: string;
  window_name: string;
  window_name_en: string;
  home_organisation_name: string;
  home_organisation_name_en: string;
  deciding_organisation_name: string;
  deciding_organisation_name_en: string;
  owner_name: string | null;
  owner_name_en: string | null;
  /** The end of the last promised working day; ``null`` while no clock runs. */
  due_ms: number | null;
  materials_due_ms: number | null;
  overdue: boolean;
  created_ms: number;
  changed_ms: number;
}

export interface CourseEvent {
  kind: string;
  outcome: Outcome | null;
  source: CaseState | null;
  target: CaseState | null;
  text: string;
  /** ``null``: the system by itself. */
  actor_name: string | null;
  actor_name_en: string | null;
  at_ms: number;
}

export interface CourseFilter {
  /** Case number or a part of it, item name or code, the subject's or the owner's name. */
  text?: string | null;
  state?: CaseState | null;
  /** Only those that are not over. */
  open?: boolean | null;
  overdue?: boolean | null;
  item_id?: string | null;
  window_id?: string | null;
  /** A town with its villages, or one village. */
  organisation_id?: string | null;
  owner_staff_id?: string | null;
  page?: number;
}

export interface CourseList {
  cases: CourseBrief[];
  total: number;
  page: number;
  page_size: number;
  /** How many of all that meet the filters are overdue. */
  overdue: number;
}

/** Today's tickets by the county's day; call-backs, which the agent makes, are none. */
export interface DayBoard {
  tickets: number;
  /** First answered within the limit. */
  in_time: number;
  /** Those that count: all but the ones that wait and are still within the limit. */
  due: number;
  /** ``in_time`` of ``due``; ``null`` while nobody has called. */
  in_time_share: number | null;
  in_time_level: BoardLevel;
  /** Given up before anybody answered. */
  abandoned: number;
  abandoned_level: BoardLevel;
}

/**
 * Days that are not what their weekday says.
 * - holiday: Off by the State Council's arrangement for the year.
 * - workday: A Saturday or Sunday that is worked to make up for one.
 * - statutory: Off by the regulation on holidays; the arrangement for the year is not known yet.
 */
export type DayKind = "holiday" | "workday" | "statutory";

export interface Decided {
  decision: Verdict;
  reason: string;
}

/** What waits for the person, beside the names of the sections. */
export interface DeskCounts {
  reviews: number;
  disagreements: number;
  follow_ups: number;
  could_not: number;
  /** Commitments or secrets that the person's line still owes. */
  draws: number;
}

export interface DeskFilter {
  /** Closed ones, the latest first; else what is open, the most urgent first. */
  closed?: boolean;
  page?: number;
}

export interface DeviceCheck {
  steps: DeviceStep[];
  uplink_bps?: number | null;
}

/** One step of the device check: ``passed``, ``failed`` or ``skipped``, with what was seen. */
export interface DeviceStep {
  name: string;
  result: string;
  detail?: string;
}

export interface Done {
  type: "done";
  request_id: number;
  result: Record<string, unknown>;
}

export interface DownAnswer {
  request_id: number;
  type: "down.answer";
  connection_id: string;
  sdp: string;
}

export interface DownClosed {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "down.closed";
  connection_id: string;
}

export interface DownOffered {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "down.offered";
  connection_id: string;
  participant_id: string;
  sdp: string;
  /** Answer on the existing connection of this id (ICE restart). */
  restart: boolean;
}

/** The viewer lost a down connection: the server offers it again (``fresh``: as a new one). */
export interface DownRestart {
  request_id: number;
  type: "down.restart";
  connection_id: string;
  fresh?: boolean;
}

/** ``lots`` are shown when the draw is done; ``shipinban review verify-draw`` reads this. */
export interface DrawDetail {
  draw: DrawView;
  lots: DrawLot[];
  /** What this server found when it drew again: nothing, if all is well. */
  faults: string[];
}

export interface DrawFilter {
  page?: number;
}

export interface DrawList {
  draws: DrawView[];
  total: number;
  page: number;
  page_size: number;
}

export interface DrawLot {
  case_id: string;
  case_number: string | null;
  chance_permille: number;
  factors: string[];
  drawn: boolean | null;
}

export interface DrawPart {
  commitment: string;
  committed_by_name: string;
  committed_ms: number;
  revealed_ms: number | null;
  /** Only once the draw is done: who shows it last must not know the other's. */
  secret: string | null;
}

/**
 * - committing: The period runs; each line commits to a secret.
 * - revealing: The period is over, its cases and the tree's root stand; the secrets are shown.
 */
export type DrawState = "committing" | "revealing" | "drawn";

export interface DrawView {
  id: string;
  organisation_name: string;
  organisation_name_en: string;
  state: DrawState;
  starts_ms: number;
  ends_ms: number;
  reveal_until_ms: number;
  county: DrawPart | null;
  home: DrawPart | null;
  /** For which the person may commit and reveal. */
  line: AccountableLine | null;
  tree_size: number | null;
  tree_root: string | null;
  sample_permille: number | null;
  population_sha256: string | null;
  cases: number | null;
  drawn: number | null;
  missing: string[];
  drawn_ms: number | null;
}

export interface EarlierGiven {
  material_id: string;
  earlier_id: string;
}

export interface EarlierList {
  earlier: EarlierView[];
}

export interface EarlierView {
  id: string;
  case_number: string | null;
  source: MaterialSource;
  judged_ms: number | null;
}

/** Done; there is nothing to tell. */
export type Empty = Record<string, never>;

export interface EntryBrief {
  id: string;
  /** ``null``: not numbered yet. */
  sequence: number | null;
  at_ms: number;
  what: string;
  /** What was done, in words. */
  title: string;
  result: string;
  /** Empty: the resident, or the system by itself. */
  actor_name: string;
  home_organisation_name: string;
  home_organisation_name_en: string;
  county_organisation_name: string;
  county_organisation_name_en: string;
  case_number: string;
}

export interface EntryDetail {
  entry: EntryBrief;
  /** The entry as it is hashed. */
  content: Record<string, unknown>;
  leaf_hash: string | null;
  /** The inclusion proof as a file; ``null`` until a checkpoint holds the entry. */
  proof: string | null;
  checkpoint_number: number | null;
  checkpoint: string | null;
  /** What has not been erased; empty for an auditor. */
  personal: PersonalField[];
}

export interface EntryList {
  entries: EntryBrief[];
  more: boolean;
}

export interface ErrorView {
  code: string;
  text: string;
  details: Record<string, unknown>;
}

/** An honest range; absent while there is too little to judge by. */
export interface Estimate {
  from_s: number;
  to_s: number;
}

export interface EvidenceFile {
  participant_name: string;
  kind: StreamKind;
  size_bytes: number;
  sha256: string;
  gaps: number;
}

/**
 * Whose key signed a head or a manifest.
 * - call: The key made at the call's start, which no longer exists.
 * - node: The node's own, after the recorder was started again (a salvage).
 */
export type EvidenceSigner = "call" | "node";

/** The manifest's facts, and how far the evidence is in the journal. */
export interface EvidenceView {
  recording_id: string;
  state: RecordingState;
  state_reason: string;
  signed_by: EvidenceSigner | null;
  manifest_sha256: string | null;
  verified_ms: number | null;
  /** Of the chain, by its latest head in the journal. */
  links: number;
  head: string;
  head_kind: HeadKind | null;
  head_ms: number | null;
  heads: number;
  events: number;
  files: EvidenceFile[];
  exports: ExportView[];
}

export interface ExportAsked {
  reason: string;
}

export interface ExportDecision {
  approve: boolean;
  note?: string;
}

/** Of the request to take a recording's evidence out of the house. */
export type ExportState = "requested" | "approved" | "declined";

export interface ExportView {
  id: string;
  state: ExportState;
  /** Name. */
  requested_by: string;
  reason: string;
  requested_ms: number;
  decided_by: string;
  decided_ms: number | null;
  decision_note: string;
  expires_ms: number | null;
  downloads: number;
  /** Whether who asks is the second person. */
  may_decide: boolean;
  may_download: boolean;
}

/** Asked for by somebody else: it needs a second person. */
export interface ExportWaiting {
  id: string;
  call_id: string;
  call_label: string;
  requested_by: string;
  requested_by_en: string;
  reason: string;
  requested_ms: number;
}

export interface ExportsWaiting {
  /** The oldest first. */
  exports: ExportWaiting[];
}

export type FigureGroup = "matters" | "saved" | "calls" | "ratings";

/** What a report says of a period; casework/reports/figures.py says how each is counted. */
export type FigureKey =
  | "opened"
  | "delegated"
  | "accepted"
  | "accepted_to_follow"
  | "returned"
  | "refused"
  | "reopened"
  | "finished"
  | "immediate"
  | "one_call"
  | "wrong_window"
  | "could_not"
  | "overdue"
  | "withdrawn"
  | "trips"
  | "time_saved"
  | "queued"
  | "answered"
  | "answered_soon"
  | "mean_wait"
  | "abandoned"
  | "calls"
  | "mean_talk"
  | "rated"
  | "good_ratings"
  | "score"
  | "poor_ratings";

/** - share: Of one. */
export type FigureUnit = "count" | "share" | "minutes" | "hours" | "of_ten";

export interface FigureView {
  key: FigureKey;
  group: FigureGroup;
  unit: FigureUnit;
  name: string;
  name_en: string;
  definition: string;
  definition_en: string;
}

export interface FollowUpBrief {
  id: string;
  about: MatterBrief;
  grade: RatingGrade;
  state: FollowUpState;
  contacts: number;
  opened_ms: number;
  due_ms: number;
  closed_ms: number | null;
}

export interface FollowUpDetail {
  follow_up: FollowUpBrief;
  case: CaseView;
  call_id: string;
  contacts: ContactView[];
  finding: string;
  closed_by_name: string | null;
}

export interface FollowUpList {
  follow_ups: FollowUpBrief[];
  total: number;
  page: number;
  page_size: number;
}

export type FollowUpState = "open" | "closed";

/** The hash of what the page showed: nothing else can be confirmed by this. */
export interface FormAnswered {
  form_id: string;
  sha256: string;
}

/** The latest version, whatever happened to it; told to everybody in the room. */
export interface FormChanged {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "form.changed";
  form: FormView;
}

/** What the agent fills: the questions as a JSON Schema, and the answers so far. */
export interface FormDesk {
  questions: Record<string, unknown>;
  answers: Record<string, string | boolean | number | string[]>;
  /** The latest version; ``null`` before the first answer. */
  form: FormView | null;
}

/** The agent's answers so far, for the resident to follow. Done: ``{"version", "sha256"}``. */
export interface FormFill {
  request_id: number;
  type: "form.fill";
  case_id: string;
  answers: Record<string, unknown>;
  /** In which the resident reads it. */
  language: "zh-CN" | "en";
}

export interface FormLineView {
  key: string;
  label: string;
  text: string;
}

/** Every version that was ever shown, oldest first. */
export interface FormList {
  forms: FormView[];
}

/** A form version, with numbers of people masked, and when it was shown in the call. */
export interface FormMoment {
  form: FormView;
  shown_position_ms: number;
  confirmed_position_ms: number | null;
  signed_position_ms: number | null;
}

/** Asks the resident to confirm this version. */
export interface FormShow {
  request_id: number;
  type: "form.show";
  case_id: string;
  version: number;
}

export interface FormSigned {
  form_id: string;
  sha256: string;
  strokes: [number, number, number, number][][];
}

/**
 * - draft: Followed live by the resident while the agent fills it.
 * - shown: The resident is asked to confirm it.
 * - objected: The resident says that something in it is wrong.
 * - withdrawn: The agent took it back: a new version follows.
 */
export type FormState = "draft" | "shown" | "confirmed" | "signed" | "objected" | "withdrawn";

/** One version, word for word as it is shown; ``sha256`` is of exactly that. */
export interface FormView {
  id: string;
  case_id: string;
  version: number;
  state: FormState;
  language: "zh-CN" | "en";
  title: string;
  item_name: string;
  lines: FormLineView[];
  declaration: string;
  sha256: string;
  signature_id: string | null;
  created_ms: number;
  shown_ms: number | null;
  confirmed_ms: number | null;
  signed_ms: number | null;
}

/** Takes back what was shown, confirmed or signed; the next answers are a new version. */
export interface FormWithdraw {
  request_id: number;
  type: "form.withdraw";
  case_id: string;
  version: number;
}

export interface FramesAsked {
  /** On the call's clock. */
  at_ms: number;
}

export interface FramesView {
  /** Ascending; of a few seconds around what was asked for. */
  frames_ms: number[];
}

/** One thing that was given for a line. */
export interface GivenView {
  id: string;
  source: MaterialSource;
  state: MaterialState;
  /** Its rendition is at ``…/pages/ID/rendition``; of an earlier material that of then. */
  page_id: string | null;
  sheets: number;
  /** What the window found wrong when it was taken. */
  faults: PageFault[];
  licence_name: string;
  licence_number: string;
  earlier_case_number: string | null;
  due_ms: number | null;
  pick_up_code: string;
  consignment_number: string;
  reason: SendBackReason | null;
  reason_text: string;
  created_ms: number;
}

/** How a grant stands at this moment: its state, its span and its suspensions in one word. */
export type GrantCondition =
  | "proposed"
  | "not_begun"
  | "in_force"
  | "suspended"
  | "expired"
  | "declined"
  | "revoked";

export interface GrantFilter {
  window_id?: string | null;
  staff_id?: string | null;
  condition?: GrantCondition | null;
  /** In force, and ending within so many days. */
  expiring_days?: number | null;
}

export interface GrantList {
  grants: GrantView[];
  more: boolean;
}

export interface GrantProposed {
  appointment_id: string;
  item_code?: string | null;
  item_set_id?: string | null;
  from_ms: number;
  until_ms: number;
  document_number: string;
}

/**
 * A suspension is kept apart: each line has its own.
 * - proposed: One line has signed.
 */
export type GrantState = "proposed" | "signed" | "declined" | "revoked";

export interface GrantView {
  id: string;
  appointment_id: string;
  person: PersonBrief;
  window: PlaceBrief;
  organisation: PlaceBrief;
  item_code: string | null;
  item_set_id: string | null;
  /** Of the item or the set. */
  name: string;
  name_en: string;
  from_ms: number;
  until_ms: number;
  document_number: string;
  state: GrantState;
  condition: GrantCondition;
  home_signed: SignedBy | null;
  county_signed: SignedBy | null;
  suspensions: SuspensionView[];
  /** Who declined or revoked it. */
  ended: SignedBy | null;
  reason: string;
  may: ("sign" | "decline" | "suspend" | "lift" | "revoke")[];
}

export interface GrowthAsked {
  /** Entries under the tree head that the asker knows. */
  since?: number;
  /** Entries under the checkpoint that it is to lead to; ``null``: the latest. */
  until?: number | null;
}

export interface HandOverAnswer {
  accept: boolean;
  answer?: string;
}

export interface HandOverOffered {
  to_staff_id: string;
  reason: string;
}

export type HandOverState = "offered" | "accepted" | "declined" | "taken_back";

export interface HandOverView {
  id: string;
  state: HandOverState;
  from_name: string;
  from_name_en: string;
  to_name: string;
  to_name_en: string;
  reason: string;
  answer: string;
  offered_ms: number;
  answered_ms: number | null;
  /** Whoever asks may answer it (``offered``), or take it back when it is their own. */
  mine: boolean;
}

/** - beat: Every ten seconds. */
export type HeadKind = "start" | "beat" | "end";

/** ``ok``, or what is wrong by part; answered with 503 then. */
export interface Health {
  ok: boolean;
  problems: Record<string, string>;
}

/** Sent every 8 s; a client that saw nothing for 25 s counts the socket as half-open. */
export interface Heartbeat {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "heartbeat";
  server_ms: number;
}

/** The first message, within 10 s. With ``resume`` missed events are replayed if still kept. */
export interface Hello {
  request_id: number;
  type: "hello";
  protocol: 1;
  language?: "zh-CN" | "en";
  resume?: Resume | null;
}

export type HelperKind = "staff" | "cadre" | "volunteer" | "grid_worker" | "bank_counter";

export interface HelperList {
  helpers: HelperView[];
  /** Of the person's lines. */
  windows: PlaceBrief[];
}

/** Somebody whom the asking person may nominate. */
export interface HelperView {
  person: PersonBrief;
  kind: HelperKind;
  organisation: PlaceBrief;
  /** The usual one. */
  window: PlaceBrief | null;
}

export interface HoldChanged {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "hold.changed";
  on: boolean;
  by: ParticipantKind;
}

export interface HoldGiven {
  reason: string;
}

export interface HoldList {
  holds: HoldView[];
}

export interface HoldSet {
  request_id: number;
  type: "hold.set";
  on: boolean;
}

export interface HoldView {
  id: string;
  call_id: string;
  call_label: string;
  home_organisation_name: string;
  home_organisation_name_en: string;
  line: AccountableLine;
  /** The asking person's line placed it, and may lift it. */
  mine: boolean;
  reason: string;
  placed_by_name: string;
  placed_by_name_en: string;
  placed_ms: number;
  lifted_ms: number | null;
  lift_reason: string;
}

export interface IceServer {
  urls: string[];
  username: string;
  credential: string;
}

export interface ImportDone {
  added: number;
  changed: number;
  unchanged: number;
  /** Changes of roles that wait for a security administrator. */
  proposed: number;
}

/** Points of one stroke, from the place ``start`` on. */
export interface InkPiece {
  stroke: number;
  start: number;
  points: [number, number, number, number][];
}

export interface ItemBrief {
  id: string;
  code: string;
  name: string;
  name_en: string;
  department_name: string;
  department_name_en: string;
  immediate: boolean;
  joint: boolean;
  delegated: boolean;
  cross_area: boolean;
  video: boolean;
}

export interface ItemList {
  items: ItemView[];
  total: number;
}

export interface ItemSearch {
  /** Chinese words, pinyin or initials, English words, or the code; empty: the first items. */
  q?: string;
}

export interface ItemSetList {
  item_sets: ItemSetView[];
}

export interface ItemSetView {
  id: string;
  name: string;
  name_en: string;
  item_codes: string[];
}

export interface ItemView {
  id: string;
  code: string;
  version: number;
  name: string;
  name_en: string;
  department_name: string;
  department_name_en: string;
  video_level: Level | null;
  modes: CaseMode[];
  immediate: boolean;
  time_limit_days: number | null;
  joint: boolean;
  delegated: boolean;
  cross_area: boolean;
  /** Whether a no to recording means no call at all. */
  recording_required: boolean;
  authority_source: string;
  authority_document: string;
  guide: Record<string, string | string[]>;
  materials: MaterialView[];
}

export interface ItemsFound {
  items: ItemBrief[];
  total: number;
}

export interface JournalFilter {
  case_number?: string | null;
  /** A name or a user name. */
  actor?: string | null;
  /** Whole, or a beginning such as ``case.``. */
  what?: string | null;
  organisation_id?: string | null;
  from_ms?: number | null;
  to_ms?: number | null;
  page?: number;
}

export interface JournalState {
  origin: string;
  hash: string;
  size: number;
  /** Entries without a number. */
  waiting: number;
  checkpoint_number: number;
  /** Entries under the latest checkpoint. */
  signed: number;
  checkpoint_ms: number | null;
  checkpoint: string | null;
  /** vkeys of the county, the newest last. */
  keys: string[];
  towns: TownView[];
}

/** An outcome was given or the resident has rated: what a window shows at the end of a call. */
export interface LastCallChanged {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "last_call.changed";
  last_call: LastCallView;
}

/** The call that ended last at a window, and what has become of it so far. */
export interface LastCallView {
  call_id: string;
  case_ids: string[];
  /** Those for which the agent has given an outcome. */
  settled_case_ids: string[];
  /** By the resident, who alone can. */
  rated: boolean;
}

/** Who answers a call: agents of the county or of a town. */
export type Level = "county" | "town";

export interface LicenceGiven {
  material_id: string;
  name: string;
  number: string;
}

/**
 * How a line of the checklist stands; follows from what was given for it.
 * - exempt: Nothing is needed, as an e-licence is held (免证).
 */
export type LineState = "missing" | "sent_back" | "promised" | "given" | "accepted" | "exempt";

export interface LineView {
  material: MaterialView;
  state: LineState;
  given: GivenView[];
}

/** A supervisor who was in the call while it went on. */
export interface ListenedView {
  id: string;
  staff_name: string;
  staff_name_en: string;
  organisation_name: string;
  organisation_name_en: string;
  /** In the order in which they were taken up; none of them twice in a row. */
  modes: ListeningMode[];
  reason: string;
  joined_ms: number;
  /** ``null``: still there. */
  ended_ms: number | null;
}

/** A supervisor in the call, as both sides and the resident are shown. */
export interface ListenerView {
  participant_id: string;
  name: string;
  name_en: string;
  unit_name: string;
  unit_name_en: string;
  mode: ListeningMode;
  since_ms: number;
}

/** A supervisor came, changed, or left: all who are in the call now, shown to everybody. */
export interface ListenersChanged {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "listeners.changed";
  listeners: ListenerView[];
}

export interface ListeningAsked {
  /** Kept with the name; the two sides are shown the name, not the reason. */
  reason: string;
}

/**
 * What a supervisor does in a running call.
 * - listen: Sees and hears; sends nothing.
 * - whisper: The voice goes to the agent alone.
 * - join: The voice goes to both sides, and into the recording.
 */
export type ListeningMode = "listen" | "whisper" | "join";

export interface ListeningOpened {
  /** That of the participant in the room. */
  listener_id: string;
  room: RoomAddress;
}

/**
 * A supervisor changes from listening to whispering or joining, and back.
 *
 * Ends the connection up that there is; unless ``mode`` is ``listen`` a new one is offered then.
 */
export interface ListeningSet {
  request_id: number;
  type: "listening.set";
  mode: ListeningMode;
}

export interface LiveCall {
  id: string;
  label: string;
  item_name: string;
  item_name_en: string;
  window_name: string;
  window_name_en: string;
  helper_name: string;
  helper_name_en: string;
  agent_name: string;
  agent_name_en: string;
  started_ms: number;
  /** The worst that either side measured in the last half minute. */
  quality: CallQuality;
  recording_state: RecordingState | null;
}

export interface LoudnessAsked {
  points?: number;
}

/** Of the levels that came with the packets; nothing is decoded for it. */
export interface LoudnessView {
  duration_ms: number;
  /** Empty: none were kept. */
  voices: VoiceView[];
  /**
   * ``[from_ms, to_ms]`` in which no voice was to be heard for two seconds and more; empty when
   * some voice came without levels.
   */
  quiet: [number, number][];
}

/** What the agent says was done: the ID page compared, or the subject heard. */
export interface MandateCompared {
  compared: true;
}

export interface MandateDrafted {
  kind: MandateKind;
  form: MandateForm;
  item_codes: string[];
  powers: MandatePower[];
  limits?: string;
  from_ms: number;
  until_ms: number;
  once: boolean;
}

/**
 * - live: Spoken and signed in a recorded call in which the subject was present.
 * - paper: Captured page by page, with the subject's ID page.
 */
export type MandateForm = "live" | "paper";

export interface MandateItemView {
  code: string;
  name: string;
  name_en: string;
}

/**
 * - entrusted: The subject lets the helper act (委托).
 * - guardianship: The subject's guardian acts, at the window and with the helper's help.
 */
export type MandateKind = "entrusted" | "guardianship";

export interface MandatePageAdded {
  page_id: string;
  kind: MandatePageKind;
}

export type MandatePageKind = "mandate" | "subject_id";

export interface MandatePageView {
  page_id: string;
  kind: MandatePageKind;
  ready: boolean;
}

/** What a page is of a mandate on paper. */
export interface MandatePaper {
  kind: MandatePageKind;
  /** Among the mandate's pages of that kind; counts from 1. */
  number: number;
}

/** What a mandate allows; anything else needs the subject. */
export type MandatePower = "hand_in" | "sign" | "withdraw" | "collect" | "appeal";

export interface MandateSigned {
  strokes: number[][][];
}

/** The subject begins, or has ended, saying so: the place in the recording is the server's. */
export interface MandateSpoken {
  at: "start" | "end";
}

/** - proposed: Waits for an agent, who looks at the evidence. */
export type MandateState = "proposed" | "in_force" | "declined" | "revoked";

export interface MandateView {
  id: string;
  kind: MandateKind;
  form: MandateForm;
  state: MandateState;
  helper: PersonBrief;
  guardian_name: string;
  items: MandateItemView[];
  powers: MandatePower[];
  limits: string;
  from_ms: number;
  until_ms: number;
  once: boolean;
  /** For a case; other cases need another mandate. */
  used: boolean;
  signature_id: string | null;
  spoken: SpokenView | null;
  terms_sha256: string;
  pages: MandatePageView[];
  witness: PersonBrief | null;
  decided_ms: number | null;
  reason: string;
  given_case_id: string;
  given_call_id: string | null;
  given_position_ms: number | null;
}

export interface MarkList {
  /** By position. */
  marks: MarkView[];
  /** A review of the case is open: the other line's marks are not shown yet. */
  blind: boolean;
}

export interface MarkMade {
  position_ms: number;
  /** Empty: the moment alone is marked. */
  text: string;
}

export interface MarkView {
  id: string;
  position_ms: number;
  text: string;
  line: AccountableLine;
  author_name: string;
  author_name_en: string;
  /** Made by the person who asks, who may withdraw it. */
  own: boolean;
  made_ms: number;
  withdrawn_ms: number | null;
}

/** Accepted without a reason, sent back with one. */
export interface MaterialJudged {
  reason?: SendBackReason | null;
  /** For the resident; ``other`` needs it. */
  text?: string;
}

export type MaterialRequirement = "required" | "may_follow" | "exempt";

/**
 * How a line of the checklist was met.
 * - e_licence: 电子证照: the authority holds it; its name and number are stated.
 * - earlier: Accepted in an earlier case of the same subject.
 * - promised: To follow by a date (容缺).
 */
export type MaterialSource = "page" | "upload" | "e_licence" | "earlier" | "promised";

/** - replaced: Something else was given in its place, or it was taken back. */
export type MaterialState = "given" | "accepted" | "sent_back" | "replaced";

export interface MaterialView {
  id: string;
  position: number;
  name: string;
  name_en: string;
  requirement: MaterialRequirement;
  copies: number;
  note: string;
  note_en: string;
  checked: boolean;
}

/** A line was met, accepted or sent back, or a notice was issued; told to everybody in the room. */
export interface MaterialsChanged {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "materials.changed";
  materials: MaterialsView;
}

export interface MaterialsView {
  case_id: string;
  lines: LineView[];
  /** The latest. */
  notice: NoticeView | null;
}

/** Another matter of the same resident, in the call; with a consent of its own. */
export interface MatterAdded {
  item_id: string;
  mode?: CaseMode;
  consent: ConsentGiven;
}

/** What a row of a desk is about. */
export interface MatterBrief {
  case_number: string | null;
  item_name: string;
  item_name_en: string;
  /** Home organisation of the window. */
  organisation_name: string;
  organisation_name_en: string;
}

export interface Me {
  staff_id: string;
  name: string;
  name_en: string;
  organisation_name: string;
  organisation_name_en: string;
  roles: Role[];
  surface: Surface;
  /** Of a helper. */
  window: WindowBrief | null;
}

export interface NewItemSet {
  name: string;
  name_en?: string;
  item_codes: string[];
}

export interface Nomination {
  staff_id: string;
  window_id: string;
}

export interface NotesSave {
  request_id: number;
  type: "notes.save";
  text: string;
}

export interface NoticeLineView {
  material_id: string;
  name: string;
  name_en: string;
  note: string;
  /** Older notices have none. */
  note_en: string;
  copies: number;
  requirement: string;
  state: LineState;
  reason: SendBackReason | null;
  reason_text: string;
  due_ms: number | null;
}

/** 一次性告知书: everything that is missing, as it was told. */
export interface NoticeView {
  id: string;
  issued_by_name: string;
  issued_by_name_en: string;
  sha256: string;
  lines: NoticeLineView[];
  created_ms: number;
}

/** Done: ``{"call": CallView, "room": RoomAddress}``. */
export interface OfferAccept {
  request_id: number;
  type: "offer.accept";
  offer_id: string;
}

export interface OfferDecline {
  request_id: number;
  type: "offer.decline";
  offer_id: string;
}

/** The offer no longer rings here: ``accepted``, ``declined``, ``expired`` or ``cancelled``. */
export interface OfferOver {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "offer.over";
  offer_id: string;
  reason: string;
}

export interface OfferRinging {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "offer.ringing";
  offer: OfferView;
}

export interface OfferView {
  id: string;
  ticket_id: string;
  label: string;
  item_name: string;
  item_name_en: string;
  window_name: string;
  window_name_en: string;
  helper_name: string;
  helper_name_en: string;
  subject_name: string;
  priority: boolean;
  advice_only: boolean;
  may_decide: boolean;
  waiting_since_ms: number;
  /** By the server's clock, as ``welcome.server_ms`` gives it. */
  deadline_ms: number;
}

export interface OfferedCase {
  hand_over: HandOverView;
  case: CourseBrief;
}

export interface OfferedCases {
  offers: OfferedCase[];
}

/** Of which towns' residents an item can be begun at this window. */
export interface OpenTowns {
  everywhere: boolean;
  town_ids: string[];
}

export type OrganisationKind = "county" | "department" | "town" | "village" | "partner";

export interface OrganisationList {
  organisations: OrganisationView[];
}

export interface OrganisationView {
  id: string;
  parent_id: string | null;
  kind: OrganisationKind;
  code: string;
  name: string;
  name_en: string;
  windows: WindowBrief[];
}

/**
 * How an agent ends a call, for each of its cases.
 * - refusal_proposed: No single person refuses: a second approver at the county decides (否决权上移).
 */
export type Outcome =
  | "advice_given"
  | "guided"
  | "received"
  | "accepted"
  | "accepted_to_follow"
  | "returned"
  | "passed_on"
  | "could_not_be_done"
  | "refusal_proposed";

export interface OutcomeOfCase {
  case_id: string;
  outcome: Outcome;
  /** Everything missing, told at once (一次性告知); with ``returned`` and ``accepted_to_follow``. */
  missing_material_ids?: string[];
  /** With ``refusal_proposed``: the reason, as the resident will read it. */
  text?: string;
  /** With ``refusal_proposed``. */
  legal_basis?: string;
  /** With ``passed_on``. */
  pass_to_skill_group_id?: string | null;
}

export interface OutcomesGiven {
  outcomes: OutcomeOfCase[];
  notes?: string;
}

/** A page's upload went on, finished, or failed (``problem``). */
export interface PageChanged {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "page.changed";
  request: string | null;
  page: PageView | null;
  fraction: number;
  problem: string;
}

/** What the window finds wrong with a page before it is sent. */
export type PageFault = "blur" | "glare" | "cut_edge" | "skew";

/** A page that was taken unasked, now for a line. */
export interface PageGiven {
  material_id: string;
  page_id: string;
}

/**
 * - readable: A smaller version sent first over a thin uplink; the original follows.
 * - video_frame: Taken from the live picture, of low resolution (低清); a fall-back.
 */
export type PageKind = "original" | "readable" | "video_frame";

/** The window tells how far a requested page has come, or why it can't be taken. */
export interface PageProgress {
  request_id: number;
  type: "page.progress";
  request: string;
  page_id?: string | null;
  fraction: number;
  problem?: string;
}

/** The agent asks the window's browser for a full-resolution still. Done: ``{"request": Id}``. */
export interface PageRequest {
  request_id: number;
  type: "page.request";
  case_id: string;
  material_id?: string | null;
}

export interface PageRequested {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "page.requested";
  request: string;
  case_id: string;
  material_id: string | null;
}

export interface PageStarted {
  kind: PageKind;
  sha256: string;
  total_bytes: number;
  media_type: string;
  /** A file that was brought along; only such may be a PDF. */
  uploaded?: boolean;
  /** What the window found wrong with the page; it is sent nevertheless. */
  faults?: PageFault[];
  material_id?: string | null;
  /** Of the agent's page.request; ``null`` when the helper took the page unasked. */
  request?: string | null;
  replaces_page_id?: string | null;
}

export type PageState = "uploading" | "ready" | "failed";

/** A page taken. Its rendition is at ``…/pages/ID/rendition`` once ``ready``. */
export interface PageView {
  id: string;
  case_id: string;
  material_id: string | null;
  mandate_paper: MandatePaper | null;
  kind: PageKind;
  state: PageState;
  replaces_page_id: string | null;
  width_px: number | null;
  height_px: number | null;
  /** Renditions: of a PDF one a page of paper (``?sheet=2``). */
  sheets: number;
  uploaded: boolean;
  faults: PageFault[];
  total_bytes: number;
  received_bytes: number;
  sha256: string;
  position_ms: number | null;
  created_ms: number;
}

export interface PartPlace {
  offset: number;
}

/** How another participant's link is: ``connected``, ``silent`` or ``lost``. */
export interface ParticipantConnection {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "participant.connection";
  participant_id: string;
  state: "connected" | "silent" | "lost";
  /** When a lost participant's call ends (60 s). */
  until_ms: number | null;
}

export interface ParticipantJoined {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "participant.joined";
  participant: ParticipantView;
}

export type ParticipantKind = "window" | "agent" | "guest" | "supervisor";

export interface ParticipantView {
  id: string;
  kind: ParticipantKind;
  name: string;
  connected: boolean;
}

export interface PersonBrief {
  id: string;
  name: string;
  name_en: string;
}

export interface PersonalField {
  field: string;
  value: string;
}

/** That it was shown is in the journal. */
export interface PhoneShown {
  name: string;
  phone: string;
}

export interface PlaceBrief {
  id: string;
  name: string;
  name_en: string;
}

export interface PromiseGiven {
  material_id: string;
  due_day: string;
  pick_up_code?: string;
  consignment_number?: string;
}

/** The agent shows a sentence in large type at the window and on the resident's screen. */
export interface PromptShow {
  request_id: number;
  type: "prompt.show";
  text: string;
}

export interface PromptShown {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "prompt.shown";
  text: string;
}

/** What a client measured with getStats since its last report; kept with the call. */
export interface QualityReport {
  request_id: number;
  type: "quality.report";
  connection_id: string;
  bitrate_bps: number;
  lost_fraction: number;
  round_trip_ms: number;
  frames_per_s: number;
  concealed_fraction: number;
  /** Estimated uplink; of an up connection only. */
  available_bps?: number | null;
}

/** Tickets in line, those that ring at an agent included. */
export interface QueueBoard {
  waiting: number;
  ringing: number;
  waiting_level: BoardLevel;
  /** Since when the one that has waited longest waits; after a lost call, since it was lost. */
  longest_since_ms: number | null;
  longest_level: BoardLevel;
}

export interface QueueChanged {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "queue.changed";
  queue: QueueEntry[];
}

/** A ticket as agents see it in the queue. */
export interface QueueEntry {
  ticket_id: string;
  label: string;
  item_name: string;
  item_name_en: string;
  window_name: string;
  window_name_en: string;
  level: Level;
  waiting_since_ms: number;
  /** Elderly, disabled, or a dropped call. */
  priority: boolean;
  place: number;
  /** Whether this agent may pick it. */
  mine: boolean;
}

export interface RatingGiven {
  token: string;
  grade: RatingGrade;
}

/** 好差评; the last two are poor. */
export type RatingGrade =
  | "very_satisfied"
  | "satisfied"
  | "fair"
  | "dissatisfied"
  | "very_dissatisfied";

export interface Reason {
  reason: string;
}

/** Printed for the resident; the code is shown only here. */
export interface ReceiptIssued {
  code: string;
  /** What the QR code says: the public page, the entry's hash, the checkpoint's number. */
  address: string;
  /** Rows of the QR code, ``1`` for dark, without a border. */
  qr: string[];
  entry_hash: string;
  checkpoint_number: number;
  issued_ms: number;
}

/** What the QR code adds to the code: shown as matching the journal, or not. */
export interface ReceiptPaper {
  e?: string | null;
  c?: number | null;
}

/** ``recording``, ``stopped`` (consent withdrawn) or ``failed`` (told to both sides). */
export interface RecordingChanged {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "recording.changed";
  state: "recording" | "stopped" | "failed";
  reason: string;
}

/**
 * - interrupted: It came to an early end (a crash); playable and proved up to there.
 * - sealed: Read back, and its manifest signed.
 * - verified: Sealed, and its chain, files and journal entries were found to agree by the edge.
 * - failed: Not proved: somebody has to look at it.
 */
export type RecordingState = "recording" | "interrupted" | "sealed" | "verified" | "failed";

export interface RecordingView {
  id: string;
  state: RecordingState;
  state_reason: string;
  duration_ms: number | null;
  streams: StreamView[];
}

/** Of the last days; what is well is not counted. */
export interface RecordingsBoard {
  days: number;
  failed: number;
  interrupted: number;
  /** The store does not take their files. */
  not_stored: number;
  level: BoardLevel;
}

/** What the resident is given in writing: reason, legal basis, and the way to appeal. */
export interface RefusalNotice {
  case_number: string;
  county_name: string;
  county_name_en: string;
  subject_name: string;
  item_name: string;
  item_name_en: string;
  window_name: string;
  window_name_en: string;
  deciding_organisation_name: string;
  deciding_organisation_name_en: string;
  reason: string;
  legal_basis: string;
  decided_ms: number;
  appeal_until_ms: number;
  appeal_days: number;
}

export type RefusalState = "proposed" | "confirmed" | "sent_back";

export interface RefusalView {
  id: string;
  state: RefusalState;
  reason: string;
  legal_basis: string;
  proposed_by_name: string;
  proposed_by_name_en: string;
  proposed_ms: number;
  decided_by_name: string | null;
  decided_by_name_en: string | null;
  decided_ms: number | null;
  answer: string;
}

/** Nothing was changed. ``text`` says what to do, in the language of the hello. */
export interface Refused {
  type: "refused";
  request_id: number;
  code: string;
  text: string;
  details: Record<string, unknown>;
}

/** The present person's relation to the subject. */
export type Relation = "self" | "relative" | "guardian" | "helper";

/** To the resident's own socket alone: the right to one could-not report about this call. */
export interface ReportAllowed {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "report.allowed";
  token: string;
}

export interface ReportAsked {
  from_day: string;
  /** The last day, included. */
  to_day: string;
  by: ReportBy;
  town_id?: string | null;
  window_id?: string | null;
  item_code?: string | null;
  agent_staff_id?: string | null;
}

/**
 * What the figures of a period are told apart by.
 * - hour: Of the day: when the counters are busy.
 */
export type ReportBy = "day" | "hour" | "town" | "window" | "item" | "agent";

export interface ReportGuide {
  figures: FigureView[];
  today: string;
  /** Of the first thing there is to count; ``null``: nothing yet. */
  first_day: string | null;
  whole_county: boolean;
  towns: ReportPlace[];
  windows: ReportPlace[];
  items: ReportPlace[];
  agents: ReportPlace[];
  one_way_minutes: number;
  may_set_travel_time: boolean;
}

/**
 * Whose desk a could-not report lies on; its clock moves it up.
 * - home: The town's own coordinator.
 * - county: The county's coordinator.
 * - chief: The chief county supervisor.
 */
export type ReportLevel = "home" | "county" | "chief";

export interface ReportPlace {
  /** Of an item its code. */
  id: string;
  name: string;
  name_en: string;
  /** Of a window, when it belongs to a town or to one of its villages. */
  town_id: string | null;
}

export interface ReportRow {
  /** An id, an item's code, the hour of the day, or the day. */
  key: string;
  name: string;
  name_en: string;
  values: Record<string, number | null>;
}

/**
 * - taken: Its owner has read it and is at work on it.
 * - closed: Answered; the report stays.
 */
export type ReportState = "open" | "taken" | "closed";

export interface ReportView {
  from_day: string;
  to_day: string;
  before_from_day: string;
  before_to_day: string;
  totals: Record<string, number | null>;
  before: Record<string, number | null>;
  rows: ReportRow[];
  one_way_minutes: number;
  counted_ms: number;
}

export type Reporter = "resident" | "helper" | "agent";

export interface ResultView {
  text: string;
  way: ResultWay | null;
  carrier: string;
  consignment_number: string;
  finished_ms: number;
  handed_ms: number | null;
}

/**
 * How the resident gets the result.
 * - sent: By courier, with a consignment number.
 */
export type ResultWay = "at_window" | "sent";

export interface Resume {
  socket_id: string;
  last_seq: number;
}

/** Of a proposal to shorten a term. */
export type RetentionChangeState = "proposed" | "approved" | "rejected";

export interface RetentionChangeView {
  id: string;
  retention_class: RetentionClass;
  from_years: number;
  to_years: number;
  reason: string;
  state: RetentionChangeState;
  proposed_by_name: string;
  proposed_by_name_en: string;
  proposed_ms: number;
  decided_by_name: string | null;
  decided_ms: number | null;
}

/** How long recordings of an item are kept; the years stand in a table of the county's. */
export type RetentionClass = "brief" | "standard" | "long" | "permanent";

export interface RetentionView {
  terms: TermView[];
  /** Open ones, and those of late. */
  changes: RetentionChangeView[];
}

export interface RevealAsked {
  field: "id_number" | "phone";
  reason: string;
}

export interface Revealed {
  secret: string;
}

/** Shown whole; who asked, and why, is on record. */
export interface RevealedNumber {
  value: string;
}

export interface ReviewBrief {
  id: string;
  about: MatterBrief;
  reasons: ReviewReason[];
  state: ReviewState;
  /** For which the person judges, or has judged. */
  line: AccountableLine | null;
  /** The person's own verdict has been given. */
  given: boolean;
  /** Lines that have nobody who took no part. */
  unassigned: AccountableLine[];
  opened_ms: number;
  due_ms: number;
}

/** While a verdict is missing, nothing of the other line's is in it. */
export interface ReviewDetail {
  review: ReviewBrief;
  case: CaseView;
  call_id: string | null;
  helper_name: string;
  helper_name_en: string;
  lines: SheetLineView[];
  /** A draft until it is given. */
  own: VerdictView | null;
  /** Both, once both are in; else none. */
  verdicts: VerdictView[];
  /** ``verdict``, or keys of the sheet's lines. */
  differences: string[];
  decision: Verdict | null;
  decision_reason: string;
  decided_by_name: string | null;
  may_decide: boolean;
}

export interface ReviewFilter {
  queue?: ReviewQueue;
  page?: number;
}

export interface ReviewList {
  reviews: ReviewBrief[];
  total: number;
  page: number;
  page_size: number;
}

export type ReviewQueue = "mine" | "open" | "disagreed" | "closed";

/** - sample: Drawn by lot. */
export type ReviewReason = "delegated" | "refusal" | "sample";

export interface ReviewRulesChanged {
  /** That was looked at. */
  version: number;
  lines: SheetLineView[];
  sample_permille: number;
  due_days: number;
}

export interface ReviewRulesView {
  version: number;
  lines: SheetLineView[];
  sample_permille: number;
  due_days: number;
  changed_by_name: string | null;
  created_ms: number;
  /** Risk factor → what it adds to a case's chance, in tenths of the share. */
  weights_tenths: Record<string, number>;
}

/**
 * - open: One of the two verdicts, or both, are still to come.
 * - disagreed: Only the chief county supervisor ends it.
 */
export type ReviewState = "open" | "agreed" | "disagreed" | "resolved";

export type Role =
  | "helper"
  | "agent"
  | "home_supervisor"
  | "county_supervisor"
  | "chief_county_supervisor"
  | "coordinator"
  | "system_administrator"
  | "security_administrator"
  | "auditor";

export type RoleChangeKind = "give" | "end";

export interface RoleChangeList {
  role_changes: RoleChangeView[];
}

export interface RoleChangeProposed {
  staff_id: string;
  role: Role;
  kind: RoleChangeKind;
  reason: string;
}

/** Two security administrators: one proposes, another decides. */
export type RoleChangeState = "proposed" | "approved" | "declined";

export interface RoleChangeView {
  id: string;
  person: PersonBrief;
  role: Role;
  kind: RoleChangeKind;
  state: RoleChangeState;
  reason: string;
  proposed: SignedBy;
  decided: SignedBy | null;
  decision_reason: string;
  may_decide: boolean;
}

/** Where a room is and what lets this participant in, once, within 30 s. */
export interface RoomAddress {
  /** Of the room socket, such as ``/nodes/a/room``. */
  path: string;
  token: string;
  node_id: string;
}

/** To the window while the offer rings: connect up; nobody sees it until the accept. */
export interface RoomAssigned {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "room.assigned";
  ticket_id: string;
  room: RoomAddress;
}

/** Done: ``{"room": RoomAddress}``: a fresh token for the room of a live ticket of one's own. */
export interface RoomEnter {
  request_id: number;
  type: "room.enter";
  ticket_id: string;
}

/** The first message, within 10 s. */
export interface RoomHello {
  request_id: number;
  type: "hello";
  protocol: 1;
  token: string;
  language?: "zh-CN" | "en";
  /** Down connections that the page still has; all others are offered to it anew. */
  connections?: string[];
}

/** ``call`` and ``cases`` are absent for the window until an agent accepts, and in a check room. */
export interface RoomWelcome {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "welcome";
  participant_id: string;
  kind: ParticipantKind;
  ice_servers: IceServer[];
  start_bitrate_bps: number;
  server_ms: number;
  /** For the window: lets the resident's screen open its own socket. */
  resident_token: string | null;
  call: CallView | null;
  cases: CaseView[];
  participants: ParticipantView[];
  held_by: ParticipantKind | null;
  voice_and_pages: boolean;
  notes: string;
  /** What the agent showed last. */
  prompt: string;
  /** As :class:`RecordingChanged` told last; ``null``: nothing is recorded (yet). */
  recording: "recording" | "stopped" | "failed" | null;
  /** Supervisors in the call. */
  listeners: ListenerView[];
}

export type SendBackReason =
  | "blurred"
  | "glare"
  | "cut_off"
  | "skewed"
  | "wrong_paper"
  | "out_of_date"
  | "incomplete"
  | "other";

export interface SheetAsked {
  /** Of a PDF which page. */
  sheet?: number;
}

/** - dont: Kept or broken. */
export type SheetLineKind = "dont" | "points";

export interface SheetLineView {
  key: string;
  kind: SheetLineKind;
  zh: string;
  en: string;
  /** The most that can be given; 0 for a don't. */
  points: number;
}

export interface SignInRequest {
  username: string;
  password: string;
}

/**
 * What the signer has drawn since the last message, at most ten a second. It is shown and not
 * kept: the signature itself is sent when the signer says that it is done.
 */
export interface SignatureDraw {
  request_id: number;
  type: "signature.draw";
  case_id: string;
  purpose: SignaturePurpose;
  /** The form's version, or the mandate. */
  signed_id: string;
  /** What was drawn before is taken back. */
  afresh?: boolean;
  pieces: InkPiece[];
}

/** To the agent: as in :class:`SignatureDraw`. */
export interface SignatureDrawn {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "signature.drawn";
  case_id: string;
  purpose: SignaturePurpose;
  signed_id: string;
  afresh: boolean;
  pieces: InkPiece[];
}

export interface SignatureMoment {
  signature: SignatureView;
  position_ms: number;
}

export type SignaturePurpose = "form" | "mandate";

/** Strokes as numbers; pages draw them as lines. */
export interface SignatureView {
  id: string;
  case_id: string;
  purpose: SignaturePurpose;
  signer: Signer;
  signed_sha256: string;
  strokes_sha256: string;
  strokes: [number, number, number, number][][];
  signed_ms: number;
  position_ms: number | null;
}

export interface SignedBy {
  person: PersonBrief;
  at_ms: number;
}

/** - helper: For a resident who is absent, under a mandate. */
export type Signer = "present_person" | "helper";

export interface SkillGroupBrief {
  id: string;
  name: string;
  name_en: string;
  letters: string;
}

export interface Span {
  from_ms: number;
  to_ms: number;
}

/** In which stretch of the call's recording the subject gives the mandate. */
export interface SpokenView {
  call_id: string;
  from_ms: number;
  /** ``null`` while the subject speaks. */
  until_ms: number | null;
}

export interface StaffList {
  staff: StaffView[];
}

export interface StaffView {
  id: string;
  username: string;
  name: string;
  name_en: string;
  organisation_name: string;
  organisation_name_en: string;
  roles: Role[];
  active: boolean;
}

export interface StepTaken {
  move: CaseMove;
  /** The reason, the answer or the result, where the step needs words. */
  text?: string;
  legal_basis?: string;
  missing_material_ids?: string[];
  way?: ResultWay | null;
  carrier?: string;
  consignment_number?: string;
}

/** One step from the case's state, as it stands for who asks. */
export interface StepView {
  move: CaseMove;
  target: CaseState;
  who: CaseParty[];
  allowed: boolean;
  /** Why not; empty when it is allowed. */
  code: string;
  text: string;
}

export interface SteppedBack {
  reason: string;
}

export interface StillTaken {
  stream_id: string;
  position_ms: number;
}

/**
 * Where the files of a recording are; exactly one place counts at every moment.
 * - local: In the archive folder of the node that recorded.
 * - uploading: On the way to the store; the archive folder counts until every digest was checked.
 * - clearing: The store counts; the files in the archive folder are still to be removed.
 * - erasing: The key is destroyed; files that nobody can read any more are still to be removed.
 */
export type StoragePlace = "local" | "uploading" | "clearing" | "remote" | "erasing" | "erased";

export interface StorageProblem {
  recording_id: string;
  node_id: string;
  waiting_since_ms: number;
  problem: string;
}

/** The store as the rows know it; counts recordings, names no call. */
export interface StorageView {
  /** Its address without keys; empty: recordings stay in the archive folder. */
  store: string;
  places: Record<string, number>;
  /** Sealed and not in the store yet, where there is one. */
  waiting: number;
  oldest_waiting_ms: number | null;
  problems: StorageProblem[];
  /** In this node's archive folder. */
  free_bytes: number;
}

export type StreamKind = "audio_camera" | "document";

export interface StreamView {
  id: string;
  participant_kind: string;
  participant_name: string;
  participant_name_en: string;
  kind: StreamKind;
  media_type: string;
  start_offset_ms: number;
  duration_ms: number;
  size_bytes: number;
  /** ``[from_ms, to_ms, reason]`` on the call's clock. */
  gaps: ((number | string)[])[];
}

/** The three kinds of pages; each has a sign-in of its own. */
export type Surface = "window" | "console" | "supervision";

export interface SuspensionView {
  line: AccountableLine;
  suspended: SignedBy;
  reason: string;
}

/** A newer page of the same person is in charge; the socket closes with 4409. */
export interface TakenOver {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "taken_over";
}

/** A longer term counts at once; a shorter one waits for the security administrator. */
export interface TermGiven {
  retention_class: RetentionClass;
  years: number;
  reason: string;
}

export interface TermTaken {
  /** ``false``: it is a proposal. */
  counts: boolean;
}

export interface TermView {
  retention_class: RetentionClass;
  /** ``null``: kept for ever. */
  years: number | null;
}

export interface TicketCancel {
  request_id: number;
  type: "ticket.cancel";
  ticket_id: string;
}

export interface TicketChanged {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "ticket.changed";
  ticket: TicketView;
}

/** Makes an offer to oneself; it rings like any other. */
export interface TicketPick {
  request_id: number;
  type: "ticket.pick";
  ticket_id: string;
}

/** - call_back: Became a call-back request: nobody on duty, or closed. */
export type TicketState = "waiting" | "offered" | "serving" | "served" | "cancelled" | "call_back";

/** Puts a draft case in the queue. Done: ``{"ticket": TicketView}``; or a call-back request. */
export interface TicketTake {
  request_id: number;
  type: "ticket.take";
  case_id: string;
}

export interface TicketView {
  id: string;
  /** Such as K017. */
  label: string;
  case_id: string;
  state: TicketState;
  level: Level;
  skill_group_name: string;
  skill_group_name_en: string;
  /** 1 is next; ``null`` once it is no longer waiting. */
  place: number | null;
  ahead: number | null;
  agents_on_duty: number;
  estimate: Estimate | null;
  waiting_since_ms: number;
  advice_only: boolean;
  call_back_id: string | null;
}

/** What is left of a recording that was let go. */
export interface TombstoneView {
  recording_id: string;
  expired_ms: number;
  retention_class: RetentionClass;
  /** Canonical JSON; what was signed. */
  document: string;
  /** Ed25519, hexadecimal. */
  signature: string;
  public_key: string;
}

export interface TownView {
  organisation_id: string;
  organisation_name: string;
  key_name: string;
  /** Of the latest checkpoint co-signed; 0: none. */
  number: number;
  size: number;
  at_ms: number | null;
  /** A checkpoint has waited for this town's signature for over ten minutes. */
  missing: boolean;
}

export interface TravelTimeSet {
  one_way_minutes: number;
}

/**
 * A checkpoint and that the journal grew into it; what a town's process needs to co-sign it,
 * and what ``--seen`` takes to compare trees of different size.
 */
export interface TreeHeadView {
  /** C2SP tlog-checkpoint, a signed note. */
  checkpoint: string;
  number: number;
  size: number;
  hash: string;
  since: number;
  /** That it begins with the ``since`` entries known: RFC 9162, base64. */
  proof: string[];
}

/** The relay does not have this connection up any more: make a new one at once. */
export interface UpClosed {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "up.closed";
  connection_id: string;
}

/**
 * Offers the participant's media. Done: ``{"connection_id", "sdp"}``.
 *
 * ``connection_id`` set: an ICE restart of that connection, same DTLS association. Unset: a new
 * connection, which replaces an older one of the same participant.
 */
export interface UpOffer {
  request_id: number;
  type: "up.offer";
  sdp: string;
  connection_id?: string | null;
}

/** 办理规范、有瑕疵、不规范. */
export type Verdict = "proper" | "flawed" | "improper";

export interface VerdictDraft {
  scores: Record<string, boolean | number>;
  verdict?: Verdict | null;
  comment?: string;
}

export interface VerdictGiven {
  scores: Record<string, boolean | number>;
  verdict: Verdict;
  comment?: string;
}

export interface VerdictView {
  line: AccountableLine;
  reviewer_name: string;
  scores: Record<string, boolean | number>;
  verdict: Verdict | null;
  comment: string;
  points: number | null;
  submitted_ms: number | null;
}

/** Why bytes of a recording were served. */
export type ViewKind = "watched" | "exported";

export interface ViewOpened {
  reason: string;
}

export interface ViewView {
  id: string;
  staff_name: string;
  reason: string;
  opened_ms: number;
}

export interface VoiceAndPagesChanged {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "voice_and_pages.changed";
  on: boolean;
  by: ParticipantKind;
}

/** The explicit mode for a thin uplink: no video, stills and voice only. */
export interface VoiceAndPagesSet {
  request_id: number;
  type: "voice_and_pages.set";
  on: boolean;
}

export interface VoiceView {
  participant_kind: string;
  participant_name: string;
  /** 0 to 127 for each of so many equal parts of the call, the loudest of each. */
  loudness: number[];
}

export interface WaitingAppeal {
  case: CourseBrief;
  appeal: AppealView;
  refusal: RefusalView;
}

export interface WaitingAppeals {
  appeals: WaitingAppeal[];
}

export interface WaitingRefusal {
  case: CourseBrief;
  refusal: RefusalView;
}

export interface WaitingRefusals {
  refusals: WaitingRefusal[];
}

export interface Wallboard {
  /** By the server's clock; at most two seconds ago when it is answered. */
  at_ms: number;
  /** The organisation whose line is shown: the county, or the person's own. */
  scope_name: string;
  scope_name_en: string;
  limits: BoardLimits;
  queue: QueueBoard;
  day: DayBoard;
  agents: AgentsBoard;
  calls: CallsBoard;
  recordings: RecordingsBoard;
  windows: WindowsBoard;
  cases: CasesBoard;
}

export interface WatchedView {
  view_id: string;
  kind: ViewKind;
  staff_name: string;
  staff_name_en: string;
  organisation_name: string;
  organisation_name_en: string;
  reason: string;
  opened_ms: number;
  last_served_ms: number | null;
  /** Each byte counted once. */
  served_bytes: number;
}

export interface Welcome {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "welcome";
  protocol: 1;
  socket_id: string;
  node_id: string;
  surface: Surface;
  staff_id: string;
  resumed: boolean;
  server_ms: number;
}

export interface WindowBrief {
  id: string;
  name: string;
  name_en: string;
  place: string;
  kind: WindowKind;
  uplink_bps: number | null;
  checked_ms: number | null;
}

export interface WindowCheck {
  id: string;
  name: string;
  name_en: string;
  /** When the device check last passed; ``null``: never. */
  checked_ms: number | null;
}

export type WindowKind = "joint" | "general" | "field" | "bank_counter" | "kiosk";

/** Everything a window page needs to draw itself anew: after hello, or as a resync. */
export interface WindowState {
  /** Set by the outbox when the event is sent. */
  seq: number;
  type: "window.state";
  ticket: TicketView | null;
  call: CallView | null;
  call_backs: CallBackView[];
  last_call: LastCallView | null;
}

export interface WindowsBoard {
  today: number;
  earlier: number;
  never: number;
  /** Those not checked today: never first, then the longest ago. */
  listed: WindowCheck[];
  level: BoardLevel;
}

/** How well the days of a year are known. */
export type YearKnowledge = "arranged" | "statutory" | "missing";

export const PROTOCOL = 1;
export const MESSAGE_LIMIT_BYTES = 65536;
export const HELLO_DEADLINE_S = 10;
export const HEARTBEAT_S = 8;
export const HALF_OPEN_S = 25;

/** What a close code of a socket means, and whether to connect again. */
export const CLOSE_RULES: Record<number, { reconnect: boolean; meaning: string }> = {
  1000: { reconnect: false, meaning: "The client asked for it." },
  1001: { reconnect: true, meaning: "The server is stopping; another node may answer." },
  1009: { reconnect: false, meaning: "A message over 64 KiB." },
  4400: { reconnect: false, meaning: "Not JSON, or not a message of this protocol." },
  4401: { reconnect: false, meaning: "The sign-in ended or was revoked: sign in again." },
  4403: { reconnect: false, meaning: "This person has no business on this socket." },
  4408: { reconnect: true, meaning: "No hello within 10 s." },
  4409: { reconnect: false, meaning: "A newer page of the same person took over." },
  4410: { reconnect: false, meaning: "The call is over." },
  4411: { reconnect: true, meaning: "The room's token is used or too old: ask for another." },
  4413: { reconnect: true, meaning: "The client did not take its events in time." },
  4429: { reconnect: true, meaning: "More than 20 messages a second, 60 at once." },
  4503: { reconnect: true, meaning: "This node takes nothing new; another one answers." },
};
