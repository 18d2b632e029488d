import { beforeEach, expect, test } from "vitest";

import { SHARED_MESSAGES, createPageI18n, initialLocale, rememberLocale } from "@shared/i18n";
import { flat, places } from "./messages";

beforeEach(() => {
  localStorage.clear();
});

test("Chinese comes first", () => {
  expect(initialLocale()).toBe("zh-CN");
  expect(createPageI18n({ "zh-CN": {}, en: {} }).global.locale.value).toBe("zh-CN");
  expect(document.documentElement.lang).toBe("zh-CN");
});

test("the language picked last is kept", () => {
  rememberLocale("en");
  expect(document.documentElement.lang).toBe("en");
  expect(createPageI18n({ "zh-CN": {}, en: {} }).global.locale.value).toBe("en");
});

test("both languages say the same things, with the same places to fill", () => {
  const [chinese, english] = [flat(SHARED_MESSAGES["zh-CN"]), flat(SHARED_MESSAGES.en)];
  expect(Object.keys(english)).toEqual(Object.keys(chinese));
  for (const [key, sentence] of Object.entries(chinese)) {
    expect([key, places(english[key] ?? "")]).toEqual([key, places(sentence)]);
  }
});
