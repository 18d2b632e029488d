import type {
  CallBackView,
  CallView,
  CaseView,
  Config,
  ItemView,
  LastCallView,
  Me,
  TicketView,
} from "@shared/generated/wire";
import type { SocketState } from "@shared/socket";

/** A call-back that rings: someone is on the line for an earlier resident. */
export interface RingingCallBack {
  ticket: TicketView;
  call_back: CallBackView;
  agent_name: string;
}

/** Everything the window page knows; what it shows follows from it (stage.ts). */
export interface WindowFacts {
  config: Config | null;
  /** `undefined` until the server has said whether somebody is signed in. */
  me: Me | null | undefined;
  link: SocketState;
  /** Why the duty socket ended for good. */
  linkClosed: number | null;
  /** Whether the server's picture of this window has arrived. */
  synced: boolean;
  checked: boolean;
  item: ItemView | null;
  /** The case at hand, from draft to the end of its call. */
  current: CaseView | null;
  ticket: TicketView | null;
  call: CallView | null;
  callBacks: CallBackView[];
  /** Promised instead of a place in the queue. */
  promised: CallBackView | null;
  ringing: RingingCallBack | null;
  /** The call that has just ended. */
  finished: CallView | null;
  /** What has become of it so far, as the server says. */
  lastCall: LastCallView | null;
  /** The resident chose not to rate it, on the screen of their own. */
  unrated: boolean;
}

export function noFacts(): WindowFacts {
  return {
    config: null,
    me: undefined,
    link: "connecting",
    linkClosed: null,
    synced: false,
    checked: false,
    item: null,
    current: null,
    ticket: null,
    call: null,
    callBacks: [],
    promised: null,
    ringing: null,
    finished: null,
    lastCall: null,
    unrated: false,
  };
}
