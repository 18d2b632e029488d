import { ApiError } from "../api";
import type { Api } from "../api";
import type { PageFault, PageKind, PageStarted, PageView } from "../generated/wire";
import type { Still } from "./still";

export interface PageToSend {
  caseId: string;
  still: Pick<Still, "blob" | "sha256">;
  kind: PageKind;
  materialId: string | null;
  /** The agent's wish that this page answers; `null` when the helper took it unasked. */
  request: string | null;
  /** The readable version that this original follows. */
  replaces: string | null;
  /** A file that was brought along: sent as it is, whatever the camera would have made of it. */
  uploaded?: boolean;
  /** What was found wrong with the picture, when it is sent nevertheless. */
  faults?: PageFault[];
}

const LARGEST_CHUNK = 256 * 1024;
const FIRST_CHUNK = 16 * 1024;
const SMALLEST_CHUNK = 8 * 1024;

/**
 * How much is sent at once, learnt from how long the last chunk took. A good link gets large ones;
 * on a thin one a large chunk would keep the voice waiting behind it, so chunks shrink and a
 * pause after each leaves room.
 */
export class Pace {
  chunkBytes = FIRST_CHUNK;

  /** @returns for how many milliseconds to wait before the next chunk. */
  took(ms: number): number {
    if (ms < 150) this.chunkBytes = Math.min(LARGEST_CHUNK, this.chunkBytes * 2);
    if (ms > 500) this.chunkBytes = Math.max(SMALLEST_CHUNK, this.chunkBytes / 2);
    return ms < 250 ? 0 : ms * 0.4;
  }
}

const CHUNK_DEADLINE_MS = 30_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;
const MOST_FAILURES = 20;

/**
 * Sends a page in chunks; a broken line is taken up again where the server says it stopped.
 *
 * @throws {ApiError} when the server refuses, or the network stays away too long.
 */
export async function sendPage(
  api: Api,
  page: PageToSend,
  progress: (fraction: number, page: PageView) => void,
  sleep: (ms: number) => Promise<void> = pause,
): Promise<PageView> {
  const { blob } = page.still;
  const pace = new Pace();
  let view = await patiently(() => start(api, page), sleep);
  while (view.state === "uploading" && view.received_bytes < blob.size) {
    progress(view.received_bytes / blob.size, view);
    const [began, before] = [performance.now(), view.received_bytes];
    view = await nextChunk(api, view, blob, pace.chunkBytes, sleep);
    const arrived = view.received_bytes > before;
    const rest = arrived ? pace.took(performance.now() - began) : 0;
    if (rest > 0) await sleep(rest);
  }
  progress(1, view);
  return view;
}

function start(api: Api, { caseId, still, ...page }: PageToSend): Promise<PageView> {
  const body: PageStarted = {
    kind: page.kind,
    sha256: still.sha256,
    total_bytes: still.blob.size,
    media_type: page.uploaded ? still.blob.type : "image/jpeg",
    uploaded: page.uploaded ?? false,
    faults: page.faults ?? [],
    material_id: page.materialId,
    request: page.request,
    replaces_page_id: page.replaces,
  };
  return api.post(`/api/window/cases/${caseId}/pages`, body);
}

async function nextChunk(
  api: Api,
  view: PageView,
  blob: Blob,
  chunkBytes: number,
  sleep: (ms: number) => Promise<void>,
): Promise<PageView> {
  const offset = view.received_bytes;
  const path = `/api/window/pages/${view.id}`;
  const options = { query: { offset }, timeoutMs: CHUNK_DEADLINE_MS };
  try {
    return await api.put(`${path}/bytes`, blob.slice(offset, offset + chunkBytes), options);
  } catch (error) {
    if (!worthAnotherTry(error)) throw error;
    // It may have arrived although the answer did not: the server knows.
    return patiently(() => api.get(path), sleep);
  }
}

async function patiently<T>(step: () => Promise<T>, sleep: (ms: number) => Promise<void>) {
  for (let failures = 0; ; failures += 1) {
    try {
      return await step();
    } catch (error) {
      if (!worthAnotherTry(error) || failures >= MOST_FAILURES) throw error;
      await sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures));
    }
  }
}

/** No answer, a server that is busy, or an offset that the server does not expect. */
function worthAnotherTry(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.isNetwork || error.status >= 500 || error.code === "page.offset";
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
