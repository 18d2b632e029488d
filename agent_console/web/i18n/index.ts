import type { Locale, Messages } from "@shared/i18n";
import english from "./en.json";
import chinese from "./zh-CN.json";

/** The words of the console, of supervision and of the API reference. */
export const DESK_MESSAGES: Record<Locale, Messages> = { "zh-CN": chinese, en: english };
