import type { AppointmentState, GrantCondition, MandateState } from "@shared/generated/wire";

/** The colour of a badge; the word beside it says the same. */
export const CONDITION_COLOUR: Record<GrantCondition, string> = {
  proposed: "amber",
  not_begun: "blue",
  in_force: "green",
  suspended: "red",
  expired: "grey",
  declined: "grey",
  revoked: "grey",
};

export const APPOINTMENT_COLOUR: Record<AppointmentState, string> = {
  nominated: "amber",
  appointed: "green",
  declined: "grey",
  ended: "grey",
};

export const MANDATE_COLOUR: Record<MandateState, string> = {
  proposed: "amber",
  in_force: "green",
  declined: "red",
  revoked: "red",
};

/** Midnight in the county at the beginning of a day written as `2026-11-28`. */
export function dayStartMs(day: string): number {
  return Date.parse(`${day}T00:00:00+08:00`);
}

/** The county's day, `offset` days from `nowMs`, as `2026-11-28`. */
export function countyDay(nowMs: number, offset = 0): string {
  const shifted = new Date(nowMs + offset * 86_400_000 + 8 * 3_600_000);
  return shifted.toISOString().slice(0, 10);
}
