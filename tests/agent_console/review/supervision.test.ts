import { expect, test } from "vitest";

import { ApiError } from "@shared/api";
import { rowProblems } from "../../../agent_console/web/administration/import_problems";
import { partsOf } from "../../../agent_console/web/app/hash_route";
import { eventKey } from "../../../agent_console/web/review/event_words";
import { groupsOf, sectionsFor } from "../../../agent_console/web/review/supervision_app";
import { DESK_MESSAGES } from "../../../agent_console/web/i18n";
import { flat } from "../../web_shared/messages";

test("roles decide what is shown", () => {
  const desks = ["reviews", "draws", "follow_ups", "could_not"];
  const lists = ["organisations", "staff", "items"];
  expect(sectionsFor(["system_administrator"])).toEqual([
    ...lists,
    "import",
    "calendar",
    "storage",
  ]);
  expect(sectionsFor(["home_supervisor"])).toEqual([
    "calls",
    "wallboard",
    "live",
    "cases",
    "reports",
    "authority",
    ...desks,
    "journal",
    "keeping",
    "organisations",
    "items",
    "calendar",
  ]);
  expect(sectionsFor(["county_supervisor"])).toEqual([
    "calls",
    "wallboard",
    "live",
    "cases",
    "refusals",
    "reports",
    "authority",
    ...desks,
    "journal",
    "keeping",
    ...lists,
    "calendar",
  ]);
  expect(sectionsFor(["coordinator"])).toEqual(["could_not"]);
  expect(sectionsFor(["auditor"])).toEqual(["journal", "roles"]);
});

test("every section of a role stands in exactly one group", () => {
  const roles = ["county_supervisor", "security_administrator", "system_administrator"] as const;
  const sections = sectionsFor(roles);
  const grouped = groupsOf(sections).flatMap(([, all]) => all);
  expect([...grouped].sort()).toEqual([...sections].sort());
  expect(groupsOf(["could_not"])).toEqual([["review", ["could_not"]]]);
});

test("an address is read apart, a broken one too", () => {
  expect(partsOf("#calls/a%20b")).toEqual(["calls", "a b"]);
  expect(partsOf("#/calls//%E0%A4%A")).toEqual(["calls", "%E0%A4%A"]);
  expect(partsOf("")).toEqual([]);
});

test.each([
  ["hold.changed", { on: true, by: "agent" }],
  ["hold.changed", { on: false, by: "agent" }],
  ["voice_and_pages.changed", { on: true }],
  ["checklist.marked", { checked: false }],
  ["participant.connection", { state: "lost" }],
  ["recording.failed", { reason: "disk" }],
  ["call.started", {}],
  ["call.ended", { reason: "finished" }],
  ["page.requested", {}],
  ["prompt.shown", { text: "请签名" }],
  ["notes.saved", {}],
  ["consent.withdrawn", {}],
])("the event %s has words", (kind, body) => {
  const said = flat(DESK_MESSAGES["zh-CN"]);
  expect(said).toHaveProperty([
    eventKey({ kind, body, position_ms: 0, actor_name: null, actor_name_en: null }),
  ]);
});

test("every bad row of a refused file is named in the page's language", () => {
  const problems = [
    { table: "items", row: 7, column: "code", zh: "代码重复", en: "the code is there twice" },
    { table: "items", row: null, column: "", zh: "缺少列", en: "a column is missing" },
  ];
  const refused = new ApiError("import.refused", "", 400, { problems });
  expect(rowProblems(refused, "zh-CN")).toEqual([
    { row: "items · 7", column: "code", text: "代码重复" },
    { row: "items", column: "", text: "缺少列" },
  ]);
  expect(rowProblems(refused, "en")[0]?.text).toBe("the code is there twice");
  expect(rowProblems(new ApiError("role", "", 403), "en")).toEqual([]);
});
