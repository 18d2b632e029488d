export type TextSize = "normal" | "large" | "largest";
export const TEXT_SIZES: readonly TextSize[] = ["normal", "large", "largest"];

const REMEMBERED = "shipinban.text_size";

export function textSize(): TextSize {
  const kept = localStorage.getItem(REMEMBERED) as TextSize | null;
  return kept !== null && TEXT_SIZES.includes(kept) ? kept : "normal";
}

export function setTextSize(size: TextSize): void {
  localStorage.setItem(REMEMBERED, size);
  document.documentElement.dataset.text = size;
}

export function restoreTextSize(): void {
  document.documentElement.dataset.text = textSize();
}
