import { reactive } from "vue";

import type { Api } from "@shared/api";
import type { EarlierView, MaterialsView, PageFault } from "@shared/generated/wire";
import { DeviceError } from "@shared/rtc/devices";
import { sendPage } from "@shared/rtc/page_upload";
import { grabFrame, originalStill, sha256Hex } from "@shared/rtc/still";
import { judgeFrame } from "./judge_frame";

export const FILE_TYPES = "application/pdf,image/jpeg,image/png,image/webp";
export const LARGEST_FILE_BYTES = 8 * 1024 * 1024;

/** A page that was taken for a line: looked at before it is sent. */
export interface TakenFrame {
  frame: HTMLCanvasElement;
  faults: PageFault[];
}

/** The checklist of one case at the window: what is there, and every way to meet a line. */
export class CaseMaterials {
  readonly facts: { view: MaterialsView | null; fraction: number | null } = reactive({
    view: null,
    fraction: null,
  });

  constructor(
    private readonly api: Api,
    readonly caseId: string,
    private readonly camera: () => MediaStreamTrack | null,
  ) {}

  async load(): Promise<void> {
    this.facts.view = await this.api.get(this.path);
  }

  async take(): Promise<TakenFrame> {
    const track = this.camera();
    if (track === null) throw new DeviceError("missing");
    const frame = await grabFrame(track);
    return { frame, faults: await judgeFrame(frame) };
  }

  async sendFrame(materialId: string, { frame, faults }: TakenFrame): Promise<void> {
    const { blob, sha256 } = await originalStill(frame);
    await this.send(materialId, blob, sha256, false, faults);
  }

  async sendFile(materialId: string, file: File): Promise<void> {
    await this.send(materialId, file, await sha256Hex(await file.arrayBuffer()), true, []);
  }

  async licence(materialId: string, name: string, number: string): Promise<void> {
    await this.post("licence", { material_id: materialId, name, number });
  }

  async promise(
    materialId: string,
    given: { due_day: string; pick_up_code: string; consignment_number: string },
  ): Promise<void> {
    await this.post("promise", { material_id: materialId, ...given });
  }

  async earlier(materialId: string): Promise<EarlierView[]> {
    const found = await this.api.get<{ earlier: EarlierView[] }>(
      `${this.path}/${materialId}/earlier`,
    );
    return found.earlier;
  }

  async again(materialId: string, earlierId: string): Promise<void> {
    await this.post("earlier", { material_id: materialId, earlier_id: earlierId });
  }

  async takeBack(givenId: string): Promise<void> {
    await this.post(`${givenId}/take-back`);
  }

  private get path(): string {
    return `/api/window/cases/${this.caseId}/materials`;
  }

  private async post(what: string, body?: unknown): Promise<void> {
    this.facts.view = await this.api.post<MaterialsView>(`${this.path}/${what}`, body);
  }

  private async send(
    materialId: string,
    blob: Blob,
    sha256: string,
    uploaded: boolean,
    faults: PageFault[],
  ): Promise<void> {
    const page = {
      caseId: this.caseId,
      still: { blob, sha256 },
      kind: "original" as const,
      materialId,
      request: null,
      replaces: null,
      uploaded,
      faults,
    };
    try {
      await sendPage(this.api, page, (fraction) => {
        this.facts.fraction = fraction;
      });
    } finally {
      this.facts.fraction = null;
    }
    await this.load();
  }
}
