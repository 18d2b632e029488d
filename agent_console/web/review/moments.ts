import type { CallMoments, FormMoment, PageView, SignatureMoment } from "@shared/generated/wire";
import { shownPages } from "../pages/page_strip";
import type { ShownPage } from "../pages/page_strip";

/** A page, a form version or a signature, at the moment of the call at which it came. */
export type Moment = { id: string; positionMs: number | null } & (
  | { kind: "page"; page: ShownPage }
  | { kind: "form"; form: FormMoment }
  | { kind: "signature"; signature: SignatureMoment }
);

/** In order of time; what was taken before the call stands first. */
export function momentsOf(pages: readonly PageView[], found: CallMoments | null): Moment[] {
  const moments: Moment[] = [
    ...shownPages(pages)
      .filter(({ page }) => page.state === "ready")
      .map((page): Moment => {
        return { id: page.page.id, positionMs: page.page.position_ms, kind: "page", page };
      }),
    ...(found?.forms ?? []).map((form): Moment => {
      return { id: form.form.id, positionMs: form.shown_position_ms, kind: "form", form };
    }),
    ...(found?.signatures ?? []).map((one): Moment => {
      return {
        id: one.signature.id,
        positionMs: one.position_ms,
        kind: "signature",
        signature: one,
      };
    }),
  ];
  return moments.sort((a, b) => (a.positionMs ?? -1) - (b.positionMs ?? -1));
}

/** The last of those that have begun by then; `-1` when none has. Sorted by position. */
export function currentAt(positions: readonly (number | null)[], nowMs: number): number {
  let current = -1;
  positions.forEach((at, index) => {
    if (at !== null && at <= nowMs) current = index;
  });
  return current;
}
