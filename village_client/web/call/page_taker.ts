import { reactive } from "vue";

import type { Api } from "@shared/api";
import type {
  MandatePageAdded,
  MandatePageKind,
  PageFault,
  PageView,
} from "@shared/generated/wire";
import { problemOf } from "@shared/rtc/devices";
import type { DeviceProblem } from "@shared/rtc/devices";
import { sendPage } from "@shared/rtc/page_upload";
import type { PageToSend } from "@shared/rtc/page_upload";
import type { RoomMedia } from "@shared/rtc/room_media";
import { grabFrame, originalStill, readableStill } from "@shared/rtc/still";
import type { Still } from "@shared/rtc/still";
import type { RoomSocket } from "@shared/sockets";
import { judgeFrame } from "../materials/judge_frame";

export interface Wish {
  /** Of the agent; `null` when the helper takes a page unasked. */
  request: string | null;
  caseId: string;
  materialId: string | null;
  /** The mandate on paper that the page is of. */
  mandate?: { id: string; kind: MandatePageKind; number: number };
  /** The page that is taken once more. */
  replaces?: string;
}

/** A page on its way, as the window shows it. */
export interface TakenPage {
  key: number;
  wish: Wish;
  preview: string;
  fraction: number;
  state: "sending" | "sent" | "failed";
  problem: DeviceProblem | "upload" | null;
  /** What is wrong with the picture; it is sent nevertheless, and the agent sees this, too. */
  faults: PageFault[];
  /** Once it is with the server. */
  pageId: string | null;
  takenAgain: boolean;
}

/** An original that would take longer comes after a readable version; the picture waits for that. */
const PATIENCE_S = 4;

/** Not each chunk is worth a message. */
const TELL_EVERY = 0.1;

/** Takes full-resolution pages from the document camera and sends them, one after the other. */
export class PageTaker {
  readonly pages: TakenPage[] = reactive([]);
  private line: Promise<void> = Promise.resolve();
  private nextKey = 1;
  private closed = false;

  constructor(
    private readonly api: Api,
    private readonly socket: RoomSocket,
    private readonly media: RoomMedia,
    private readonly camera: () => MediaStreamTrack | null,
  ) {}

  /** The picture is taken and judged at once; the sending waits for the pages before it. */
  async take(wish: Wish): Promise<void> {
    const page = this.begin(wish);
    try {
      const track = this.camera();
      if (track === null) throw Object.assign(new Error(), { name: "NotFoundError" });
      const frame = await grabFrame(track);
      page.preview = await thumbnail(frame);
      page.faults = await judgeFrame(frame);
      this.line = this.line.then(() => this.send(wish, page, frame));
      await this.line;
    } catch (error) {
      this.failed(wish, page, problemOf(error));
    }
  }

  /** The new picture takes the place of a bad one, wherever that stands. */
  async again(page: TakenPage): Promise<void> {
    const { pageId, wish } = page;
    page.takenAgain = true;
    await this.take({ ...wish, request: null, ...(pageId === null ? {} : { replaces: pageId }) });
  }

  close(): void {
    this.closed = true;
    for (const { preview } of this.pages) URL.revokeObjectURL(preview);
  }

  private begin(wish: Wish): TakenPage {
    this.pages.push({
      key: this.nextKey++,
      wish,
      preview: "",
      fraction: 0,
      state: "sending",
      problem: null,
      faults: [],
      pageId: null,
      takenAgain: false,
    });
    const page = this.pages[this.pages.length - 1];
    if (page === undefined) throw new Error("just pushed");
    return page;
  }

  private async send(wish: Wish, page: TakenPage, frame: HTMLCanvasElement): Promise<void> {
    if (this.closed) return;
    try {
      const original = await originalStill(frame);
      const first = this.tooLong(original) ? await this.sendReadable(wish, page, frame) : null;
      const before = first?.id ?? wish.replaces ?? null;
      page.pageId = (await this.upload(wish, page, original, "original", before)).id;
      page.state = "sent";
    } catch {
      this.failed(wish, page, "upload");
    }
  }

  private async sendReadable(wish: Wish, page: TakenPage, frame: HTMLCanvasElement) {
    this.media.setStillOnItsWay(true);
    try {
      const before = wish.replaces ?? null;
      return await this.upload(wish, page, await readableStill(frame), "readable", before);
    } finally {
      this.media.setStillOnItsWay(false);
    }
  }

  private async upload(
    wish: Wish,
    page: TakenPage,
    still: Still,
    kind: PageToSend["kind"],
    replaces: string | null,
  ): Promise<PageView> {
    const { caseId, materialId, request } = wish;
    const toSend = { caseId, materialId, request, still, kind, replaces, faults: page.faults };
    let told = -1;
    const sent = await sendPage(this.api, toSend, (fraction, view) => {
      page.fraction = fraction;
      if (fraction < 1 && fraction - told < TELL_EVERY) return;
      told = fraction;
      this.tell(wish, view.id, fraction, "");
    });
    await this.addToMandate(wish, sent.id);
    return sent;
  }

  private async addToMandate({ caseId, mandate }: Wish, pageId: string): Promise<void> {
    if (mandate === undefined) return;
    const added: MandatePageAdded = { page_id: pageId, kind: mandate.kind };
    await this.api.post(`/api/window/cases/${caseId}/mandates/${mandate.id}/pages`, added);
  }

  private tooLong({ blob }: Still): boolean {
    const available = this.media.upNumbers?.availableBps ?? null;
    return available !== null && (blob.size * 8) / available > PATIENCE_S;
  }

  private failed(wish: Wish, page: TakenPage, problem: TakenPage["problem"]): void {
    page.state = "failed";
    page.problem = problem;
    this.tell(wish, null, 0, problem ?? "unknown");
  }

  /** The agent follows along; a lost message does no harm, the page itself says more. */
  private tell(wish: Wish, pageId: string | null, fraction: number, problem: string): void {
    if (wish.request === null || this.socket.state !== "open") return;
    const { request } = wish;
    this.socket
      .request<"page.progress">({
        type: "page.progress",
        request,
        page_id: pageId,
        fraction,
        problem,
      })
      .catch((error: unknown) => console.warn("page progress:", error));
  }
}

/** A small picture of what was taken, as an address that {@link PageTaker.close} gives back. */
async function thumbnail(frame: HTMLCanvasElement): Promise<string> {
  const small = document.createElement("canvas");
  small.width = 240;
  small.height = Math.round((240 * frame.height) / frame.width);
  small.getContext("2d")?.drawImage(frame, 0, 0, small.width, small.height);
  const blob = await new Promise<Blob | null>((resolve) => small.toBlob(resolve, "image/jpeg"));
  return blob === null ? "" : URL.createObjectURL(blob);
}
