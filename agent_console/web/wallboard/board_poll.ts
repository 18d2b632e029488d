import { onBeforeUnmount, onMounted, readonly, ref, shallowRef } from "vue";
import type { Ref, ShallowRef } from "vue";
import { useI18n } from "vue-i18n";

import { ServerClock } from "@shared/clock";
import type { Wallboard } from "@shared/generated/wire";
import { wordsFor } from "@shared/words";
import { useSupervisionApp } from "../review/supervision_app";

export const EVERY_MS = 3_000;
const LONGEST_MS = 30_000;
const DEADLINE_MS = 5_000;
/** One lost answer is no news; after this the figures are called old. */
export const STALE_MS = 10_000;

/** How long to wait after so many failures in a row. */
export function pauseMs(failures: number): number {
  return Math.min(LONGEST_MS, EVERY_MS * 2 ** failures);
}

export interface BoardPoll {
  board: ShallowRef<Wallboard | null>;
  /** Why the last try came to nothing; empty when it did not. */
  problem: Readonly<Ref<string>>;
  clock: ServerClock;
  /** Tries again at once. */
  again: () => void;
}

/** The wallboard as it is now: asked for every few seconds, more seldom while nobody answers. */
export function useBoardPoll(): BoardPoll {
  const app = useSupervisionApp();
  const i18n = useI18n();
  const clock = new ServerClock();
  const board = shallowRef<Wallboard | null>(null);
  const problem = ref("");
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  let asking = false;

  async function ask(): Promise<void> {
    if (asking) return;
    asking = true;
    try {
      const found = await app.ask((api) =>
        api.get<Wallboard>("/api/supervision/wallboard", { timeoutMs: DEADLINE_MS }),
      );
      clock.sync(found.at_ms);
      board.value = found;
      problem.value = "";
      failures = 0;
    } catch (error) {
      problem.value = wordsFor(error, i18n);
      failures += 1;
    } finally {
      asking = false;
    }
    if (!stopped) timer = setTimeout(() => void ask(), pauseMs(failures));
  }

  function again(): void {
    clearTimeout(timer);
    void ask();
  }

  onMounted(again);
  addEventListener("online", again);
  onBeforeUnmount(() => {
    stopped = true;
    clearTimeout(timer);
    removeEventListener("online", again);
  });
  return { board, problem: readonly(problem), clock, again };
}
