import { startWorker } from "../workers";
import tickerWorker from "./ticker_worker.ts?worker&url";

/**
 * The one clock of the test camera, its beep and the sample document: each whole second the camera
 * flashes and beeps, and both pictures carry what it shows as a QR code.
 */
export const FLASH_MS = 100;
export const BEEP_HZ = 1_000;

export type TestSource = "C" | "D";

export interface TestMark {
  source: TestSource;
  frame: number;
  /** Milliseconds since the clock's start. */
  ms: number;
}

/** Such as `C123T8200`: upper-case letters and digits make the smallest code. */
export function writeMark({ source, frame, ms }: TestMark): string {
  return `${source}${frame}T${ms}`;
}

/** @returns `null` for any other text. */
export function readMark(text: string): TestMark | null {
  const found = /^([CD])(\d+)T(\d+)$/.exec(text);
  if (found === null) return null;
  return { source: found[1] as TestSource, frame: Number(found[2]), ms: Number(found[3]) };
}

export function flashing(ms: number): boolean {
  return ms % 1_000 < FLASH_MS;
}

/** Calls `tick` with the clock's time, also in a page that nobody looks at. */
export function everyTick(framesPerS: number, startMs: number, tick: (ms: number) => void) {
  const worker = startWorker(tickerWorker);
  worker.onmessage = () => tick(Math.round(performance.now() - startMs));
  worker.postMessage(1_000 / framesPerS);
  return () => worker.terminate();
}
