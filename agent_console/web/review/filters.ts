import type { Outcome, RatingGrade } from "@shared/generated/wire";

/** What the list of calls is narrowed to; empty strings narrow nothing. */
export interface Filters {
  /** First and last day, as `2026-11-22`. */
  days: [string, string] | null;
  item: string;
  windowId: string;
  agentId: string;
  organisationId: string;
  outcome: Outcome | "";
  rating: RatingGrade | "";
  text: string;
}

export function noFilters(): Filters {
  return {
    days: null,
    item: "",
    windowId: "",
    agentId: "",
    organisationId: "",
    outcome: "",
    rating: "",
    text: "",
  };
}

const DAY_MS = 24 * 3_600_000;

/** Midnight of the county's day: China has one time zone and no summer time. */
export function dayStartMs(day: string): number {
  return Date.parse(`${day}T00:00:00+08:00`);
}

/** As the API takes it; the last day is included. */
export function queryOf(filters: Filters, page: number): Record<string, string | number | null> {
  const { days } = filters;
  return {
    from_ms: days === null ? null : dayStartMs(days[0]),
    to_ms: days === null ? null : dayStartMs(days[1]) + DAY_MS,
    item: filters.item.trim(),
    window_id: filters.windowId,
    agent_staff_id: filters.agentId,
    organisation_id: filters.organisationId,
    outcome: filters.outcome,
    rating: filters.rating,
    text: filters.text.trim(),
    page,
  };
}
