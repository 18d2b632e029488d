import { ElMessage } from "element-plus";
import { ref } from "vue";
import type { Ref } from "vue";
import { useI18n } from "vue-i18n";

import { wordsFor } from "@shared/words";

/** Runs what a button asks for: busy meanwhile, and what goes wrong is said in words. */
export function useAttempt(): {
  busy: Ref<boolean>;
  attempt: (step: () => Promise<unknown>) => Promise<boolean>;
} {
  const i18n = useI18n();
  const busy = ref(false);

  /** @returns whether it went well. */
  async function attempt(step: () => Promise<unknown>): Promise<boolean> {
    busy.value = true;
    try {
      await step();
      return true;
    } catch (error) {
      ElMessage({ type: "error", message: wordsFor(error, i18n), duration: 6000, showClose: true });
      return false;
    } finally {
      busy.value = false;
    }
  }

  return { busy, attempt };
}
