import { ref, shallowRef } from "vue";
import type { Ref, ShallowRef } from "vue";
import { useI18n } from "vue-i18n";

import type { Api } from "@shared/api";
import { wordsFor } from "@shared/words";
import { useSupervisionApp } from "./supervision_app";

/** Something fetched to be shown: what came, whether it is on its way, and what went wrong. */
export interface Loaded<T> {
  value: ShallowRef<T | null>;
  busy: Ref<boolean>;
  problem: Ref<string>;
  load: () => Promise<void>;
}

export function useLoaded<T>(request: (api: Api) => Promise<T>): Loaded<T> {
  const app = useSupervisionApp();
  const i18n = useI18n();
  const value = shallowRef<T | null>(null);
  const busy = ref(false);
  const problem = ref("");
  let latest = 0;

  async function load(): Promise<void> {
    const mine = ++latest;
    busy.value = true;
    problem.value = "";
    try {
      const found = await app.ask(request);
      // An older question may be answered later: the newest one counts.
      if (mine === latest) value.value = found;
    } catch (error) {
      if (mine === latest) problem.value = wordsFor(error, i18n);
    } finally {
      if (mine === latest) busy.value = false;
    }
  }

  return { value, busy, problem, load };
}
