import { everyTick } from "../../../web_shared/rtc/test_clock";

/** Pictures that fill a link: nothing of a frame is in the one before. */
type Draw = (pen: CanvasRenderingContext2D, frame: number) => void;

const LETTERS = "申请人户籍所在地参保险种城乡居民基本养老保险0123456789ABCDEFGHJKLMN";

export function busyCamera(): MediaStreamTrack {
  const noise = noisePicture(1_400, 840);
  return filmed(1280, 720, 15, (pen, frame) => {
    pen.drawImage(noise, -((frame * 37) % 120), -((frame * 23) % 120));
    pen.fillStyle = `hsl(${(frame * 5) % 360} 40% 60% / 60%)`;
    pen.fillRect((frame * 11) % 900, 120, 380, 480);
  });
}

/** A page of small print that is nudged now and then, with a few words that change. */
export function busyPapers(): MediaStreamTrack {
  const print = printedPage(2_000, 1_160);
  return filmed(1920, 1080, 5, (pen, frame) => {
    pen.drawImage(print, -(Math.floor(frame / 10) % 40), -(Math.floor(frame / 25) % 40));
    pen.fillStyle = "#fdfdfb";
    pen.fillRect(300, 400, 700, 60);
    pen.fillStyle = "#1d2329";
    pen.font = "26px sans-serif";
    pen.fillText(words(frame * 13), 320, 440);
  });
}

function printedPage(width: number, height: number): HTMLCanvasElement {
  const pen = canvas(width, height);
  pen.fillStyle = "#fdfdfb";
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = "#1d2329";
  pen.font = "26px sans-serif";
  for (let row = 0; row < 26; row += 1) pen.fillText(words(row * 7).repeat(3), 10, 40 + row * 44);
  return pen.canvas;
}

function words(from: number): string {
  const start = from % LETTERS.length;
  return LETTERS.slice(start) + LETTERS.slice(0, start);
}

function noisePicture(width: number, height: number): HTMLCanvasElement {
  const pen = canvas(width, height);
  const pixels = pen.createImageData(width, height);
  for (let at = 0; at < pixels.data.length; at += 4) {
    // Blotches of four pixels: finer noise is thrown away by the first quantiser.
    const value = 110 + ((((at >> 4) * 2_654_435_761) >>> 24) % 90);
    pixels.data.set([value, value, 255 - value, 255], at);
  }
  pen.putImageData(pixels, 0, 0);
  return pen.canvas;
}

function filmed(width: number, height: number, framesPerS: number, draw: Draw): MediaStreamTrack {
  const pen = canvas(width, height);
  let frame = 0;
  draw(pen, frame);
  everyTick(framesPerS, performance.now(), () => draw(pen, (frame += 1)));
  const [track] = pen.canvas.captureStream(framesPerS).getVideoTracks();
  if (track === undefined) throw new Error("a canvas without a track");
  return track;
}

function canvas(width: number, height: number): CanvasRenderingContext2D {
  const element = Object.assign(document.createElement("canvas"), { width, height });
  const pen = element.getContext("2d", { alpha: false });
  if (pen === null) throw new Error("no 2d canvas");
  return pen;
}
