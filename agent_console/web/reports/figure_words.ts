import type { FigureUnit, FigureView } from "@shared/generated/wire";
import { named } from "@shared/i18n";

/** Where there is nothing to count from. */
export const NOTHING = "—";

export type Value = number | null | undefined;

export function figureName(figure: FigureView, locale: string): string {
  return named(locale, figure.name, figure.name_en);
}

export function figureText(value: Value, unit: FigureUnit, locale: string): string {
  if (value === null || value === undefined) return NOTHING;
  const digits = (most: number) =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: most }).format(value);
  switch (unit) {
    case "count":
      return digits(0);
    case "share":
      return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }).format(
        value,
      );
    case "minutes":
      return locale === "en" ? `${digits(1)} min` : `${digits(1)} 分钟`;
    case "hours":
      return locale === "en" ? `${digits(0)} h` : `${digits(0)} 小时`;
    case "of_ten":
      return digits(2);
  }
}

/** `+12`, `−3.4 %-points`: how it differs from the period before; empty where one is unknown. */
export function changeText(now: Value, before: Value, unit: FigureUnit, locale: string): string {
  if (now === null || now === undefined || before === null || before === undefined) return "";
  const points = unit === "share";
  const change = points ? (now - before) * 100 : now - before;
  const digits = unit === "count" || unit === "hours" ? 0 : unit === "of_ten" ? 2 : 1;
  const text = new Intl.NumberFormat(locale, {
    maximumFractionDigits: digits,
    signDisplay: "exceptZero",
  }).format(change);
  if (!points) return text;
  return locale === "en" ? `${text} points` : `${text} 个百分点`;
}
