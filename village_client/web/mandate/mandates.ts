import type { Api } from "@shared/api";
import type { AuthorityView, MandateDrafted, MandateView } from "@shared/generated/wire";
import type { Stroke } from "@shared/signature/strokes";

/** The mandates of one case's subject, as the window's helper works with them. */
export class CaseMandates {
  constructor(
    private readonly api: Api,
    private readonly caseId: string,
  ) {}

  look(): Promise<AuthorityView> {
    return this.api.get<AuthorityView>(`${this.base}/authority`);
  }

  draft(terms: MandateDrafted): Promise<MandateView> {
    return this.api.post<MandateView>(`${this.base}/mandates`, terms);
  }

  choose(mandateId: string): Promise<MandateView> {
    return this.api.post<MandateView>(`${this.base}/mandates/${mandateId}/choose`);
  }

  sign(mandateId: string, strokes: Stroke[]): Promise<MandateView> {
    return this.api.post<MandateView>(`${this.base}/mandates/${mandateId}/signature`, { strokes });
  }

  private get base(): string {
    return `/api/window/cases/${this.caseId}`;
  }
}

/** The end of the county's day, `days` from `nowMs`. */
export function endOfDayMs(nowMs: number, days: number): number {
  const county = 8 * 3_600_000;
  const day = 86_400_000;
  return (Math.floor((nowMs + county) / day) + days + 1) * day - county;
}
