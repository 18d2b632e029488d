import type { Locale, Messages } from "@shared/i18n";
import english from "./en.json";
import chinese from "./zh-CN.json";

/** The words of the window and of the resident's screen. */
export const VILLAGE_MESSAGES: Record<Locale, Messages> = { "zh-CN": chinese, en: english };
