import { computed } from "vue";
import type { ComputedRef, Ref } from "vue";

import type { MarkList, MarkMade, MarkView } from "@shared/generated/wire";
import { useLoaded } from "./loaded";
import { useSupervisionApp } from "./supervision_app";

export interface Marks {
  shown: ComputedRef<readonly MarkView[]>;
  /** The other line's are hidden until both verdicts are in. */
  blind: ComputedRef<boolean>;
  problem: Ref<string>;
  load: () => Promise<void>;
  make: (viewId: string, mark: MarkMade) => Promise<void>;
  withdraw: (markId: string) => Promise<void>;
}

/** The marks of a recording that the person may see. */
export function useMarks(recordingId: () => string | null): Marks {
  const app = useSupervisionApp();
  const { value, problem, load } = useLoaded((api) =>
    api.get<MarkList>(`/api/supervision/recordings/${recordingId() ?? ""}/marks`),
  );
  return {
    shown: computed(() => value.value?.marks ?? []),
    blind: computed(() => value.value?.blind ?? false),
    problem,
    load,
    make: async (viewId, mark) => {
      await app.ask((api) => api.post(`/api/supervision/views/${viewId}/marks`, mark));
      await load();
    },
    withdraw: async (markId) => {
      await app.ask((api) => api.post(`/api/supervision/marks/${markId}/withdrawal`));
      await load();
    },
  };
}
