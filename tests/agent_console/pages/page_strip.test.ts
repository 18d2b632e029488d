import { expect, test } from "vitest";

import { shownPages } from "../../../agent_console/web/pages/page_strip";
import { aPage } from "../sample";

function told(...pages: ReturnType<typeof aPage>[]) {
  return shownPages(pages).map(({ page, mark, fraction }) => [page.id, mark, fraction]);
}

const readable = aPage("readable", { kind: "readable", created_ms: 1 });

test("an original stands without a mark", () => {
  expect(told(aPage("one"))).toEqual([["one", null, 1]]);
});

test("a readable version is marked until its original is here", () => {
  const coming = aPage("original", {
    state: "uploading",
    received_bytes: 400,
    replaces_page_id: "readable",
    created_ms: 2,
  });
  expect(told(readable)).toEqual([["readable", "readable", 1]]);
  expect(told(readable, coming)).toEqual([["readable", "original_coming", 0.4]]);
  expect(told(readable, { ...coming, state: "ready" })).toEqual([["original", null, 1]]);
});

test("an original that failed leaves the readable version marked", () => {
  const failed = aPage("original", { state: "failed", replaces_page_id: "readable" });
  expect(told(readable, failed)).toEqual([["readable", "readable", 1]]);
});

test("a frame of the live picture is marked as low", () => {
  expect(told(aPage("frame", { kind: "video_frame" }))).toEqual([["frame", "low", 1]]);
});

test("pages on their way and failed ones say so, oldest first", () => {
  const sent = aPage("sent", { state: "uploading", received_bytes: 250, created_ms: 5 });
  const failed = aPage("failed", { state: "failed", created_ms: 3 });
  expect(told(sent, failed)).toEqual([
    ["failed", "failed", 0],
    ["sent", "uploading", 0.25],
  ]);
});
