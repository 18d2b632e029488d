import { reactive } from "vue";

import type { PageChanged } from "@shared/generated/wire";
import type { RoomSocket } from "@shared/sockets";

/** A page that was asked for and is not here yet. */
export interface PageRequestState {
  request: string;
  caseId: string;
  materialId: string | null;
  /** 0 to 1 of the upload. */
  fraction: number;
  /** The window's reason why it cannot be taken. */
  problem: string;
}

/** The agent's wishes for pages, from the button to the picture. */
export class PageRequests {
  readonly open: PageRequestState[] = reactive([]);

  constructor(private readonly socket: RoomSocket) {
    socket.on({ "page.changed": (event) => this.changed(event) });
  }

  /** @throws {CommandError} when the window is not there. */
  async take(caseId: string, materialId: string | null): Promise<void> {
    const wish = { type: "page.request", case_id: caseId, material_id: materialId } as const;
    const { request } = await this.socket.request<"page.request">(wish);
    if (this.find(request) !== undefined) return;
    this.open.push({ request, caseId, materialId, fraction: 0, problem: "" });
  }

  forget(request: string): void {
    const at = this.open.findIndex((one) => one.request === request);
    if (at >= 0) this.open.splice(at, 1);
  }

  private changed({ request, page, fraction, problem }: PageChanged): void {
    const asked = request === null ? undefined : this.find(request);
    if (asked === undefined || request === null) return;
    asked.fraction = fraction;
    asked.problem = problem || (page?.state === "failed" ? "failed" : "");
    if (page?.state === "ready") this.forget(request);
  }

  private find(request: string): PageRequestState | undefined {
    return this.open.find((one) => one.request === request);
  }
}
