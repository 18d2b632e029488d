import { createI18n } from "vue-i18n";

import english from "./en.json";
import chinese from "./zh-CN.json";

export type Locale = "zh-CN" | "en";
/** Sentences by key, as in the JSON files; groups may nest. */
export interface Messages {
  [key: string]: string | Messages;
}

/** What every page may have to say: errors, devices, quality. */
export const SHARED_MESSAGES: Record<Locale, Messages> = { "zh-CN": chinese, en: english };

const remembered = "shipinban.locale";

/** The language picked last on this machine; Chinese comes first. */
export function initialLocale(): Locale {
  return localStorage.getItem(remembered) === "en" ? "en" : "zh-CN";
}

/** Remembers the language and tells it to the browser, which reads and hyphenates by it. */
export function rememberLocale(locale: Locale): void {
  localStorage.setItem(remembered, locale);
  document.documentElement.lang = locale;
}

/**
 * The translations of one page, on top of the shared ones; both languages hold the same keys. The
 * page's groups must not be named like the shared ones.
 */
export function createPageI18n(messages: Record<Locale, Messages>) {
  const locale = initialLocale();
  document.documentElement.lang = locale;
  const all = {
    "zh-CN": { ...SHARED_MESSAGES["zh-CN"], ...messages["zh-CN"] },
    en: { ...SHARED_MESSAGES.en, ...messages.en },
  };
  return createI18n({ legacy: false, locale, fallbackLocale: "zh-CN", messages: all });
}

/** `名称` or `name_en`, as the server sends most names twice; English falls back to Chinese. */
export function named(locale: string, chinese: string, english: string): string {
  return locale === "en" && english ? english : chinese;
}
