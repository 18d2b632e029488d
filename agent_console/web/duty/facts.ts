import type {
  AgentView,
  CallBackView,
  CallView,
  CaseView,
  Config,
  Me,
  OfferView,
  QueueEntry,
} from "@shared/generated/wire";
import type { SocketState } from "@shared/socket";

/** A call that is over but not yet written up. */
export interface FinishedCall {
  call: CallView;
  cases: CaseView[];
  notes: string;
  reason: string;
}

/** The cases of a call whose outcome has been given. */
export interface SettledCases {
  callId: string;
  caseIds: string[];
}

/** Everything the console knows; what it shows follows from it. */
export interface ConsoleFacts {
  config: Config | null;
  /** `undefined` until the server has said whether somebody is signed in. */
  me: Me | null | undefined;
  link: SocketState;
  /** Why the duty socket ended for good. */
  linkClosed: number | null;
  /** Whether the server's picture of this agent has arrived. */
  synced: boolean;
  agent: AgentView | null;
  queue: QueueEntry[];
  offer: OfferView | null;
  call: CallView | null;
  callBacks: CallBackView[];
  finished: FinishedCall | null;
  settled: SettledCases;
  /** A browser plays no sound before a click on the page. */
  soundUnlocked: boolean;
}

export function noFacts(): ConsoleFacts {
  return {
    config: null,
    me: undefined,
    link: "connecting",
    linkClosed: null,
    synced: false,
    agent: null,
    queue: [],
    offer: null,
    call: null,
    callBacks: [],
    finished: null,
    settled: { callId: "", caseIds: [] },
    soundUnlocked: false,
  };
}

export type Stage = "loading" | "sign_in" | "taken_over" | "stopped" | "call" | "wrap_up" | "desk";

const SIGNED_OUT = 4401;
const TAKEN_OVER = 4409;

/** What the page shows: no step is remembered, so a reload lands where the server says. */
export function stageOf(facts: ConsoleFacts): Stage {
  if (facts.me === undefined || facts.config === null) return "loading";
  if (facts.me === null || facts.linkClosed === SIGNED_OUT) return "sign_in";
  if (facts.linkClosed === TAKEN_OVER) return "taken_over";
  if (facts.linkClosed !== null) return "stopped";
  if (!facts.synced) return "loading";
  if (facts.call !== null) return "call";
  return facts.finished === null ? "desk" : "wrap_up";
}
