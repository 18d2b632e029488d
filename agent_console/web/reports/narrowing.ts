import type { ReportBy } from "@shared/generated/wire";
import type { Day, Preset } from "./periods";

/** What the report is about; empty strings narrow nothing. */
export interface Narrowing {
  preset: Preset;
  from: Day;
  to: Day;
  townId: string;
  windowId: string;
  itemCode: string;
  agentId: string;
}

/** As the API takes it. */
export function queryOf(narrowing: Narrowing, by: ReportBy): Record<string, string> {
  return {
    from_day: narrowing.from,
    to_day: narrowing.to,
    by,
    town_id: narrowing.townId,
    window_id: narrowing.windowId,
    item_code: narrowing.itemCode,
    agent_staff_id: narrowing.agentId,
  };
}
