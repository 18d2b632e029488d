import type { StreamView } from "@shared/generated/wire";

export const LAYOUTS = ["document", "resident", "side"] as const;
export type Layout = (typeof LAYOUTS)[number];

/** The stream that a layout shows large; `null`: all are of one size. */
export function largeOf(layout: Layout, streams: readonly StreamView[]): string | null {
  if (layout === "side") return null;
  const kind = layout === "document" ? "document" : "audio_camera";
  const wanted = streams.filter((one) => one.kind === kind);
  const window = wanted.find(({ participant_kind }) => participant_kind === "window");
  return (window ?? wanted[0] ?? streams[0])?.id ?? null;
}

/** The window's streams first, the agent's after them; of each the picture of the person first. */
export function inOrder(streams: readonly StreamView[]): StreamView[] {
  const rank = ({ participant_kind, kind }: StreamView) =>
    (participant_kind === "window" ? 0 : 2) + (kind === "document" ? 1 : 0);
  return [...streams].sort((a, b) => rank(a) - rank(b));
}
