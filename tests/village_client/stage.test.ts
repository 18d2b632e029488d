import { expect, test } from "vitest";

import { noFacts } from "../../village_client/web/app/facts";
import type { WindowFacts } from "../../village_client/web/app/facts";
import { stageOf } from "../../village_client/web/app/stage";

function facts(known: object): WindowFacts {
  const signedIn = { config: {}, me: {}, synced: true, checked: true, link: "open" };
  return { ...noFacts(), ...(signedIn as Partial<WindowFacts>), ...known };
}

const ticket = (state: string) => ({ ticket: { state } });
const current = (state: string, outcome: string | null = null) => ({ current: { state, outcome } });

test.each([
  ["nothing is known yet", "loading", { me: undefined }],
  ["nobody is signed in", "sign_in", { me: null }],
  ["a newer page took over", "stopped", { linkClosed: 4409 }],
  ["the server's picture is not here yet", "loading", { synced: false }],
  ["the devices were not checked", "check", { checked: false }],
  ["nothing was chosen", "item", {}],
  ["an item was chosen", "people", { item: {} }],
  ["a draft waits for the answer", "consent", current("draft")],
  ["the ticket waits", "queue", { ...current("draft"), ...ticket("waiting") }],
  ["an agent is being called", "queue", { ...current("draft"), ...ticket("offered") }],
  ["an agent answered", "call", { ...ticket("serving"), call: {} }],
  ["a call-back was promised", "promised", { ...current("draft"), promised: {} }],
  ["the call is over", "end", { finished: {}, ...ticket("served") }],
  ["the call is over before its ticket is told", "end", { finished: {}, ...ticket("serving") }],
  ["the call broke off and waits at the head", "queue", { finished: {}, ...ticket("waiting") }],
  ["reloaded after the call", "end", current("accepted")],
  ["reloaded after a call that moved no state", "end", current("draft", "passed_on")],
  [
    "reloaded between the call and its outcome",
    "end",
    { current: { state: "draft", outcome: null, called: true } },
  ],
  [
    "called again after a call",
    "queue",
    { current: { state: "draft", outcome: null, called: true }, ...ticket("offered") },
  ],
])("%s: %s", (_, stage, known) => {
  expect(stageOf(facts(known))).toBe(stage);
});

test("the queue comes before a device check that has become old", () => {
  expect(stageOf(facts({ checked: false, ...ticket("waiting") }))).toBe("queue");
});
