import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";

import { expect, test } from "vitest";

import { SHARED_MESSAGES } from "@shared/i18n";
import { DESK_MESSAGES } from "../../agent_console/web/i18n";
import { flat, places } from "../web_shared/messages";

const WEB = path.join(import.meta.dirname, "../../agent_console/web");
const [chinese, english] = [flat(DESK_MESSAGES["zh-CN"]), flat(DESK_MESSAGES.en)];

test("both languages say the same things, with the same places to fill", () => {
  expect(Object.keys(english)).toEqual(Object.keys(chinese));
  for (const [key, sentence] of Object.entries(chinese)) {
    expect([key, places(english[key] ?? "")]).toEqual([key, places(sentence)]);
    expect([key, sentence.trim() !== "" && english[key]?.trim() !== ""]).toEqual([key, true]);
  }
});

test("no group is named like a shared one, which it would hide", () => {
  const shared = new Set(Object.keys(SHARED_MESSAGES["zh-CN"]));
  expect(Object.keys(DESK_MESSAGES["zh-CN"]).filter((group) => shared.has(group))).toEqual([]);
});

test("every key written out in a page is there", () => {
  const known = { ...flat(SHARED_MESSAGES["zh-CN"]), ...chinese };
  const missing = sources().flatMap(([file, text]) =>
    [...text.matchAll(/\bt\(\s*"([a-z0-9_.]+)"/g)]
      .map((match) => match[1] ?? "")
      .filter((key) => !(key in known))
      .map((key) => `${file}: ${key}`),
  );
  expect(missing).toEqual([]);
});

test("every group that a key is chosen from is there", () => {
  const known = Object.keys({ ...flat(SHARED_MESSAGES["zh-CN"]), ...chinese });
  const missing = sources().flatMap(([file, text]) =>
    [...text.matchAll(/\bt\(\s*`([a-z0-9_.]+)\$\{/g)]
      .map((match) => match[1] ?? "")
      .filter((start) => !known.some((key) => key.startsWith(start)))
      .map((start) => `${file}: ${start}`),
  );
  expect(missing).toEqual([]);
});

function sources(): [string, string][] {
  const files = readdirSync(WEB, { recursive: true, encoding: "utf-8" });
  const found = files
    .filter((file) => file.endsWith(".vue") || file.endsWith(".ts"))
    .map((file): [string, string] => [file, readFileSync(path.join(WEB, file), "utf-8")]);
  expect(found.length).toBeGreaterThan(40);
  return found;
}
