import type { ApiError } from "@shared/api";

/** A place in the file that was refused, and why. */
export interface RowProblem {
  /** As a spreadsheet program numbers rows; empty for a whole table. */
  row: string;
  column: string;
  text: string;
}

/** The places named in a refusal's details; a refusal for another reason names none. */
export function rowProblems(error: ApiError, locale: string): RowProblem[] {
  const { problems, rows } = error.details;
  const all: unknown = problems ?? rows;
  return Array.isArray(all) ? all.map((one: unknown) => rowProblem(one, locale)) : [];
}

function rowProblem(one: unknown, locale: string): RowProblem {
  const found = (typeof one === "object" && one !== null ? one : { text: one }) as Fields;
  const place = [found.table, found.row].filter((part) => part !== null && part !== undefined);
  const sentence = locale === "en" ? found.en : found.zh;
  return {
    row: place.join(" · "),
    column: String(found.column ?? ""),
    text: String(sentence ?? found.text ?? ""),
  };
}

type Fields = Partial<Record<"table" | "row" | "column" | "zh" | "en" | "text", string | number>>;
