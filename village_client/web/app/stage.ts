import type { CaseView } from "@shared/generated/wire";
import type { WindowFacts } from "./facts";

export type Stage =
  | "loading"
  | "sign_in"
  | "stopped"
  | "call"
  | "queue"
  | "end"
  | "promised"
  | "check"
  | "consent"
  | "people"
  | "item";

/**
 * What the page shows, from what is known: no step is remembered, so a reload lands where the
 * server says this window is.
 */
export function stageOf(facts: WindowFacts): Stage {
  if (facts.me === undefined || facts.config === null) return "loading";
  if (facts.me === null) return "sign_in";
  if (facts.linkClosed !== null) return "stopped";
  if (!facts.synced) return "loading";
  if (facts.call !== null) return "call";
  if (inLine(facts)) return "queue";
  if (callIsOver(facts)) return "end";
  if (facts.promised !== null) return "promised";
  if (!facts.checked) return "check";
  if (facts.current !== null) return "consent";
  return facts.item === null ? "item" : "people";
}

/** The end of a call may be told before its ticket is: a call that is over is not in line. */
function inLine({ ticket, finished }: WindowFacts): boolean {
  if (ticket === null) return false;
  if (ticket.state === "serving") return finished === null;
  return ticket.state === "waiting" || ticket.state === "offered";
}

/** Also after a reload, when only the case tells that its call has been. */
function callIsOver({ finished, current, ticket }: WindowFacts): boolean {
  if (finished !== null) return true;
  return ticket === null && current !== null && wasCalled(current);
}

/** The agent may still be writing down what the call came to. */
function wasCalled({ state, outcome, called }: CaseView): boolean {
  return state !== "draft" || outcome !== null || called;
}

/** The steps of an ordinary matter, as the page counts them. */
export const STEPS = ["item", "people", "consent", "queue", "call", "end"] as const;
