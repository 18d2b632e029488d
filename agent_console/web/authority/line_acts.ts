import { ref } from "vue";
import type { Ref } from "vue";

import { useAttempt } from "../app/attempt";
import { useSupervisionApp } from "../review/supervision_app";

export interface Row<Act extends string> {
  id: string;
  may: readonly Act[];
}

/** What a line may do to one of its rows: `atOnce` without a word, all else with a reason. */
export function useLineActs<Act extends string, One extends Row<Act>>(
  path: string,
  atOnce: Act,
  load: () => Promise<void>,
) {
  const app = useSupervisionApp();
  const { busy, attempt } = useAttempt();
  const asking: Ref<{ of: One; act: Act } | null> = ref(null);

  async function send(of: One, act: Act, body?: object): Promise<void> {
    const done = await attempt(() => app.ask((api) => api.post(`${path}/${of.id}/${act}`, body)));
    if (done) asking.value = null;
    await load();
  }

  function begin(of: One, act: Act): void {
    if (act === atOnce) void send(of, act);
    else asking.value = { of, act };
  }

  function given(reason: string): void {
    const wish = asking.value;
    if (wish !== null) void send(wish.of, wish.act, { reason });
  }

  return { busy, asking, begin, given };
}
