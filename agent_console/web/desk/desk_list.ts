import { computed, onMounted, ref, watch } from "vue";

import { useHashRoute } from "../app/hash_route";
import { useLoaded } from "../review/loaded";

export const QUEUES = ["open", "closed"] as const;

/** What waits at a desk, page by page, or the one of it that the address names. */
export function useDeskList<List>(path: string, { queues = true } = {}) {
  const route = useHashRoute();
  const oneId = computed(() => route.value[1] ?? null);
  const queue = ref<(typeof QUEUES)[number]>("open");
  const page = ref(1);
  const { value, busy, problem, load } = useLoaded((api) =>
    api.get<List>(path, {
      query: {
        closed: queues ? String(queue.value === "closed") : null,
        page: page.value,
      },
    }),
  );

  function turn(to: number): void {
    page.value = to;
    void load();
  }

  watch(queue, () => turn(1));
  // Whoever comes back from one finds the list as it is now.
  watch(oneId, (now) => {
    if (now === null) void load();
  });
  onMounted(load);

  return { oneId, queue, value, busy, problem, turn };
}
