import { expect, test } from "vitest";

import type { Outcome } from "@shared/generated/wire";
import {
  OUTCOME_ORDER,
  blocked,
  choosable,
  emptyDraft,
  given,
  lacks,
  suggestedMissing,
} from "../../../agent_console/web/outcome/outcome_rules";
import { aCase, material } from "../sample";

const deciding = { recorded: true, may_decide: true };
const MATERIALS = [
  material("card", "required", true),
  material("form", "required"),
  material("book", "may_follow"),
  material("licence", "exempt"),
];

function possible(of: ReturnType<typeof aCase>, call = deciding): Outcome[] {
  return OUTCOME_ORDER.filter((outcome) => blocked(outcome, of, call) === null);
}

test("a recorded call by who may decide allows everything", () => {
  expect(possible(aCase({}, MATERIALS))).toEqual(OUTCOME_ORDER);
});

test("who may not decide advises and receives, and does not accept", () => {
  const call = { recorded: true, may_decide: false };
  expect(possible(aCase({}, MATERIALS), call)).toEqual([
    "advice_given",
    "guided",
    "received",
    "returned",
    "passed_on",
    "could_not_be_done",
  ]);
  expect(blocked("accepted", aCase(), call)).toBe("may_not_decide");
});

test.each([
  ["not recorded", { recorded: false, may_decide: true }, "yes"],
  ["a no to recording", deciding, "no"],
  ["a consent taken back", deciding, "withdrawn"],
  ["nobody asked", deciding, null],
])("advice only: %s", (_, call, consent) => {
  const of = aCase({ consent }, MATERIALS);
  expect(possible(of, call)).toEqual(["advice_given", "guided", "passed_on", "could_not_be_done"]);
  expect(blocked("accepted", of, call)).toBe("not_recorded");
});

test("a mode in which nothing is done, or which the item does not have, is advice only", () => {
  expect(blocked("received", aCase({ mode: "advice" }, MATERIALS), deciding)).toBe("mode");
  expect(blocked("accepted", aCase({ mode: "delegated" }, MATERIALS), deciding)).toBe("mode");
});

test("a decided case is not decided again", () => {
  expect(possible(aCase({ state: "accepted" }, MATERIALS))).toEqual([
    "advice_given",
    "guided",
    "refusal_proposed",
    "passed_on",
    "could_not_be_done",
  ]);
  expect(possible(aCase({ state: "withdrawn" }, MATERIALS))).toEqual([]);
});

test("nothing follows later when no material may", () => {
  const of = aCase({}, [material("card", "required")]);
  expect(blocked("accepted_to_follow", of, deciding)).toBe("none_may_follow");
});

test("what is exempt is never missing, and only what may follow follows", () => {
  const ids = (outcome: Outcome) => choosable(outcome, aCase({}, MATERIALS)).map((line) => line.id);
  expect(ids("returned")).toEqual(["card", "form", "book"]);
  expect(ids("accepted_to_follow")).toEqual(["book"]);
  expect(ids("received")).toEqual([]);
});

test("the one list of what is missing begins with the unticked required papers", () => {
  expect(suggestedMissing("returned", aCase({}, MATERIALS))).toEqual(["form"]);
  expect(suggestedMissing("accepted_to_follow", aCase({}, MATERIALS))).toEqual(["book"]);
});

test("the form says what it lacks", () => {
  const draft = emptyDraft();
  expect(lacks(draft)).toBe("outcome");
  expect(lacks({ ...draft, outcome: "returned" })).toBe("missing");
  expect(lacks({ ...draft, outcome: "could_not_be_done", text: "  " })).toBe("text");
  expect(lacks({ ...draft, outcome: "passed_on" })).toBe("group");
  const refused = { ...draft, outcome: "refusal_proposed" as const, text: "不符合年龄条件" };
  expect(lacks({ ...refused, text: "" })).toBe("text");
  expect(lacks(refused)).toBe("basis");
  expect(lacks({ ...refused, basis: "第三条" })).toBeNull();
  expect(lacks({ ...draft, outcome: "received" })).toBeNull();
});

test("only what belongs to the outcome is sent", () => {
  const draft = {
    outcome: "received" as const,
    missing: ["form"],
    text: " 收到 ",
    basis: "",
    groupId: "g",
  };
  expect(given("case", draft)).toEqual({
    case_id: "case",
    outcome: "received",
    missing_material_ids: [],
    text: "收到",
    legal_basis: "",
    pass_to_skill_group_id: null,
  });
  expect(given("case", { ...draft, outcome: "passed_on" }).pass_to_skill_group_id).toBe("g");
});
