import { onBeforeUnmount, ref } from "vue";
import type { Ref } from "vue";

import type { ServerClock } from "@shared/clock";

/** The server's time, ticking once a second while the component lives. */
export function useNow(clock: ServerClock): Ref<number> {
  const now = ref(clock.now());
  const timer = setInterval(() => {
    now.value = clock.now();
  }, 1_000);
  onBeforeUnmount(() => clearInterval(timer));
  return now;
}

/** `3:07`, or `1:03:07` from an hour on. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (part: number) => String(part).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = `${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
}
