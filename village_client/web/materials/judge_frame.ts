import type { PageFault } from "@shared/generated/wire";
import { JUDGED_SIDE } from "./quality";

const DEADLINE_MS = 3_000;

/** What is wrong with a page, judged in a worker; nothing when it can't be judged in time. */
export async function judgeFrame(frame: HTMLCanvasElement): Promise<PageFault[]> {
  const pixels = small(frame);
  if (pixels === null) return [];
  const worker = new Worker(new URL("./quality_worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise<PageFault[]>((resolve) => {
      const timer = setTimeout(() => resolve([]), DEADLINE_MS);
      const done = (faults: PageFault[]) => {
        clearTimeout(timer);
        resolve(faults);
      };
      worker.onmessage = ({ data }: MessageEvent<PageFault[]>) => done(data);
      worker.onerror = () => done([]);
      worker.postMessage(pixels, [pixels.data.buffer]);
    });
  } finally {
    worker.terminate();
  }
}

function small(frame: HTMLCanvasElement): ImageData | null {
  const scale = Math.min(1, JUDGED_SIDE / Math.max(frame.width, frame.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(frame.width * scale);
  canvas.height = Math.round(frame.height * scale);
  const context = canvas.getContext("2d");
  if (context === null) return null;
  context.imageSmoothingQuality = "high";
  context.drawImage(frame, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
