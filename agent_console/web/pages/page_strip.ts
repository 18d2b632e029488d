import type { PageView } from "@shared/generated/wire";

/** What is said about a page beside its picture. */
export type PageMark = "low" | "readable" | "original_coming" | "uploading" | "failed" | null;

export interface ShownPage {
  page: PageView;
  mark: PageMark;
  /** How much of the page (or of the original that follows it) has arrived, 0 to 1. */
  fraction: number;
}

/**
 * The pages as the strip shows them, oldest first: a page whose better version is here gives its
 * place to it; one whose original is still on the way says so.
 */
export function shownPages(pages: readonly PageView[]): ShownPage[] {
  const successors = new Map<string, PageView>();
  for (const page of pages) {
    if (page.replaces_page_id !== null) successors.set(page.replaces_page_id, page);
  }
  const ready = new Set(pages.filter(({ state }) => state === "ready").map(({ id }) => id));
  return [...pages]
    .sort((a, b) => a.created_ms - b.created_ms)
    .filter((page) => !hidden(page, successors, ready))
    .map((page) => shown(page, successors.get(page.id)));
}

function hidden(page: PageView, successors: Map<string, PageView>, ready: Set<string>): boolean {
  const successor = successors.get(page.id);
  if (successor !== undefined && ready.has(successor.id)) return true;
  // An original on its way stands behind the readable version until it is here.
  const before = page.replaces_page_id;
  return before !== null && ready.has(before) && page.state !== "ready";
}

function shown(page: PageView, successor: PageView | undefined): ShownPage {
  if (page.state === "failed") return { page, mark: "failed", fraction: 0 };
  if (page.state === "uploading") return { page, mark: "uploading", fraction: received(page) };
  if (successor?.state === "uploading") {
    return { page, mark: "original_coming", fraction: received(successor) };
  }
  const marks = { original: null, readable: "readable", video_frame: "low" } as const;
  return { page, mark: marks[page.kind], fraction: 1 };
}

function received({ received_bytes, total_bytes }: PageView): number {
  return total_bytes > 0 ? received_bytes / total_bytes : 0;
}
