import type { CaseMove, StepTaken } from "@shared/generated/wire";

/** What a step asks to be filled in; the server's table (casework/course/transitions.py) decides. */
export interface StepNeeds {
  text?: boolean;
  basis?: boolean;
  missing?: boolean;
  way?: boolean;
  /** It cannot be taken back: it asks once more. */
  final?: boolean;
}

export const STEP_NEEDS: Partial<Record<CaseMove, StepNeeds>> = {
  accept: {},
  accept_to_follow: { missing: true },
  complete: {},
  return: { missing: true },
  propose_refusal: { text: true, basis: true },
  confirm_refusal: { final: true },
  send_back: { text: true },
  appeal: { text: true },
  reopen: { text: true },
  uphold: { text: true, final: true },
  forward: {},
  suspend: { text: true },
  resume: {},
  resubmit: {},
  withdraw: { final: true },
  finish: { text: true },
  hand_result: { way: true },
};

export interface StepDraft {
  text: string;
  basis: string;
  missing: string[];
  way: "at_window" | "sent";
  carrier: string;
  number: string;
}

export function emptyStep(): StepDraft {
  return { text: "", basis: "", missing: [], way: "at_window", carrier: "", number: "" };
}

/** What the form still lacks (a key of `course.lacks.*`); `null` when it can be sent. */
export type StepLacks = "text" | "basis" | "missing" | "consignment";

export function stepLacks(move: CaseMove, draft: StepDraft): StepLacks | null {
  const needs = STEP_NEEDS[move] ?? {};
  if (needs.text && draft.text.trim() === "") return "text";
  if (needs.basis && draft.basis.trim() === "") return "basis";
  if (needs.missing && draft.missing.length === 0) return "missing";
  const sent = needs.way && draft.way === "sent";
  if (sent && (draft.carrier.trim() === "" || draft.number.trim() === "")) return "consignment";
  return null;
}

/** What is sent; only what belongs to the step goes along. */
export function stepTaken(move: CaseMove, draft: StepDraft): StepTaken {
  const needs = STEP_NEEDS[move] ?? {};
  const sent = needs.way === true && draft.way === "sent";
  return {
    move,
    text: needs.text ? draft.text.trim() : "",
    legal_basis: needs.basis ? draft.basis.trim() : "",
    missing_material_ids: needs.missing ? draft.missing : [],
    way: needs.way ? draft.way : null,
    carrier: sent ? draft.carrier.trim() : "",
    consignment_number: sent ? draft.number.trim() : "",
  };
}
