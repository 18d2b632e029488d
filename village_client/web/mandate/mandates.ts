import type { Api } from "@shared/api";
import type {
  AuthorityView,
  MandateDrafted,
  MandatePageKind,
  MandateView,
} from "@shared/generated/wire";
import { sendPage } from "@shared/rtc/page_upload";
import { grabFrame, originalStill } from "@shared/rtc/still";
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

  /** What lies under the document camera now, at full resolution, becomes the next page. */
  async takePage(
    mandateId: string,
    kind: MandatePageKind,
    camera: MediaStreamTrack | null,
    progress: (fraction: number) => void,
  ): Promise<void> {
    if (camera === null) throw Object.assign(new Error(), { name: "NotFoundError" });
    const still = await originalStill(await grabFrame(camera));
    const toSend = {
      caseId: this.caseId,
      materialId: null,
      request: null,
      still,
      kind: "original",
      replaces: null,
    } as const;
    const page = await sendPage(this.api, toSend, progress);
    const path = `${this.base}/mandates/${mandateId}/pages`;
    await this.api.post<MandateView>(path, { page_id: page.id, kind });
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
