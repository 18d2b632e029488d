import { judgeFrame } from "../../village_client/web/materials/judge_frame";

/** Milliseconds from the taken frame to the verdict, as the page at the window waits for it. */
async function judged(times: number): Promise<number[]> {
  const took: number[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    const frame = drawn(turn);
    const began = performance.now();
    const faults = await judgeFrame(frame);
    took.push(performance.now() - began);
    if (!faults.includes("skew")) throw new Error("not judged: a turned sheet was not told");
  }
  return took;
}

/** A turned sheet with letters, at the size at which the document camera is opened. */
function drawn(turn: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [3840, 2160];
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas");
  context.fillStyle = "#444";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.translate(canvas.width / 2, canvas.height / 2);
  context.rotate((12 * Math.PI) / 180);
  context.fillStyle = "#e4e4e4";
  context.fillRect(-600, -850, 1200, 1700);
  context.fillStyle = "#222";
  context.font = "44px sans-serif";
  for (let y = -780; y < 800; y += 70)
    context.fillText(`${turn} 城乡居民养老保险待遇领取资格`, -520, y);
  return canvas;
}

Object.assign(window, { judged });
