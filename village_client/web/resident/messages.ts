import type { MaterialView, RoomAddress } from "@shared/generated/wire";
import type { DrawnInk } from "@shared/signature/ink_sender";
import type { Locale } from "@shared/i18n";
import type { TextSize } from "../styles/text_size";

/** What the window page and the resident's screen tell each other on this machine. */
export const CHANNEL = "shipinban.resident";

/** - welcome: nobody sits here; - wait: in the queue; - rest: what the helper does meanwhile. */
export type ResidentStage = "welcome" | "rest" | "consent" | "wait" | "call" | "end";

export interface ResidentScreen {
  stage: ResidentStage;
  locale: Locale;
  textSize: TextSize;
  /** Of the matter, once there is a case. */
  caseId: string | null;
  itemName: string;
  consentText: string;
  ticketLabel: string;
  ahead: number | null;
  ringing: boolean;
  agentName: string;
  recorded: boolean;
  held: boolean;
  /** Voice and pages: no video either way. */
  voiceOnly: boolean;
  prompt: string;
  materials: MaterialView[];
}

export type ToResident =
  | { type: "screen"; screen: ResidentScreen }
  /** Lets this screen into the room of the call, once. */
  | { type: "room"; address: RoomAddress };

export type FromResident =
  | { type: "ready" }
  | { type: "address_wanted" }
  /** The resident chose not to; a rating is told by the server. */
  | { type: "not_rated" }
  /** A signature as it is drawn here: the window's page has the socket that tells the agent. */
  | { type: "ink"; ink: DrawnInk };

/** What the window page leaves on its own `window` for the screen that it opened. */
export interface ResidentStreams {
  /** The agent's voice and face; `null` outside of a call. */
  person: () => MediaStream | null;
}

declare global {
  interface Window {
    shipinbanResident?: ResidentStreams;
  }
}
