import type { PageFault } from "@shared/generated/wire";
import { startWorker } from "@shared/workers";

import qualityWorker from "./quality_worker.ts?worker&url";

const DEADLINE_MS = 3_000;

/** Kept for the next page: a new one would first have to be loaded and warm up. */
let kept: Worker | null = null;
let line: Promise<unknown> = Promise.resolve();

/** What is wrong with a page, judged in a worker; nothing when it can't be judged in time. */
export function judgeFrame(frame: HTMLCanvasElement): Promise<PageFault[]> {
  const verdict = line.then(() => judged(frame));
  line = verdict;
  return verdict;
}

async function judged(frame: HTMLCanvasElement): Promise<PageFault[]> {
  const picture = await createImageBitmap(frame).catch(() => null);
  if (picture === null) return [];
  kept ??= startWorker(qualityWorker);
  const faults = await answerOf(kept, picture);
  if (faults === null) {
    kept.terminate();
    kept = null;
  }
  return faults ?? [];
}

/** `null`: it broke, or took too long. */
function answerOf(worker: Worker, picture: ImageBitmap): Promise<PageFault[] | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), DEADLINE_MS);
    const done = (faults: PageFault[] | null) => {
      clearTimeout(timer);
      resolve(faults);
    };
    worker.onmessage = ({ data }: MessageEvent<PageFault[]>) => done(data);
    worker.onerror = () => done(null);
    worker.postMessage(picture, [picture]);
  });
}
