import type { Api } from "@shared/api";
import type {
  CaseCourse,
  CourseBrief,
  CourseList,
  RefusalNotice,
  StepTaken,
} from "@shared/generated/wire";

type Ask = <T>(request: (api: Api) => Promise<T>) => Promise<T>;

/** The course of cases as one surface sees it: the same pages serve console and supervision. */
export class CourseApi {
  constructor(
    readonly surface: "console" | "supervision",
    private readonly ask: Ask,
  ) {}

  list(query: Record<string, string | number | null>): Promise<CourseList> {
    return this.ask((api) => api.get<CourseList>(`/api/${this.surface}/cases`, { query }));
  }

  course(caseId: string): Promise<CaseCourse> {
    return this.ask((api) => api.get<CaseCourse>(`${this.path(caseId)}/course`));
  }

  step(caseId: string, taken: StepTaken): Promise<CaseCourse> {
    return this.ask((api) => api.post<CaseCourse>(`${this.path(caseId)}/steps`, taken));
  }

  notice(caseId: string): Promise<RefusalNotice> {
    return this.ask((api) => api.get<RefusalNotice>(`${this.path(caseId)}/refusal-notice`));
  }

  private path(caseId: string): string {
    return `/api/${this.surface}/cases/${caseId}`;
  }
}

const GREEN = ["accepted", "done", "handed_over"];
const RED = ["refused", "materials_overdue", "upheld"];
const AMBER = ["returned", "refusal_proposed", "suspended", "appealed", "accepted_to_follow"];
const OVER = ["handed_over", "withdrawn", "upheld", "closed"];

export function stateColour({ state }: CourseBrief): "green" | "red" | "amber" | "blue" | "grey" {
  if (GREEN.includes(state)) return "green";
  if (RED.includes(state)) return "red";
  if (AMBER.includes(state)) return "amber";
  return OVER.includes(state) ? "grey" : "blue";
}

/** What the next deadline of a case is: that of the papers when it comes first. */
export function nextDue({ due_ms, materials_due_ms }: CourseBrief): {
  what: "due" | "materials_due";
  ms: number;
} | null {
  if (materials_due_ms !== null && (due_ms === null || materials_due_ms <= due_ms)) {
    return { what: "materials_due", ms: materials_due_ms };
  }
  return due_ms === null ? null : { what: "due", ms: due_ms };
}
