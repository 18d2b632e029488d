import { ref } from "vue";
import type { Ref } from "vue";

import { FIT, STEP, turned, zoomed } from "./zoom";
import type { Size, Zoom } from "./zoom";

/** What can be wished of a picture. */
export type LookWish = "zoom_in" | "zoom_out" | "fit" | "rotate";
export type ZoomWish = LookWish | "full_screen";

export interface ZoomState {
  zoom: Ref<Zoom>;
  box: Ref<Size>;
  fulfil: (wish: LookWish) => void;
}

/** How one picture is looked at, and what the buttons and keys do about it. */
export function useZoom(): ZoomState {
  const zoom = ref<Zoom>(FIT);
  const box = ref<Size>({ width: 1, height: 1 });
  const acts: Record<LookWish, () => Zoom> = {
    zoom_in: () => zoomed(zoom.value, STEP, box.value),
    zoom_out: () => zoomed(zoom.value, 1 / STEP, box.value),
    fit: () => FIT,
    rotate: () => turned(zoom.value, box.value),
  };
  return {
    zoom,
    box,
    fulfil: (wish) => {
      zoom.value = acts[wish]();
    },
  };
}

/** Into full screen and out again; a browser that refuses changes nothing. */
export async function toggleFullScreen(element: HTMLElement | null): Promise<void> {
  try {
    if (document.fullscreenElement !== null) await document.exitFullscreen();
    else await element?.requestFullscreen();
  } catch {
    // Not allowed in this frame or by policy: the picture stays as large as the page lets it.
  }
}
