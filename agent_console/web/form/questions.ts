import type { FormDesk } from "@shared/generated/wire";

export type Answers = FormDesk["answers"];

/** A question of an item's form, as casework/forms/schema.py takes it. */
export interface Question {
  key: string;
  kind: "text" | "date" | "choice" | "number" | "yes_no" | "list";
  title: string;
  titleEn: string;
  required: boolean;
  longest: number;
  choices: { value: string; label: string; labelEn: string }[];
  fillWith: "subject_name" | "present_name" | null;
}

interface Part {
  type: string;
  title: string;
  title_en: string;
  format?: string;
  enum?: string[];
  enum_en?: string[];
  maxLength?: number;
  items?: { maxLength: number };
  fill_with?: Question["fillWith"];
}

/** In the order in which they are asked. */
export function questionsOf(schema: FormDesk["questions"]): Question[] {
  const properties = (schema.properties ?? {}) as Record<string, Part>;
  const required = (schema.required ?? []) as string[];
  return Object.entries(properties).map(([key, part]) => ({
    key,
    kind: kindOf(part),
    title: part.title,
    titleEn: part.title_en,
    required: required.includes(key),
    longest: part.maxLength ?? part.items?.maxLength ?? 500,
    choices: (part.enum ?? []).map((value, index) => ({
      value,
      label: value,
      labelEn: part.enum_en?.[index] ?? value,
    })),
    fillWith: part.fill_with ?? null,
  }));
}

function kindOf(part: Part): Question["kind"] {
  if (part.type === "string" && part.enum !== undefined) return "choice";
  if (part.type === "string") return part.format === "date" ? "date" : "text";
  if (part.type === "boolean") return "yes_no";
  return part.type === "array" ? "list" : "number";
}

/** What stands in a field as text, brought back to what the form means; empty is not answered. */
export function answerOf(kind: Question["kind"], text: string): Answers[string] | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  if (kind === "number") return Number.isFinite(Number(trimmed)) ? Number(trimmed) : undefined;
  if (kind === "yes_no") return trimmed === "yes";
  if (kind === "list") {
    return trimmed
      .split(/\n|；|;/)
      .map((one) => one.trim())
      .filter(Boolean);
  }
  return trimmed;
}

export function textOf(answer: Answers[string] | undefined): string {
  if (answer === undefined) return "";
  if (typeof answer === "boolean") return answer ? "yes" : "no";
  return Array.isArray(answer) ? answer.join("\n") : String(answer);
}
