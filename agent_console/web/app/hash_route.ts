import { onBeforeUnmount, onMounted, readonly, ref } from "vue";
import type { Ref } from "vue";

/** `#calls/ID` → `["calls", "ID"]`: enough of a router for pages that are few. */
export function partsOf(hash: string): string[] {
  return hash
    .replace(/^#\/?/, "")
    .split("/")
    .filter(Boolean)
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
}

export function useHashRoute(): Readonly<Ref<readonly string[]>> {
  const parts = ref(partsOf(location.hash));
  const listen = () => {
    parts.value = partsOf(location.hash);
  };
  onMounted(() => addEventListener("hashchange", listen));
  onBeforeUnmount(() => removeEventListener("hashchange", listen));
  return readonly(parts);
}
