import type { CaseMode, ItemView } from "@shared/generated/wire";

/** 帮办 with the resident at the window, 代办 without; else the first way that the item knows. */
export function modeFor(item: Pick<ItemView, "modes">, absent: boolean): CaseMode {
  const wanted: CaseMode = absent ? "delegated" : "assisted";
  return item.modes.includes(wanted) ? wanted : (item.modes[0] ?? "advice");
}
