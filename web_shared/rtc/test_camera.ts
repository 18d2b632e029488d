import { encode } from "uqr";

import { audioContext, playTone } from "./sound";
import { BEEP_HZ, FLASH_MS, everyTick, flashing, writeMark } from "./test_clock";
import type { TestMark } from "./test_clock";
import { DESK, drawFace, drawPaper } from "./test_pictures";

export type TestDevice = "camera" | "document" | "microphone";

export interface TestTrack {
  track: MediaStreamTrack;
  stop: () => void;
}

const CAMERA = { width: 1280, height: 720, framesPerS: 15 };
const PAPER = { width: 2560, height: 1440, framesPerS: 5 };

/**
 * Stand-ins for two cameras and a microphone, for a demo or a test on a machine without any. All
 * that one bench opens shares one clock.
 */
export class TestBench {
  private readonly startMs = performance.now();

  open(device: TestDevice): TestTrack {
    if (device === "camera") return openTestCamera(this.startMs);
    return device === "document" ? openSampleDocument(this.startMs) : openBeep(this.startMs);
  }
}

function openTestCamera(startMs: number): TestTrack {
  const context = canvas(CAMERA.width, CAMERA.height);
  return filmed(context, CAMERA.framesPerS, startMs, (frame, ms) => {
    drawFace(context, ms, flashing(ms));
    drawMark(context, { source: "C", frame, ms }, 40, 440, 8);
  });
}

function openSampleDocument(startMs: number): TestTrack {
  const context = canvas(PAPER.width, PAPER.height);
  drawPaper(context);
  return filmed(context, PAPER.framesPerS, startMs, (frame, ms) => {
    // The code moves along the margin: a frozen picture shows at once.
    context.fillStyle = DESK;
    context.fillRect(2180, 0, 380, PAPER.height);
    drawMark(context, { source: "D", frame, ms }, 2220, 60 + ((frame * 40) % 1000), 10);
  });
}

function filmed(
  context: CanvasRenderingContext2D,
  framesPerS: number,
  startMs: number,
  draw: (frame: number, ms: number) => void,
): TestTrack {
  let frame = 0;
  draw(frame, 0);
  const stopTicks = everyTick(framesPerS, startMs, (ms) => draw((frame += 1), ms));
  const [track] = context.canvas.captureStream(framesPerS).getVideoTracks();
  return stoppable(track, stopTicks);
}

function openBeep(startMs: number): TestTrack {
  const destination = audioContext().createMediaStreamDestination();
  let told = 0;
  const stopTicks = everyTick(5, startMs, (ms) => {
    // The next whole second is told ahead of time, so that a late tick makes no late beep.
    const second = Math.ceil((ms + 50) / 1_000);
    if (second <= told) return;
    told = second;
    const delay = (second * 1_000 - ms) / 1_000;
    playTone({ frequency: BEEP_HZ, seconds: FLASH_MS / 1_000, delay, volume: 0.2 }, destination);
  });
  return stoppable(destination.stream.getAudioTracks()[0], stopTicks);
}

function stoppable(track: MediaStreamTrack | undefined, stopTicks: () => void): TestTrack {
  if (track === undefined) throw new Error("a test device without a track");
  return {
    track,
    stop: () => {
      stopTicks();
      track.stop();
    },
  };
}

/** A QR code with a quiet zone, `module` pixels a dot. */
function drawMark(
  context: CanvasRenderingContext2D,
  mark: TestMark,
  x: number,
  y: number,
  module: number,
): void {
  const { data, size } = encode(writeMark(mark), { ecc: "M", border: 3 });
  context.fillStyle = "#fff";
  context.fillRect(x, y, size * module, size * module);
  context.fillStyle = "#000";
  data.forEach((row, rowIndex) =>
    row.forEach((dark, column) => {
      if (dark) context.fillRect(x + column * module, y + rowIndex * module, module, module);
    }),
  );
}

function canvas(width: number, height: number): CanvasRenderingContext2D {
  const element = document.createElement("canvas");
  element.width = width;
  element.height = height;
  const context = element.getContext("2d", { alpha: false });
  if (context === null) throw new Error("no 2d canvas");
  return context;
}
