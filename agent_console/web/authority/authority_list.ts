import { computed, onMounted, ref, watch } from "vue";

import type { RequestOptions } from "@shared/api";
import { useLoaded } from "../review/loaded";
import { useLineActs } from "./line_acts";
import type { Row } from "./line_acts";

/** What both lines sign, by window and by person, and what a line may do to each of it. */
export function useAuthorityList<List, Act extends string, One extends Row<Act>>(
  path: string,
  atOnce: Act,
  more: () => RequestOptions["query"],
) {
  const windowId = ref("");
  const staffId = ref("");
  const query = computed(() => ({
    window_id: windowId.value || null,
    staff_id: staffId.value || null,
    ...more(),
  }));
  const loaded = useLoaded((api) => api.get<List>(path, { query: query.value }));

  watch(query, () => void loaded.load());
  onMounted(loaded.load);

  return {
    windowId,
    staffId,
    value: loaded.value,
    problem: loaded.problem,
    load: loaded.load,
    ...useLineActs<Act, One>(path, atOnce, loaded.load),
  };
}
