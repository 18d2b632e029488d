import type { CaseView, MaterialView, Outcome, OutcomeOfCase } from "@shared/generated/wire";

/** What an outcome rests on; the server's table (casework/course/transitions.py) decides, this one explains. */
interface Needs {
  /** A recorded call with standing consent, in a mode in which something is done. */
  recorded?: boolean;
  /** An agent of a level that may decide. */
  deciding?: boolean;
  /** A list of what is missing. */
  missing?: boolean;
  text?: boolean;
  /** The document and article that a refusal rests on. */
  basis?: boolean;
  group?: boolean;
}

export const OUTCOMES: Record<Outcome, Needs> = {
  advice_given: {},
  guided: {},
  received: { recorded: true },
  accepted: { recorded: true, deciding: true },
  accepted_to_follow: { recorded: true, deciding: true, missing: true },
  returned: { recorded: true, missing: true },
  refusal_proposed: { recorded: true, deciding: true, text: true, basis: true },
  passed_on: { group: true },
  could_not_be_done: { text: true },
};
export const OUTCOME_ORDER = Object.keys(OUTCOMES) as Outcome[];

const UNDECIDED = ["draft", "submitted", "returned", "forwarded"];
const REFUSABLE = [...UNDECIDED, "accepted", "accepted_to_follow", "materials_overdue"];
const ENDED = ["closed", "withdrawn", "handed_over", "upheld"];
/** From which states an outcome that moves the case leads on; the others end no case under way. */
const SOURCES: Partial<Record<Outcome, readonly string[]>> = {
  received: ["draft", "submitted", "returned"],
  accepted: UNDECIDED,
  accepted_to_follow: UNDECIDED,
  returned: [...UNDECIDED, "materials_overdue"],
  refusal_proposed: REFUSABLE,
};
const DOING_MODES = ["assisted", "delegated"];

export interface OutcomeCall {
  recorded: boolean;
  may_decide: boolean;
}

/** Why an outcome cannot be given (a key of `outcome.blocked.*`); `null` when it can. */
export type Blocked = "state" | "may_not_decide" | "not_recorded" | "mode" | "none_may_follow";

export function blocked(outcome: Outcome, of: CaseView, call: OutcomeCall): Blocked | null {
  const needs = OUTCOMES[outcome];
  const sources = SOURCES[outcome];
  if (sources === undefined ? ENDED.includes(of.state) : !sources.includes(of.state)) {
    return "state";
  }
  if (needs.recorded && (!call.recorded || of.consent !== "yes")) return "not_recorded";
  if (needs.deciding && !call.may_decide) return "may_not_decide";
  if (needs.recorded && !mayAct(of)) return "mode";
  if (outcome === "accepted_to_follow" && choosable(outcome, of).length === 0) {
    return "none_may_follow";
  }
  return null;
}

function mayAct({ mode, item }: CaseView): boolean {
  return DOING_MODES.includes(mode) && item.modes.includes(mode);
}

/** The materials that may stand in the outcome's list: what is exempt is never missing. */
export function choosable(outcome: Outcome, { item }: CaseView): MaterialView[] {
  if (!OUTCOMES[outcome].missing) return [];
  const kinds = outcome === "returned" ? ["required", "may_follow"] : ["may_follow"];
  return item.materials.filter(({ requirement }) => kinds.includes(requirement));
}

/** The list to begin with: what has not been ticked, papers that must be there first of all. */
export function suggestedMissing(outcome: Outcome, of: CaseView): string[] {
  const kind = outcome === "returned" ? "required" : "may_follow";
  return choosable(outcome, of)
    .filter(({ requirement, checked }) => requirement === kind && !checked)
    .map(({ id }) => id);
}

export interface OutcomeDraft {
  outcome: Outcome | null;
  missing: string[];
  text: string;
  basis: string;
  groupId: string;
}

export function emptyDraft(): OutcomeDraft {
  return { outcome: null, missing: [], text: "", basis: "", groupId: "" };
}

/** What the form still lacks (a key of `outcome.lacks.*`); `null` when it can be sent. */
export type Lacks = "outcome" | "missing" | "text" | "basis" | "group";

export function lacks({ outcome, missing, text, basis, groupId }: OutcomeDraft): Lacks | null {
  if (outcome === null) return "outcome";
  const needs = OUTCOMES[outcome];
  if (needs.missing && missing.length === 0) return "missing";
  if (needs.text && text.trim() === "") return "text";
  if (needs.basis && basis.trim() === "") return "basis";
  if (needs.group && groupId === "") return "group";
  return null;
}

/** What is sent; only what belongs to the outcome goes along. */
export function given(caseId: string, draft: OutcomeDraft & { outcome: Outcome }): OutcomeOfCase {
  const needs = OUTCOMES[draft.outcome];
  return {
    case_id: caseId,
    outcome: draft.outcome,
    missing_material_ids: needs.missing ? draft.missing : [],
    text: draft.text.trim(),
    legal_basis: needs.basis ? draft.basis.trim() : "",
    pass_to_skill_group_id: needs.group ? draft.groupId : null,
  };
}
