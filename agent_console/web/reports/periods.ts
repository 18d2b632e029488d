/** Days of the county's calendar, as `2026-11-28`; sums are made in UTC, where no day is short. */
export type Day = string;

export type Preset = "today" | "week" | "month" | "last_week" | "last_month" | "custom";
export const PRESETS: readonly Preset[] = [
  "today",
  "week",
  "last_week",
  "month",
  "last_month",
  "custom",
];

const DAY_MS = 24 * 3_600_000;

export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

function monday(day: Day): Day {
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  return addDays(day, -weekday);
}

function firstOfMonth(day: Day): Day {
  return `${day.slice(0, 8)}01`;
}

/** First and last day; the running week and month end today. */
export function presetDays(preset: Exclude<Preset, "custom">, today: Day): [Day, Day] {
  switch (preset) {
    case "today":
      return [today, today];
    case "week":
      return [monday(today), today];
    case "month":
      return [firstOfMonth(today), today];
    case "last_week": {
      const last = addDays(monday(today), -1);
      return [addDays(last, -6), last];
    }
    case "last_month": {
      const last = addDays(firstOfMonth(today), -1);
      return [firstOfMonth(last), last];
    }
  }
}
