import { useI18n } from "vue-i18n";

import type { StreamView } from "@shared/generated/wire";
import type { Band } from "./bands";

/** What a band says: what it was, whose, and for how long. */
export function useBandWords(streams: () => readonly StreamView[]): (band: Band) => string {
  const i18n = useI18n();
  const { t } = i18n;

  function length(ms: number): string {
    const seconds = ms < 10_000 ? Math.round(ms / 100) / 10 : Math.round(ms / 1000);
    return t("review_desk.seconds", { count: seconds });
  }

  function whose(id: string | null): string {
    const stream = streams().find((one) => one.id === id);
    return stream === undefined ? "" : t(`desk.participant.${stream.participant_kind}`);
  }

  return (band) => {
    const key = `review_desk.${band.kind}.${band.what}`;
    const parts = [i18n.te(key) ? t(key) : band.what, whose(band.streamId)];
    return [...parts, length(band.toMs - band.fromMs)].filter(Boolean).join(" · ");
  };
}
