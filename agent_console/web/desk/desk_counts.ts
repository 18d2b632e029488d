import { computed, onBeforeUnmount, ref, watch } from "vue";
import type { ComputedRef } from "vue";

import type { DeskCounts, ExportsWaiting, Role } from "@shared/generated/wire";
import { sectionsFor, useSupervisionApp } from "../review/supervision_app";
import type { Section } from "../review/supervision_app";

const EVERY_MS = 30_000;
const ASKED: readonly Role[] = [
  "home_supervisor",
  "county_supervisor",
  "chief_county_supervisor",
  "coordinator",
];

/** What waits for the person, by section; looked up again every half minute and at each turn. */
export function useDeskCounts(): ComputedRef<Partial<Record<Section, number>>> {
  const app = useSupervisionApp();
  const found = ref<DeskCounts | null>(null);
  const exports = ref(0);

  async function look(): Promise<void> {
    if (!app.facts.me?.roles.some((role) => ASKED.includes(role))) {
      found.value = null;
      exports.value = 0;
      return;
    }
    try {
      found.value = await app.ask((api) => api.get<DeskCounts>("/api/supervision/desk"));
      if (sectionsFor(app.facts.me?.roles ?? []).includes("calls")) {
        const waiting = await app.ask((api) => api.get<ExportsWaiting>("/api/supervision/exports"));
        exports.value = waiting.exports.length;
      }
    } catch (error) {
      // The numbers are a help, no more: the sections themselves say what is wrong.
      console.warn("desk:", error);
    }
  }

  const turned = () => void look();
  const timer = setInterval(turned, EVERY_MS);
  watch(() => app.facts.me, look, { immediate: true });
  addEventListener("hashchange", turned);
  onBeforeUnmount(() => {
    clearInterval(timer);
    removeEventListener("hashchange", turned);
  });
  return computed(() => ({
    calls: exports.value,
    reviews: (found.value?.reviews ?? 0) + (found.value?.disagreements ?? 0),
    draws: found.value?.draws ?? 0,
    follow_ups: found.value?.follow_ups ?? 0,
    could_not: found.value?.could_not ?? 0,
  }));
}
