import { useI18n } from "vue-i18n";

/** Dates in the county's own time, whatever the computer is set to. */
const ZONE = "Asia/Shanghai";

export function useDates() {
  const { locale } = useI18n();

  function dateTime(ms: number): string {
    const parts = { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" } as const;
    return new Intl.DateTimeFormat(locale.value, { ...parts, timeZone: ZONE }).format(ms);
  }

  return { dateTime };
}
