import { useI18n } from "vue-i18n";

import type { CallEventView } from "@shared/generated/wire";

/** `hold.changed` with `on` → the key `event.hold_changed_on`; a kind that is new shows itself. */
export function eventKey({ kind, body }: CallEventView): string {
  const switched = typeof body.on === "boolean" ? (body.on ? "_on" : "_off") : "";
  const ticked = typeof body.checked === "boolean" ? (body.checked ? "_on" : "_off") : "";
  const linked = typeof body.state === "string" ? `_${body.state}` : "";
  return `event.${kind.replace(/\./g, "_")}${switched}${ticked}${linked}`;
}

/** What an event says, in words. */
export function useEventWords(): (event: CallEventView) => string {
  const i18n = useI18n();
  const { t } = i18n;
  return (event) => {
    const { text = "", reason = "" } = event.body as { text?: string; reason?: string };
    const key = eventKey(event);
    const plain = `event.${event.kind.replace(/\./g, "_")}`;
    if (i18n.te(key)) return t(key, { text, reason });
    return i18n.te(plain) ? t(plain, { text, reason }) : event.kind;
  };
}
