/** Offers `content` for saving under `name`. */
export function saveFile(name: string, content: string | Blob): void {
  const link = document.createElement("a");
  const kept = content instanceof Blob ? content : new Blob([content], { type: "text/plain" });
  link.href = URL.createObjectURL(kept);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
