import { encode } from "uqr";

import { drawFace, drawPaper } from "./test_pictures";
import { audioContext, playTone } from "./sound";
import { BEEP_HZ, FLASH_MS, everyTick, flashing, writeMark } from "./test_clock";
import type { TestMark } from "./test_clock";

export interface TestDevices {
  camera: MediaStreamTrack;
  document: MediaStreamTrack;
  /** Carries the beep; a real microphone may be used in its place. */
  microphone: MediaStreamTrack;
  stop: () => void;
}

const CAMERA = { width: 1280, height: 720, framesPerS: 15 };
const PAPER = { width: 2560, height: 1440, framesPerS: 5 };

/** Stand-ins for two cameras and a microphone, for a demo or a test on a machine without any. */
export function openTestDevices(): TestDevices {
  const startMs = performance.now();
  const camera = openTestCamera(startMs);
  const paper = openSampleDocument(startMs);
  const sound = openBeep(startMs);
  const all = [camera, paper, sound];
  return {
    camera: camera.track,
    document: paper.track,
    microphone: sound.track,
    stop: () => {
      for (const { track, stop } of all) {
        stop();
        track.stop();
      }
    },
  };
}

interface TestTrack {
  track: MediaStreamTrack;
  stop: () => void;
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
    context.fillStyle = "#fff";
    context.fillRect(2180, 0, 380, PAPER.height);
    drawMark(context, { source: "D", frame, ms }, 2210, 60 + ((frame * 40) % 1000), 10);
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
  const stop = everyTick(framesPerS, startMs, (ms) => draw((frame += 1), ms));
  const [track] = context.canvas.captureStream(framesPerS).getVideoTracks();
  if (track === undefined) throw new Error("a canvas without a video track");
  return { track, stop };
}

function openBeep(startMs: number): TestTrack {
  const destination = audioContext().createMediaStreamDestination();
  let nextSecond = 0;
  const stop = everyTick(5, startMs, (ms) => {
    // Told ahead of time, so that a late tick makes no late beep.
    const second = Math.ceil((ms + 250) / 1_000);
    if (second <= nextSecond || second * 1_000 - ms > 450) return;
    nextSecond = second;
    const delay = (second * 1_000 - ms) / 1_000;
    playTone({ frequency: BEEP_HZ, seconds: FLASH_MS / 1_000, delay, volume: 0.2 }, destination);
  });
  const [track] = destination.stream.getAudioTracks();
  if (track === undefined) throw new Error("a destination without an audio track");
  return { track, stop };
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
