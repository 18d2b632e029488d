import { beforeEach, expect, test } from "vitest";

import { createPageI18n, initialLocale, rememberLocale } from "@shared/i18n";

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
