import { dayStartMs } from "../review/filters";

/** What the list of entries is narrowed to; empty strings narrow nothing. */
export interface JournalFilters {
  days: [string, string] | null;
  caseNumber: string;
  actor: string;
  what: string;
  organisationId: string;
}

export function noJournalFilters(): JournalFilters {
  return { days: null, caseNumber: "", actor: "", what: "", organisationId: "" };
}

const DAY_MS = 24 * 3_600_000;

/** As the API takes it; the last day is included. */
export function journalQuery(
  filters: JournalFilters,
  page: number,
): Record<string, string | number | null> {
  const { days } = filters;
  return {
    case_number: filters.caseNumber.trim(),
    actor: filters.actor.trim(),
    what: filters.what.trim(),
    organisation_id: filters.organisationId,
    from_ms: days === null ? null : dayStartMs(days[0]),
    to_ms: days === null ? null : dayStartMs(days[1]) + DAY_MS,
    page,
  };
}
