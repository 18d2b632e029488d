import { ref } from "vue";
import type { Ref } from "vue";

/** - clean: as the server has it; - dirty: not sent yet; - failed: tried again with the next change. */
export type SaveState = "clean" | "dirty" | "saving" | "saved" | "failed";

const QUIET_MS = 1_000;
const AGAIN_MS = 5_000;

/** Saves a text when the writer pauses; the last one wins, and one that failed is tried again. */
export class Autosave {
  readonly state: Ref<SaveState> = ref("clean");
  private text = "";
  private timer: ReturnType<typeof setTimeout> | null = null;
  private saving = false;

  constructor(private readonly save: (text: string) => Promise<unknown>) {}

  /** Whether the server may be behind what was written here. */
  get pending(): boolean {
    return this.state.value === "dirty" || this.state.value === "failed" || this.saving;
  }

  changed(text: string): void {
    this.text = text;
    this.state.value = "dirty";
    this.schedule(QUIET_MS);
  }

  /** At once, without waiting for a pause. */
  async flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.saving || (this.state.value !== "dirty" && this.state.value !== "failed")) return;
    const { text } = this;
    this.saving = true;
    this.state.value = "saving";
    try {
      await this.save(text);
      this.state.value = text === this.text ? "saved" : "dirty";
      if (text !== this.text) this.schedule(QUIET_MS);
    } catch {
      this.state.value = "failed";
      this.schedule(AGAIN_MS);
    } finally {
      this.saving = false;
    }
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private schedule(ms: number): void {
    this.stop();
    this.timer = setTimeout(() => void this.flush(), ms);
  }
}
