import { createI18n } from "vue-i18n";

export type Locale = "zh-CN" | "en";
/** Sentences by key, as in the JSON files; groups may nest. */
export interface Messages {
  [key: string]: string | Messages;
}

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

/** The translations of one page; both languages hold the same keys. */
export function createPageI18n(messages: Record<Locale, Messages>) {
  const locale = initialLocale();
  document.documentElement.lang = locale;
  return createI18n({ legacy: false, locale, fallbackLocale: "zh-CN", messages });
}
