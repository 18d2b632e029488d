import { readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";

import { expect, test } from "vitest";

import { SHARED_MESSAGES } from "@shared/i18n";
import { flat, places } from "../web_shared/messages";
import { VILLAGE_MESSAGES } from "../../village_client/web/i18n";

const chinese = flat(VILLAGE_MESSAGES["zh-CN"]);
const english = flat(VILLAGE_MESSAGES.en);

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    if (statSync(file).isDirectory()) return name === "static" ? [] : sources(file);
    return /\.(vue|ts)$/.test(name) ? [readFileSync(file, "utf-8")] : [];
  });
}

test("both languages say the same things, with the same places to fill", () => {
  expect(Object.keys(english)).toEqual(Object.keys(chinese));
  for (const [key, sentence] of Object.entries(chinese)) {
    expect([key, places(english[key] ?? "")]).toEqual([key, places(sentence)]);
  }
});

test("no group of the page hides a shared one", () => {
  const shared = Object.keys(SHARED_MESSAGES["zh-CN"]);
  const own = Object.keys(VILLAGE_MESSAGES["zh-CN"]);
  expect(own.filter((group) => shared.includes(group))).toEqual([]);
});

test("every sentence that the pages ask for by its full key exists", () => {
  const known = new Set([...Object.keys(chinese), ...Object.keys(flat(SHARED_MESSAGES["zh-CN"]))]);
  const asked = sources(path.join(import.meta.dirname, "../../village_client/web")).flatMap(
    (text) => [...text.matchAll(/\bt\(\s*["'`]([a-z_.]+)["'`]/g)].map((match) => match[1] ?? ""),
  );
  expect(asked.length).toBeGreaterThan(100);
  expect(asked.filter((key) => !known.has(key))).toEqual([]);
});
