import { expect, test } from "vitest";

import { noFacts, stageOf } from "../../../agent_console/web/duty/facts";
import type { ConsoleFacts } from "../../../agent_console/web/duty/facts";

const working = {
  ...noFacts(),
  config: {},
  me: {},
  synced: true,
} as unknown as ConsoleFacts;
const call = {} as ConsoleFacts["call"];
const finished = {} as ConsoleFacts["finished"];

test.each<[string, Partial<ConsoleFacts>]>([
  ["desk", {}],
  ["loading", { me: undefined }],
  ["loading", { synced: false }],
  ["sign_in", { me: null }],
  ["sign_in", { linkClosed: 4401 }],
  ["taken_over", { linkClosed: 4409, call }],
  ["stopped", { linkClosed: 4403 }],
  ["call", { call, finished }],
  ["wrap_up", { finished }],
])("%s follows from what is known", (stage, change) => {
  expect(stageOf({ ...working, ...change })).toBe(stage);
});
