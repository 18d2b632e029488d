import type { FigureView, ReportRow } from "@shared/generated/wire";
import { named } from "@shared/i18n";
import { figureName } from "./figure_words";

/** Signs that begin a formula, the full-width ones too, behind blanks as well (OWASP ASVS 5.0, 1.2.10). */
const FORMULA = /^(\s*[=+\-@＝＋－＠]|[\t\r\n\0])/;

/** A cell that no spreadsheet takes for a formula, quoted as RFC 4180 says. */
export function csvCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

/** With a byte order mark: without one, Excel takes Chinese for something else. */
export function csvOf(
  heading: string,
  figures: readonly FigureView[],
  rows: readonly ReportRow[],
  locale: string,
): string {
  const head = [heading, ...figures.map((figure) => figureName(figure, locale))];
  const lines = rows.map((row) => [
    csvCell(named(locale, row.name, row.name_en)),
    ...figures.map(({ key }) => String(row.values[key] ?? "")),
  ]);
  return `\ufeff${[head.map(csvCell), ...lines].map((line) => line.join(",")).join("\r\n")}\r\n`;
}
