import type {
  CallView,
  CaseView,
  FormView,
  ListenerView,
  MaterialsView,
  PageView,
  ParticipantKind,
  ParticipantView,
  RoomWelcome,
} from "./generated/wire";
import { drawnOn } from "./signature/strokes";
import type { Stroke } from "./signature/strokes";
import { NO_MEDIA } from "./rtc/room_media";
import type { MediaState } from "./rtc/room_media";
import type { RoomSocket } from "./sockets";

/** How the other side's link is, and until when a lost one is waited for (server's clock). */
export interface PeerLink {
  state: "connected" | "silent" | "lost";
  untilMs: number | null;
}

/** What a member of a call knows of its room. */
export interface RoomFacts {
  /** The room socket has been welcomed and stands. */
  linked: boolean;
  call: CallView | null;
  cases: CaseView[];
  /** By case: how each line of the checklist stands, and the latest notice. */
  materials: Record<string, MaterialsView>;
  /** By case: the form as the resident sees it. */
  forms: Record<string, FormView>;
  /** By case: how often what it rests on has changed; whoever shows it looks again. */
  authority: Record<string, number>;
  /** By form or mandate: the signature as it is drawn. */
  ink: Record<string, Stroke[]>;
  participants: ParticipantView[];
  /** Supervisors in the call: always shown. */
  listeners: ListenerView[];
  heldBy: ParticipantKind | null;
  voiceAndPages: boolean;
  prompt: string;
  notes: string;
  recording: "recording" | "stopped" | "failed" | null;
  recordingReason: string;
  peer: PeerLink;
  media: MediaState;
  /** Why the call ended; `null` while it lasts. */
  ended: string | null;
}

export function noRoomFacts(): RoomFacts {
  return {
    linked: false,
    call: null,
    cases: [],
    materials: {},
    forms: {},
    authority: {},
    ink: {},
    participants: [],
    listeners: [],
    heldBy: null,
    voiceAndPages: false,
    prompt: "",
    notes: "",
    recording: null,
    recordingReason: "",
    peer: { state: "connected", untilMs: null },
    media: NO_MEDIA,
    ended: null,
  };
}

/** Keeps `facts` as the room tells them; `peer` is the kind of the one whose link matters here. */
export function followRoom(socket: RoomSocket, facts: RoomFacts, peer: ParticipantKind): void {
  socket.onState((state) => {
    facts.linked = state === "open";
  });
  socket.on({
    welcome: (event) => welcomed(facts, event),
    "call.started": ({ call, cases }) => Object.assign(facts, { call, cases }),
    "hold.changed": ({ on, by }) => {
      facts.heldBy = on ? by : null;
    },
    "voice_and_pages.changed": ({ on }) => {
      facts.voiceAndPages = on;
    },
    "prompt.shown": ({ text }) => {
      facts.prompt = text;
    },
    "recording.changed": ({ state, reason }) => {
      Object.assign(facts, { recording: state, recordingReason: reason });
      if (reason === "consent_withdrawn") withdrawConsent(facts);
    },
    "listeners.changed": ({ listeners }) => {
      facts.listeners = listeners;
    },
    "participant.joined": ({ participant }) => joined(facts, participant, peer),
    "participant.connection": ({ participant_id, state, until_ms }) => {
      const who = facts.participants.find(({ id }) => id === participant_id);
      if (who?.kind === peer) facts.peer = { state, untilMs: until_ms };
    },
    "checklist.marked": ({ case_id, material_id, checked }) => {
      const of = facts.cases.find(({ id }) => id === case_id);
      const line = of?.item.materials.find(({ id }) => id === material_id);
      if (line !== undefined) line.checked = checked;
    },
    "materials.changed": ({ materials }) => {
      facts.materials = { ...facts.materials, [materials.case_id]: materials };
    },
    "form.changed": ({ form }) => {
      facts.forms = { ...facts.forms, [form.case_id]: form };
    },
    "authority.changed": ({ case_id }) => {
      facts.authority = { ...facts.authority, [case_id]: (facts.authority[case_id] ?? 0) + 1 };
    },
    "signature.drawn": (event) => {
      const before = facts.ink[event.signed_id] ?? [];
      facts.ink = { ...facts.ink, [event.signed_id]: drawnOn(before, event) };
    },
    "page.changed": ({ page }) => {
      if (page !== null) keepPage(facts.cases, page);
    },
    "cases.changed": ({ call, cases }) => Object.assign(facts, { call, cases }),
    "call.ended": ({ reason }) => {
      facts.ended = reason;
    },
  });
}

/** Advice only from here on, for every case of the call. */
function withdrawConsent(facts: RoomFacts): void {
  for (const of of facts.cases) of.consent = "withdrawn";
}

function welcomed(facts: RoomFacts, event: RoomWelcome): void {
  Object.assign(facts, {
    call: event.call,
    cases: event.cases,
    participants: event.participants,
    listeners: event.listeners,
    heldBy: event.held_by,
    voiceAndPages: event.voice_and_pages,
    prompt: event.prompt,
    notes: event.notes,
    recording: event.recording,
  });
}

function joined(facts: RoomFacts, participant: ParticipantView, peer: ParticipantKind): void {
  const others = facts.participants.filter(({ id }) => id !== participant.id);
  facts.participants = [...others, participant];
  if (participant.kind === peer) facts.peer = { state: "connected", untilMs: null };
}

function keepPage(cases: CaseView[], page: PageView): void {
  const of = cases.find(({ id }) => id === page.case_id);
  if (of === undefined) return;
  const at = of.pages.findIndex(({ id }) => id === page.id);
  if (at < 0) of.pages.push(page);
  else of.pages[at] = page;
}
