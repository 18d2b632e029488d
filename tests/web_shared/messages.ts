import type { Messages } from "@shared/i18n";

/** `{a: {b: "…"}}` → `{"a.b": "…"}`. */
export function flat(messages: Messages, prefix = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [key, value] of Object.entries(messages)) {
    if (typeof value === "string") found[prefix + key] = value;
    else Object.assign(found, flat(value, `${prefix}${key}.`));
  }
  return found;
}

/** The `{name}` places of a sentence, in order of name. */
export function places(sentence: string): string[] {
  return [...sentence.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "").sort();
}
